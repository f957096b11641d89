/** "What changed since it worked", on the overview of an application that is not well. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Paper from '@mui/material/Paper';
import Typography from '@mui/material/Typography';
import { useOperationsOf } from '../application/recent-operations.tsx';
import { timeText } from '../components/time.ts';
import { useAction } from '../components/use-action.ts';
import { go } from '../stores/route.ts';
import { returnToVersion } from './return.ts';
import { sinceItWorked } from './since-it-worked.ts';
import { useHistoryTexts } from './texts.ts';
import { useHistory } from './use-history.ts';

export function SinceItWorkedNotice({ application }: { application: string }) {
  const { sinceItWorked: texts, return: words } = useHistoryTexts();
  const operations = useOperationsOf(application);
  const { value: history } = useHistory(application);
  const { worked, versions, failed, last, before } = sinceItWorked(operations, history ?? []);
  const back = useAction(async () => before && last && returnToVersion(application, before.version, last.version));
  if (!history || !last) return null;
  return (
    <Paper component="section" aria-labelledby="since-it-worked" sx={{ p: 2 }}>
      <Typography component="h2" variant="h3" id="since-it-worked" sx={{ mb: 0.5 }}>
        {texts.title}
      </Typography>
      <Typography variant="body2" color="textSecondary">
        {[
          worked ? texts.worked(timeText(worked.endedAt ?? worked.startedAt), worked.title) : texts.neverWorked,
          ...(versions.length === 0 && failed.length === 0 ? [texts.nothing] : []),
        ].join(' ')}
      </Typography>
      <Box component="ul" sx={{ m: 0, mt: 0.5, pl: 2.5 }}>
        {versions.map(({ version, title, changes, by, at }) => (
          <Line key={version}>{texts.version(timeText(at), version, title, by, changes)}</Line>
        ))}
        {failed.map(({ id, title, endedAt, failure }) => (
          <Line key={id}>{texts.failed(timeText(endedAt ?? 0), title, failure?.message)}</Line>
        ))}
        {versions.length === 0 && (
          <Line>{texts.last(last.version, timeText(last.at), last.title, last.by, last.changes)}</Line>
        )}
      </Box>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 1, mt: 1, ml: -1 }}>
        <Button onClick={() => go({ page: 'application', application, tab: 'history' })}>{texts.show}</Button>
        {before && (
          <Button disabled={back.busy} onClick={() => back.run()}>
            {words.button(before.version)}
          </Button>
        )}
      </Box>
      {back.failure && (
        <Typography variant="body2" color="error" role="alert">
          {back.failure.message}
        </Typography>
      )}
    </Paper>
  );
}

function Line({ children }: { children: string }) {
  return (
    <li>
      <Typography variant="body2" sx={{ overflowWrap: 'anywhere' }}>
        {children}
      </Typography>
    </li>
  );
}
