/** The director is out of reach: since when, what that means, when it is tried again, and trying now. */
import Alert from '@mui/material/Alert';
import Button from '@mui/material/Button';
import type { SessionState } from '../../main/hub/protocol.ts';
import { hub } from '../hub/client.ts';
import { useFrameTexts } from './texts/frame.ts';
import { durationText, timeText } from './time.ts';
import { useAction } from './use-action.ts';
import { useNow } from './use-now.ts';

export function SessionBanner({ session }: { session: Extract<SessionState, { state: 'lost' }> }) {
  const { since, retryAt, failure } = session;
  const texts = useFrameTexts().banner;
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
          {texts.retry}
        </Button>
      }
      sx={{ borderRadius: 0, borderBottom: 1, borderColor: 'divider' }}
    >
      {texts.lost(timeText(since))} {failure.message}{' '}
      <span className="figures">{waiting > 0 ? texts.nextTry(durationText(waiting)) : texts.trying}</span>
    </Alert>
  );
}
