/** A place that a director can be set up at: what it is, and below that how. */
import Paper from '@mui/material/Paper';
import Typography from '@mui/material/Typography';
import { type ReactNode, useId } from 'react';
import type { CloudKindInfo } from '../../main/hub/protocol.ts';

export interface CloudCardProps {
  readonly kind: CloudKindInfo;
  readonly children: ReactNode;
}

export function CloudCard({ kind: { title, description }, children }: CloudCardProps) {
  const titleId = useId();
  return (
    <Paper component="section" sx={{ p: 2.5 }} aria-labelledby={titleId}>
      <Typography component="h2" variant="h2" id={titleId}>
        {title}
      </Typography>
      <Typography variant="body2" color="textSecondary" sx={{ mb: 1.5 }}>
        {description}
      </Typography>
      {children}
    </Paper>
  );
}
