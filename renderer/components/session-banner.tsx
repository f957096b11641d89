import Alert from '@mui/material/Alert';
import { timeText } from './time.ts';

export function SessionBanner({ since }: { since: number }) {
  return (
    <Alert severity="warning" variant="standard" sx={{ borderRadius: 0 }}>
      The director does not answer. What you see is as of {timeText(since)}; your applications go on running. Trying
      again…
    </Alert>
  );
}
