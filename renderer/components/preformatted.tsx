/** Text that is shown as it is: lines of logs, a paste, a manifest. Keys can scroll it. */
import Box from '@mui/material/Box';
import type { SxProps, Theme } from '@mui/material/styles';
import type { Ref } from 'react';

export interface PreformattedProps {
  readonly label: string | undefined;
  /** Absent: something else writes into it, by `ref`. */
  readonly children?: string | undefined;
  /** In pixels. */
  readonly maxHeight?: number | undefined;
  readonly ref?: Ref<HTMLPreElement>;
  readonly sx?: SxProps<Theme>;
}

export function Preformatted({ label, children, maxHeight = 260, ref, sx = {} }: PreformattedProps) {
  return (
    <Box
      component="pre"
      {...(ref ? { ref } : {})}
      tabIndex={0}
      aria-label={label}
      sx={[
        {
          m: 0,
          p: 1.5,
          maxHeight,
          overflow: 'auto',
          bgcolor: 'sunken',
          color: 'text.primary',
          borderRadius: 1,
          whiteSpace: 'pre-wrap',
          overflowWrap: 'anywhere',
        },
        ...(Array.isArray(sx) ? sx : [sx]),
      ]}
    >
      {children}
    </Box>
  );
}
