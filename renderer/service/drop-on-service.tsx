/** The whole page of a service takes what is dropped: code where it takes code, else what the window takes anywhere. */
import Box from '@mui/material/Box';
import type { ReactNode } from 'react';
import type { ServiceInfo } from '../../remote/core/contract/application.ts';
import { useDrop } from '../components/drop-zone.tsx';
import { takeCode } from '../deploy/take-code.ts';

export interface DropOnServiceProps {
  readonly application: string;
  readonly service: ServiceInfo;
  readonly children: ReactNode;
}

export function DropOnService({ application, service, children }: DropOnServiceProps) {
  const { over, handlers } = useDrop((dropped) => takeCode({ application, service: service.name }, dropped));
  if (!service.code) return children;
  return (
    <Box
      {...handlers}
      data-drop="code"
      sx={{
        minHeight: '100%',
        outline: over ? '3px solid' : 'none',
        outlineColor: 'primary.main',
        outlineOffset: '-3px',
      }}
    >
      {children}
    </Box>
  );
}
