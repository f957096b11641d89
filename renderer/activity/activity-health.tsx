/** The first line of Activity: what runs, and what failed last without anything that went well after it. */
import Button from '@mui/material/Button';
import { useMemo } from 'react';
import type { Operation } from '../../remote/core/contract/operation.ts';
import { failureWords } from '../components/failure-words.ts';
import { PageHealth } from '../components/page-health.tsx';
import { timeText } from '../components/time.ts';
import { useAction } from '../components/use-action.ts';
import { hub } from '../hub/client.ts';
import { openInDock, operationTab } from '../stores/dock.ts';
import { newestFirst, useOperations } from '../stores/operations.ts';
import { useActivityTexts } from './texts.ts';
import { unmended } from './unmended.ts';

export function ActivityHealth() {
  const texts = useActivityTexts().health;
  const { byId, loaded } = useOperations();
  const { running, failed } = useMemo(() => {
    const all = newestFirst(byId.values());
    return { running: all.filter(({ state }) => state === 'running').length, failed: unmended(all) };
  }, [byId]);
  if (!loaded) return null;
  const runs = running > 0 ? texts.running(running) : texts.nothingRuns;
  const [first] = failed;
  if (first) return <Failed key={first.id} operation={first} runs={runs} count={failed.length} />;
  if (running > 0) return <PageHealth level="busy" text={texts.busy(runs)} />;
  return <PageHealth level="good" text={texts.good} />;
}

interface FailedProps {
  readonly operation: Operation;
  readonly runs: string;
  readonly count: number;
}

function Failed({ operation, runs, count }: FailedProps) {
  const texts = useActivityTexts().health;
  const retry = useAction(() => hub.director('retry_operation', { operation: operation.id }));
  const failure = retry.failure ?? operation.failure;
  return (
    <PageHealth
      level="bad"
      text={texts.failed(operation.title, timeText(operation.endedAt ?? operation.startedAt), count - 1, runs)}
      why={failure && failureWords(failure).happened}
      actions={
        <>
          <Button onClick={() => openInDock(operationTab(operation))}>{texts.show}</Button>
          {operation.retryable && (
            <Button disabled={retry.busy} onClick={() => retry.run()}>
              {texts.retry}
            </Button>
          )}
        </>
      }
    />
  );
}
