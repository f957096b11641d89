/** What stands where there is nothing yet: what would be here, and what to do about it. */
import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';

export interface NothingProps {
  /** One or two sentences. */
  readonly children: ReactNode;
  /** Buttons that change it. */
  readonly actions?: ReactNode;
}

export function Nothing({ children, actions }: NothingProps) {
  return (
    <Box
      sx={{
        display: 'flex',
        flexWrap: 'wrap',
        alignItems: 'center',
        gap: 1.5,
        px: 2,
        py: 1.5,
        border: '1px dashed',
        borderColor: 'divider',
        borderRadius: 1,
      }}
    >
      <Typography variant="body2" color="textSecondary" sx={{ flex: '1 1 240px' }}>
        {children}
      </Typography>
      {actions}
    </Box>
  );
}
