/** The director is out of reach: since when, what that means, when it is tried again, and trying now. */
import Alert from '@mui/material/Alert';
import Button from '@mui/material/Button';
import type { SessionState } from '../../main/hub/protocol.ts';
import { hub } from '../hub/client.ts';
import { durationText, timeText } from './time.ts';
import { useAction } from './use-action.ts';
import { useNow } from './use-now.ts';

export function SessionBanner({ session }: { session: Extract<SessionState, { state: 'lost' }> }) {
  const { since, retryAt, failure } = session;
  const now = useNow(1000);
  const retry = useAction(() => hub.call('retry_now', {}));
  const waiting = retryAt === undefined ? 0 : retryAt - now;
  return (
    <Alert
      severity="warning"
      variant="standard"
      role="status"
      action={
        <Button color="inherit" disabled={retry.busy} onClick={() => retry.run()}>
          Retry now
        </Button>
      }
      sx={{ borderRadius: 0, borderBottom: 1, borderColor: 'divider' }}
    >
      The director does not answer. What you see is as of {timeText(since)}; your applications go on running.{' '}
      {failure.message} {waiting > 0 ? `Next try in ${durationText(waiting)}.` : 'Trying…'}
    </Alert>
  );
}
