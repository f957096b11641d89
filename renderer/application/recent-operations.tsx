/** The last operations of an application; the running ones with their steps. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Collapse from '@mui/material/Collapse';
import Paper from '@mui/material/Paper';
import Typography from '@mui/material/Typography';
import { useMemo, useState } from 'react';
import type { Operation } from '../../remote/core/contract/operation.ts';
import { failureWords } from '../components/failure-words.ts';
import { OperationRow } from '../components/operation-row.tsx';
import { OperationSteps } from '../components/operation-steps.tsx';
import { PageHealth } from '../components/page-health.tsx';
import { timeText } from '../components/time.ts';
import { useAction } from '../components/use-action.ts';
import { hub } from '../hub/client.ts';
import { newestFirst, useOperations } from '../stores/operations.ts';
import { RunningOperationLine } from './running-operation-line.tsx';
import { useApplicationTexts } from './texts.ts';

const shown = 8;

export function useOperationsOf(application: string, service?: string) {
  const byId = useOperations((store) => store.byId);
  return useMemo(
    () =>
      newestFirst(byId.values()).filter(
        ({ target }) => target.application === application && (service === undefined || target.service === service),
      ),
    [byId, application, service],
  );
}

/** What runs now, and what failed last if nothing came after it. */
export function CurrentOperations({ application, service }: { application: string; service?: string }) {
  const operations = useOperationsOf(application, service);
  const current = operations.filter(({ state }, index) => state === 'running' || (state === 'failed' && index === 0));
  return current.map((operation) =>
    operation.state === 'failed' ? (
      <FailedOperation key={operation.id} operation={operation} />
    ) : (
      <RunningOperationLine key={operation.id} operation={operation} />
    ),
  );
}

/** One line, so that what one came for is not pushed down; its steps on demand. */
function FailedOperation({ operation }: { operation: Operation }) {
  const texts = useApplicationTexts().operations;
  const [open, setOpen] = useState(false);
  const retry = useAction(() => hub.director('retry_operation', { operation: operation.id }));
  const failure = retry.failure ?? operation.failure;
  return (
    <>
      <PageHealth
        label={texts.failedLast}
        level="bad"
        text={texts.failed(operation.title, timeText(operation.endedAt ?? operation.startedAt))}
        why={failure && failureWords(failure).happened}
        actions={
          <>
            <Button aria-expanded={open} onClick={() => setOpen(!open)}>
              {texts.steps}
            </Button>
            {operation.retryable && (
              <Button disabled={retry.busy} onClick={() => retry.run()}>
                {texts.retry}
              </Button>
            )}
          </>
        }
      />
      <Collapse in={open} unmountOnExit>
        <Paper sx={{ p: 2, mb: 2 }}>
          <OperationSteps operation={operation} />
        </Paper>
      </Collapse>
    </>
  );
}

export function RecentOperations({ application, service }: { application: string; service?: string }) {
  const texts = useApplicationTexts().operations;
  const operations = useOperationsOf(application, service).slice(0, shown);
  return (
    <Box component="section" aria-labelledby="recent">
      <Typography component="h2" variant="h2" id="recent" sx={{ mb: 1.5 }}>
        {texts.recent}
      </Typography>
      <Paper component="ul" sx={{ listStyle: 'none', m: 0, p: 0 }}>
        {operations.map((operation) => (
          <OperationRow key={operation.id} operation={operation} />
        ))}
        {operations.length === 0 && (
          <Box component="li" sx={{ p: 2, color: 'text.secondary' }}>
            {texts.none}
          </Box>
        )}
      </Paper>
    </Box>
  );
}
