/** An operation: its steps with progress, what it ended with, and its way out (cancel or retry). */
import Cancel from '@mui/icons-material/Cancel';
import CheckCircle from '@mui/icons-material/CheckCircle';
import Circle from '@mui/icons-material/RadioButtonUnchecked';
import RemoveCircle from '@mui/icons-material/RemoveCircleOutlineOutlined';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import CircularProgress from '@mui/material/CircularProgress';
import LinearProgress from '@mui/material/LinearProgress';
import Typography from '@mui/material/Typography';
import type { Operation, OperationStep } from '../../remote/core/contract/operation.ts';
import { hub } from '../hub/client.ts';
import { FailureNotice } from './failure-notice.tsx';
import { HiddenText } from './hidden-text.tsx';
import { useComponentTexts } from './texts/common.ts';
import { durationText } from './time.ts';
import { useAction } from './use-action.ts';
import { useNow } from './use-now.ts';

export interface OperationStepsProps {
  readonly operation: Operation;
  /** For operations that are not the director's (the set-up). */
  readonly onCancel?: (() => void) | undefined;
  readonly onRetry?: (() => void) | undefined;
  /** false where the title already stands above. */
  readonly titled?: boolean;
}

export function OperationSteps({ operation, onCancel, onRetry, titled = true }: OperationStepsProps) {
  const texts = useComponentTexts();
  const cancel = useAction(async () => onCancel?.() ?? hub.director('cancel_operation', { operation: operation.id }));
  const retry = useAction(async () => onRetry?.() ?? hub.director('retry_operation', { operation: operation.id }));
  const failure = operation.failure ?? cancel.failure ?? retry.failure;
  const log = operation.failure && !operation.failure.log?.length ? { log: operation.log } : {};
  return (
    <Box>
      {titled && <OperationTitle operation={operation} />}
      <Box component="ol" aria-label={operation.title} sx={{ listStyle: 'none', m: 0, p: 0, mt: 1 }}>
        {operation.steps.map((step) => (
          <Step key={step.name} step={step} />
        ))}
      </Box>
      {failure && (
        <FailureNotice
          failure={{ ...failure, ...log }}
          onRetry={operation.retryable ? () => retry.run() : undefined}
          sx={{ mt: 1.5 }}
        />
      )}
      {operation.state === 'running' && operation.cancellable && (
        <Button sx={{ mt: 1, ml: -1.5 }} color="secondary" disabled={cancel.busy} onClick={() => cancel.run()}>
          {texts.cancel}
        </Button>
      )}
      {operation.state === 'cancelled' && (
        <Typography variant="body2" color="textSecondary" sx={{ mt: 1 }}>
          {texts.operation.cancelled}
        </Typography>
      )}
    </Box>
  );
}

function OperationTitle({ operation }: { operation: Operation }) {
  const running = operation.state === 'running';
  const now = useNow(running ? 1000 : undefined);
  return (
    <Box sx={{ display: 'flex', alignItems: 'baseline', gap: 1 }}>
      <Typography component="h2" variant="h3">
        {operation.title}
      </Typography>
      <Typography variant="body2" color="textSecondary" sx={{ flexShrink: 0, whiteSpace: 'nowrap' }}>
        {durationText((operation.endedAt ?? now) - operation.startedAt)}
      </Typography>
    </Box>
  );
}

function Step({ step }: { step: OperationStep }) {
  const { steps } = useComponentTexts().operation;
  const quiet = step.state === 'waiting' || step.state === 'skipped';
  return (
    <Box component="li" sx={{ display: 'flex', gap: 1.25, py: 0.5 }}>
      <Box sx={{ width: 18, pt: '2px', flexShrink: 0 }}>
        <StepIcon state={step.state} />
      </Box>
      <Box sx={{ flex: 1, minWidth: 0 }}>
        <Box sx={{ display: 'flex', gap: 1, alignItems: 'baseline' }}>
          <Typography variant="body2" color={quiet ? 'textSecondary' : 'textPrimary'}>
            {step.title}
          </Typography>
          {step.detail && step.state === 'running' && (
            <Typography variant="body2" color="textSecondary" noWrap>
              {step.detail}
            </Typography>
          )}
          {step.startedAt !== undefined && step.endedAt !== undefined && (
            <Typography variant="caption" color="textSecondary" sx={{ ml: 'auto', flexShrink: 0 }}>
              {durationText(step.endedAt - step.startedAt)}
            </Typography>
          )}
        </Box>
        {step.state === 'running' && step.progress !== undefined && (
          <LinearProgress
            variant="determinate"
            value={step.progress * 100}
            aria-label={step.title}
            sx={{ mt: 0.5, height: 4, borderRadius: 2 }}
          />
        )}
      </Box>
      <HiddenText>{steps[step.state]}</HiddenText>
    </Box>
  );
}

function StepIcon({ state }: { state: OperationStep['state'] }) {
  const size = { fontSize: 18 } as const;
  switch (state) {
    case 'running':
      return <CircularProgress size={16} thickness={5} aria-hidden />;
    case 'done':
      return <CheckCircle aria-hidden sx={{ ...size, color: 'success.main' }} />;
    case 'failed':
      return <Cancel aria-hidden sx={{ ...size, color: 'error.main' }} />;
    case 'skipped':
      return <RemoveCircle aria-hidden sx={{ ...size, color: 'text.secondary' }} />;
    case 'waiting':
      return <Circle aria-hidden sx={{ ...size, color: 'text.secondary' }} />;
  }
}
