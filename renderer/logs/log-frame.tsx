import Paper from '@mui/material/Paper';
import type { ReactNode } from 'react';
import { useFillHeight } from '../components/use-fill-height.ts';

/** Pixels: the bars above and below, and some ten rows. */
const least = 280;

/** Rows fill what the page has left: they scroll, the page does not. */
export function LogFrame({ children }: { children: ReactNode }) {
  const { ref, height } = useFillHeight(least);
  return (
    <Paper ref={ref} sx={{ display: 'flex', overflow: 'hidden' }} style={{ height }}>
      {children}
    </Paper>
  );
}
