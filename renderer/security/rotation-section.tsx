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

export function RotationSection({ own, onEnded }: { own: OwnIdentity | undefined; onEnded: () => void }) {
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
        Rotate the root
      </Typography>
      <Paper sx={{ p: 2, display: 'flex', flexDirection: 'column', gap: 1.5 }}>
        <Typography variant="body2" color="textSecondary" sx={{ maxWidth: 680 }}>
          Replaces the root that everything here trusts, while all of it runs: after a computer was lost, or every few
          years. Other devices must have connected meanwhile, or they need a new hand-over file.
        </Typography>
        {own.rotating && !running && (
          <Alert severity="warning" variant="outlined">
            A rotation was cut short. Both roots are accepted until it is finished.
          </Alert>
        )}
        {rotate.failure && <FailureNotice failure={rotate.failure} onRetry={() => rotate.run()} />}
        {newest && (running || newest.state === 'failed') && <OperationSteps operation={newest} titled={false} />}
        {newest?.state === 'done' && (
          <Alert severity="success" variant="outlined">
            The root was rotated; the old one is trusted by nobody any more.
          </Alert>
        )}
        <Box>
          <Button
            variant="outlined"
            disabled={running || rotate.busy}
            onClick={() => (own.rotating ? rotate.run() : setAsking(true))}
          >
            {running ? 'Rotating…' : own.rotating ? 'Go on' : 'Rotate the root…'}
          </Button>
        </Box>
      </Paper>
      {asking && (
        <ConfirmByName
          title="Rotate the root?"
          text="A new root and a new intermediate are made, every manager, agent and this desktop get new certificates, and the old root goes. Applications go on running."
          name="rotate"
          action="Rotate"
          onConfirm={() => hub.call('rotate_root', {})}
          onClose={() => setAsking(false)}
        />
      )}
    </section>
  );
}
