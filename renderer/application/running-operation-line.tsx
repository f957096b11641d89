/** An operation that runs, in one line: what it does now, for how long, its steps on demand, and Cancel. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import CircularProgress from '@mui/material/CircularProgress';
import Collapse from '@mui/material/Collapse';
import LinearProgress from '@mui/material/LinearProgress';
import Paper from '@mui/material/Paper';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import type { Operation } from '../../remote/core/contract/operation.ts';
import { useActions } from '../actions/use-actions.ts';
import { FailureNotice } from '../components/failure-notice.tsx';
import { OperationSteps } from '../components/operation-steps.tsx';
import { durationText } from '../components/time.ts';
import { useAction } from '../components/use-action.ts';
import { useNow } from '../components/use-now.ts';
import { hub } from '../hub/client.ts';
import { useApplicationTexts } from './texts.ts';

export function RunningOperationLine({ operation }: { operation: Operation }) {
  const texts = useApplicationTexts();
  const { id, title, steps, startedAt, cancellable } = operation;
  const [open, setOpen] = useState(false);
  const now = useNow(1000);
  const cancel = useAction(() => hub.director('cancel_operation', { operation: id }));
  useActions(
    cancellable
      ? [
          {
            id: `operation.cancel.${id}`,
            title: texts.actions.cancel(title),
            command: `conpaas op cancel ${id}`,
            disabled: cancel.busy,
            run: () => cancel.run(),
          },
        ]
      : [],
  );
  const ended = steps.filter(({ state }) => state === 'done' || state === 'skipped').length;
  const current = steps.find(({ state }) => state === 'running');
  const doing = [
    steps.length > 1 && current ? texts.operations.step(ended + 1, steps.length) : undefined,
    current?.title ?? texts.operations.waiting,
    current?.detail,
  ].filter(Boolean);
  return (
    <Paper role="group" aria-label={texts.operations.underWayLabel(title)} sx={{ mb: 2, overflow: 'hidden' }}>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', columnGap: 1.25, px: 2, py: 0.75 }}>
        <CircularProgress size={16} thickness={5} aria-label={texts.operations.underWay} />
        <Typography component="h2" variant="body2" sx={{ fontWeight: 600, overflowWrap: 'anywhere' }}>
          {title}
        </Typography>
        <Typography variant="body2" color="textSecondary" className="figures" sx={{ flex: '1 1 200px' }} noWrap>
          {doing.join(' · ')}
        </Typography>
        <Typography variant="body2" color="textSecondary" className="figures">
          {durationText(now - startedAt)}
        </Typography>
        <Button aria-expanded={open} onClick={() => setOpen(!open)}>
          {texts.operations.steps}
        </Button>
        {cancellable && (
          <Button disabled={cancel.busy} onClick={() => cancel.run()}>
            {texts.operations.cancel}
          </Button>
        )}
      </Box>
      {current?.progress !== undefined && (
        <LinearProgress
          variant="determinate"
          value={current.progress * 100}
          aria-label={current.title}
          sx={{ height: 2 }}
        />
      )}
      {cancel.failure && (
        <FailureNotice
          title={texts.operations.notCancelled}
          failure={cancel.failure}
          onRetry={() => cancel.run()}
          sx={{ mx: 2, mb: 1.5 }}
        />
      )}
      <Collapse in={open} unmountOnExit>
        <Box sx={{ px: 2, pb: 1.5 }}>
          <OperationSteps operation={{ ...operation, cancellable: false }} titled={false} />
        </Box>
      </Collapse>
    </Paper>
  );
}
