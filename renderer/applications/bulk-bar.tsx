/** What can be done to the selected applications. */
import Button from '@mui/material/Button';
import Paper from '@mui/material/Paper';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import type { ApplicationSummary } from '../../remote/core/contract/application.ts';
import { countText } from '../components/time.ts';
import { useAction } from '../components/use-action.ts';
import { hub } from '../hub/client.ts';
import { select } from '../stores/applications-view.ts';
import { say } from '../stores/notices.ts';
import { each, failuresText } from './bulk.ts';
import { DeleteSeveral } from './delete-several.tsx';

export function BulkBar({ applications }: { applications: readonly ApplicationSummary[] }) {
  const [deleting, setDeleting] = useState(false);
  const stopped = applications.filter(({ state }) => state === 'stopped');
  const others = applications.filter(({ state }) => state !== 'stopped');
  const run = useAction(async (what: 'start_application' | 'stop_application') => {
    const isStart = what === 'start_application';
    const all = isStart ? stopped : others;
    const result = await each(all, ({ id }) => hub.director(what, { application: id }));
    const back = isStart ? 'stop_application' : 'start_application';
    if (result.done > 0) {
      say(`${isStart ? 'Starting' : 'Stopping'} ${countText(result.done, 'application')}.`, {
        undo: () => each(all, ({ id }) => hub.director(back, { application: id })),
      });
    }
    if (result.failures.length > 0) say(failuresText(result), { level: 'warning' });
  });
  return (
    <Paper
      role="toolbar"
      aria-label="Selected applications"
      sx={{ display: 'flex', alignItems: 'center', gap: 1, px: 2, py: 0.75, mb: 1.5 }}
    >
      <Typography variant="body2" sx={{ fontWeight: 600, mr: 1 }} aria-live="polite">
        {applications.length} selected
      </Typography>
      <Button disabled={run.busy || stopped.length === 0} onClick={() => run.run('start_application')}>
        Start
      </Button>
      <Button disabled={run.busy || others.length === 0} onClick={() => run.run('stop_application')}>
        Stop
      </Button>
      <Button color="error" onClick={() => setDeleting(true)}>
        Delete…
      </Button>
      <Button color="secondary" sx={{ ml: 'auto' }} onClick={() => select([])}>
        Clear selection
      </Button>
      {deleting && <DeleteSeveral applications={applications} onClose={() => setDeleting(false)} />}
    </Paper>
  );
}
