/** The first line of Activity: what runs, and what failed last without anything that went well after it. */
import Button from '@mui/material/Button';
import { useMemo } from 'react';
import type { Operation } from '../../remote/core/contract/operation.ts';
import { failureWords } from '../components/failure-words.ts';
import { PageHealth } from '../components/page-health.tsx';
import { countText, timeText } from '../components/time.ts';
import { useAction } from '../components/use-action.ts';
import { hub } from '../hub/client.ts';
import { openInDock, operationTab } from '../stores/dock.ts';
import { newestFirst, useOperations } from '../stores/operations.ts';
import { unmended } from './unmended.ts';

export function ActivityHealth() {
  const { byId, loaded } = useOperations();
  const { running, failed } = useMemo(() => {
    const all = newestFirst(byId.values());
    return { running: all.filter(({ state }) => state === 'running').length, failed: unmended(all) };
  }, [byId]);
  if (!loaded) return null;
  const runs = running > 0 ? countText(running, 'operation runs', 'operations run') : 'nothing runs';
  const [first] = failed;
  if (first) return <Failed key={first.id} operation={first} runs={runs} count={failed.length} />;
  if (running > 0) return <PageHealth level="busy" text={`All is well: ${runs}.`} />;
  return <PageHealth level="good" text="All is well: nothing runs, and nothing has failed that was not mended." />;
}

interface FailedProps {
  readonly operation: Operation;
  readonly runs: string;
  readonly count: number;
}

function Failed({ operation, runs, count }: FailedProps) {
  const retry = useAction(() => hub.director('retry_operation', { operation: operation.id }));
  const failure = retry.failure ?? operation.failure;
  const more = count > 1 ? `, and ${count - 1} more` : '';
  return (
    <PageHealth
      level="bad"
      text={`“${operation.title}” failed at ${timeText(operation.endedAt ?? operation.startedAt)}${more}; ${runs}.`}
      why={failure && failureWords(failure).happened}
      actions={
        <>
          <Button onClick={() => openInDock(operationTab(operation))}>Show</Button>
          {operation.retryable && (
            <Button disabled={retry.busy} onClick={() => retry.run()}>
              Retry
            </Button>
          )}
        </>
      }
    />
  );
}
