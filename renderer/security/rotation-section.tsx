/** Rotation of the root: what it does, its steps while it runs, and going on where it was cut short. */
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Paper from '@mui/material/Paper';
import Typography from '@mui/material/Typography';
import { useEffect, useState } from 'react';
import type { OwnIdentity } from '../../main/hub/protocol.ts';
import { ConfirmByName } from '../components/confirm-by-name.tsx';
import { FailureNotice } from '../components/failure-notice.tsx';
import { OperationSteps } from '../components/operation-steps.tsx';
import { useAction } from '../components/use-action.ts';
import { hub } from '../hub/client.ts';
import { newestFirst, useOperations } from '../stores/operations.ts';
import { useSecurityTexts } from './texts.ts';

export function RotationSection({ own, onEnded }: { own: OwnIdentity | undefined; onEnded: () => void }) {
  const texts = useSecurityTexts().rotation;
  const [asking, setAsking] = useState(false);
  const byId = useOperations((store) => store.byId);
  const newest = newestFirst(byId.values()).find(({ kind }) => kind === 'rotate_root');
  const running = newest?.state === 'running';
  const rotate = useAction(() => hub.call('rotate_root', {}));
  const state = newest?.state;
  // What this desktop knows of the rotation is read again when it has ended.
  useEffect(() => {
    if (state !== undefined && state !== 'running') onEnded();
  }, [state, onEnded]);
  if (!own?.holdsRoot) return null;
  return (
    <section>
      <Typography component="h2" variant="h2" sx={{ mb: 1 }}>
        {texts.heading}
      </Typography>
      <Paper sx={{ p: 2, display: 'flex', flexDirection: 'column', gap: 1.5 }}>
        <Typography variant="body2" color="textSecondary" sx={{ maxWidth: 680 }}>
          {texts.text}
        </Typography>
        {own.rotating && !running && (
          <Alert severity="warning" variant="outlined">
            {texts.cutShort}
          </Alert>
        )}
        {rotate.failure && <FailureNotice failure={rotate.failure} onRetry={() => rotate.run()} />}
        {newest && (running || newest.state === 'failed') && <OperationSteps operation={newest} titled={false} />}
        {newest?.state === 'done' && (
          <Alert severity="success" variant="outlined">
            {texts.done}
          </Alert>
        )}
        <Box>
          <Button
            variant="outlined"
            disabled={running || rotate.busy}
            onClick={() => (own.rotating ? rotate.run() : setAsking(true))}
          >
            {running ? texts.rotating : own.rotating ? texts.goOn : texts.rotateMore}
          </Button>
        </Box>
      </Paper>
      {asking && (
        <ConfirmByName
          title={texts.question}
          text={texts.questionText}
          name={texts.word}
          action={texts.rotate}
          onConfirm={() => hub.call('rotate_root', {})}
          onClose={() => setAsking(false)}
        />
      )}
    </section>
  );
}
