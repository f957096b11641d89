/** What can be done to the selected applications. */
import Button from '@mui/material/Button';
import Paper from '@mui/material/Paper';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import type { ApplicationSummary } from '../../remote/core/contract/application.ts';
import { useAction } from '../components/use-action.ts';
import { hub } from '../hub/client.ts';
import { select } from '../stores/applications-view.ts';
import { say } from '../stores/notices.ts';
import { each, failuresText } from './bulk.ts';
import { DeleteSeveral } from './delete-several.tsx';
import { useApplicationsTexts } from './texts.ts';

export function BulkBar({ applications }: { applications: readonly ApplicationSummary[] }) {
  const texts = useApplicationsTexts().bulk;
  const [deleting, setDeleting] = useState(false);
  const stopped = applications.filter(({ state }) => state === 'stopped');
  const others = applications.filter(({ state }) => state !== 'stopped');
  const run = useAction(async (what: 'start_application' | 'stop_application') => {
    const isStart = what === 'start_application';
    const all = isStart ? stopped : others;
    const result = await each(all, ({ id }) => hub.director(what, { application: id }));
    const back = isStart ? 'stop_application' : 'start_application';
    if (result.done > 0) {
      say(isStart ? texts.starting(result.done) : texts.stopping(result.done), {
        undo: () => each(all, ({ id }) => hub.director(back, { application: id })),
      });
    }
    if (result.failures.length > 0) say(failuresText(result), { level: 'warning' });
  });
  return (
    <Paper
      role="toolbar"
      aria-label={texts.label}
      sx={{ display: 'flex', alignItems: 'center', gap: 1, px: 2, py: 0.75, mb: 1.5 }}
    >
      <Typography variant="body2" sx={{ fontWeight: 600, mr: 1 }} aria-live="polite">
        {texts.selected(applications.length)}
      </Typography>
      <Button disabled={run.busy || stopped.length === 0} onClick={() => run.run('start_application')}>
        {texts.start}
      </Button>
      <Button disabled={run.busy || others.length === 0} onClick={() => run.run('stop_application')}>
        {texts.stop}
      </Button>
      <Button color="error" onClick={() => setDeleting(true)}>
        {texts.delete}
      </Button>
      <Button color="secondary" sx={{ ml: 'auto' }} onClick={() => select([])}>
        {texts.clear}
      </Button>
      {deleting && <DeleteSeveral applications={applications} onClose={() => setDeleting(false)} />}
    </Paper>
  );
}
