/** Where machines are on this computer: nothing has to be entered, but something has to be there. */
import Button from '@mui/material/Button';
import type { CloudKindInfo } from '../../main/hub/protocol.ts';
import { FailureNotice } from '../components/failure-notice.tsx';
import { useAction } from '../components/use-action.ts';
import { hub } from '../hub/client.ts';
import { showNewDirector } from '../stores/directors.ts';
import { go } from '../stores/route.ts';
import { CloudCard } from './cloud-card.tsx';
import { useWelcomeTexts } from './texts.ts';

export function FreeChoice({ kind }: { kind: CloudKindInfo }) {
  const texts = useWelcomeTexts().free;
  const setUp = useAction(async () => {
    // What lacks is said here, where it can be tried again, before there is a director to be set up.
    await hub.call('check_credential', { kind: kind.kind, fields: {} });
    await showNewDirector((await hub.call('set_up', { kind: kind.kind })).director);
    go({ page: 'applications' });
  });
  return (
    <CloudCard kind={kind}>
      {setUp.failure && <FailureNotice failure={setUp.failure} onRetry={() => setUp.run()} />}
      <Button
        variant="outlined"
        disabled={setUp.busy}
        aria-label={texts.setUpOn(kind.title)}
        onClick={() => setUp.run()}
      >
        {setUp.busy ? texts.busy : texts.setUp}
      </Button>
    </CloudCard>
  );
}
