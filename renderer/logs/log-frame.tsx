import Paper from '@mui/material/Paper';
import type { ReactNode } from 'react';

/** Rows fill what the page has left: they scroll, the page does not. */
export function LogFrame({ children }: { children: ReactNode }) {
  return (
    <Paper sx={{ display: 'flex', height: 'max(280px, calc(100vh - 260px))', overflow: 'hidden' }}>{children}</Paper>
  );
}
