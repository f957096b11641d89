/** The first line of the list: whether all is well; else what needs the user first, why, and the click that mends it. */
import Button from '@mui/material/Button';
import { useMemo } from 'react';
import type { ApplicationSummary } from '../../remote/core/contract/application.ts';
import { PageHealth } from '../components/page-health.tsx';
import { useComponentTexts } from '../components/texts/common.ts';
import { useApplications } from '../stores/applications.ts';
import { changeQuery } from '../stores/applications-view.ts';
import { useOperations } from '../stores/operations.ts';
import { go } from '../stores/route.ts';
import { type Attention, attentionOf, newestOperations } from './attention.ts';
import { isUnwell } from './query.ts';
import { type Counts, useApplicationsTexts } from './texts.ts';
import { useMend } from './use-mend.ts';

export function AttentionLine() {
  const applications = useApplications((store) => store.byId);
  const operations = useOperations((store) => store.byId);
  const unwell = useMemo(() => {
    const newest = newestOperations(operations);
    return [...applications.values()]
      .filter(isUnwell)
      .map((application) => attentionOf(application, newest))
      .filter((attention) => attention !== undefined)
      .sort((a, b) => Number(b.application.state === 'failed') - Number(a.application.state === 'failed'));
  }, [applications, operations]);
  const texts = useApplicationsTexts().attention;
  const counts = useMemo(() => countsOf(applications.values()), [applications]);
  const [first] = unwell;
  if (first) return <First key={first.application.id} attention={first} count={unwell.length} />;
  if (counts.unwell > 0) return <PageHealth level="busy" text={texts.busy(counts)} />;
  if (counts.change > 0) return <PageHealth level="busy" text={texts.good(counts)} />;
  if (counts.run === 0) return <PageHealth level="off" text={texts.nothingRuns(counts)} />;
  return <PageHealth level="good" text={texts.good(counts)} />;
}

function First({ attention: { application, cause, mend }, count }: { attention: Attention; count: number }) {
  const texts = useApplicationsTexts().attention;
  const { states } = useComponentTexts();
  const mending = useMend(application.id, mend);
  return (
    <PageHealth
      level={application.state === 'failed' ? 'bad' : 'warning'}
      text={texts.needing(count, application.name)}
      why={mending.failure ? mending.failure.message : (cause ?? states[application.state])}
      actions={
        <>
          {count > 1 && <Button onClick={() => changeQuery({ state: 'needs-you' })}>{texts.all(count)}</Button>}
          <Button onClick={() => go({ page: 'application', application: application.id })}>{texts.show}</Button>
          {mend && (
            <Button disabled={mending.busy} onClick={() => mending.run()}>
              {texts.mend(mend)}
            </Button>
          )}
        </>
      }
    />
  );
}

/** Where none needs the user: how many run, change, are being mended, are stopped, and have nothing in them. */
function countsOf(applications: Iterable<ApplicationSummary>): Counts {
  const counts = { run: 0, change: 0, unwell: 0, stopped: 0, empty: 0 };
  for (const application of applications) {
    if (application.state === 'running') counts[application.nodes.wanted === 0 ? 'empty' : 'run'] += 1;
    else if (application.state === 'stopped') counts.stopped += 1;
    else if (isUnwell(application)) counts.unwell += 1;
    else counts.change += 1;
  }
  return counts;
}
