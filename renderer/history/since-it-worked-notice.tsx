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
import { useHistory } from './use-history.ts';

export function SinceItWorkedNotice({ application }: { application: string }) {
  const operations = useOperationsOf(application);
  const { value: history } = useHistory(application);
  const { worked, versions, failed, last, before } = sinceItWorked(operations, history ?? []);
  const back = useAction(async () => before && last && returnToVersion(application, before.version, last.version));
  if (!history || !last) return null;
  return (
    <Paper component="section" aria-labelledby="since-it-worked" sx={{ p: 2 }}>
      <Typography component="h2" variant="h3" id="since-it-worked" sx={{ mb: 0.5 }}>
        What changed since it worked
      </Typography>
      <Typography variant="body2" color="textSecondary">
        {worked
          ? `All was well at ${timeText(worked.endedAt ?? worked.startedAt)}, when “${worked.title}” ended.`
          : 'No operation is known after which all was well.'}
        {versions.length === 0 && failed.length === 0 && ' Nothing was changed after that.'}
      </Typography>
      <Box component="ul" sx={{ m: 0, mt: 0.5, pl: 2.5 }}>
        {versions.map(({ version, title, changes, by, at }) => (
          <li key={version}>
            <Typography variant="body2" sx={{ overflowWrap: 'anywhere' }}>
              {timeText(at)} version {version}: {title} by {by} ({changes.join('; ')})
            </Typography>
          </li>
        ))}
        {failed.map(({ id, title, endedAt, failure }) => (
          <li key={id}>
            <Typography variant="body2" sx={{ overflowWrap: 'anywhere' }}>
              {timeText(endedAt ?? 0)} {title} failed: {failure?.message}
            </Typography>
          </li>
        ))}
        {versions.length === 0 && (
          <li>
            <Typography variant="body2" sx={{ overflowWrap: 'anywhere' }}>
              The last change was version {last.version} at {timeText(last.at)}: {last.title} by {last.by}
              {last.changes.length > 0 && ` (${last.changes.join('; ')})`}
            </Typography>
          </li>
        )}
      </Box>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 1, mt: 1, ml: -1 }}>
        <Button onClick={() => go({ page: 'application', application, tab: 'history' })}>Show the differences</Button>
        {before && (
          <Button disabled={back.busy} onClick={() => back.run()}>
            Return to version {before.version}
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
