/** How to tell that the code works: a new version goes live only when it does. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Paper from '@mui/material/Paper';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import type { HealthCheck } from '../../../remote/core/contract/scripts.ts';
import { useActions } from '../../actions/use-actions.ts';
import { withUndo } from '../../actions/with-undo.ts';
import { FailureNotice } from '../../components/failure-notice.tsx';
import { Form } from '../../components/form.tsx';
import { Section } from '../../components/section.tsx';
import { useAction } from '../../components/use-action.ts';
import { hub } from '../../hub/client.ts';
import { useServiceDraft } from '../../stores/service-drafts.ts';
import type { ServiceTabProps } from '../tabs.ts';
import { useConfigurationTexts } from './texts.ts';

const defaultSeconds = '5';

export function HealthCheckForm({ application, service, onChanged }: ServiceTabProps) {
  const common = useConfigurationTexts();
  const texts = common.healthCheck;
  const present = service.healthCheck;
  const [draft, setDraft] = useServiceDraft(application.id, service.name, 'healthCheck');
  const shown = draft ?? {
    path: present?.path ?? '',
    seconds: present ? String(present.timeoutMs / 1000) : defaultSeconds,
  };
  const seconds = Number(shown.seconds);
  const wrongPath = shown.path !== '' && !/^\/\S*$/.test(shown.path);
  const wrongTime = !(seconds >= 0.1 && seconds <= 120);
  const ready = shown.path !== '' && !wrongPath && !wrongTime;
  const set = (healthCheck: HealthCheck | null) => () =>
    hub.manager(application.id, 'set_health_check', { service: service.name, healthCheck });
  const apply = useAction(async (check: HealthCheck | null) => {
    const said = check ? texts.set(service.name, check.path) : texts.reset(service.name);
    await withUndo({ said, act: set(check), undo: set(present ?? null) });
    setDraft(undefined);
    onChanged();
  });
  const submit = () => apply.run({ path: shown.path, timeoutMs: Math.round(seconds * 1000) });
  useActions([
    {
      id: 'health-check.apply',
      title: texts.applyAction(service.name),
      disabled: !draft || !ready || apply.busy,
      run: submit,
    },
  ]);
  return (
    <Section title={texts.title} unsaved={draft !== undefined} text={texts.text}>
      <Paper sx={{ p: 2.5 }}>
        <Form
          ready={ready}
          onSubmit={submit}
          sx={{ display: 'flex', flexWrap: 'wrap', gap: 2, alignItems: 'flex-start' }}
        >
          <TextField
            label={texts.path}
            placeholder="/health"
            value={shown.path}
            error={wrongPath}
            helperText={wrongPath ? texts.pathWrong : present ? undefined : texts.notSet}
            onChange={({ target }) => setDraft({ ...shown, path: target.value })}
            slotProps={{ htmlInput: { spellCheck: false }, inputLabel: { shrink: true } }}
            sx={{ flex: '1 1 260px' }}
          />
          <TextField
            label={texts.seconds}
            value={shown.seconds}
            error={wrongTime}
            helperText={wrongTime ? texts.secondsWrong : undefined}
            onChange={({ target }) => setDraft({ ...shown, seconds: target.value })}
            slotProps={{ htmlInput: { inputMode: 'decimal' } }}
            sx={{ width: 180 }}
          />
          <Box sx={{ display: 'flex', gap: 1, pt: 0.5 }}>
            <Button type="submit" variant="contained" disabled={!draft || !ready || apply.busy}>
              {common.apply}
            </Button>
            {draft && (
              <Button color="secondary" onClick={() => setDraft(undefined)}>
                {common.discard}
              </Button>
            )}
            {present && !draft && (
              <Button color="secondary" disabled={apply.busy} onClick={() => apply.run(null)}>
                {texts.toDefault}
              </Button>
            )}
          </Box>
        </Form>
        <Typography variant="body2" color="textSecondary" sx={{ mt: 1 }}>
          {texts.when}
        </Typography>
        {apply.failure && <FailureNotice title={texts.failed} failure={apply.failure} sx={{ mt: 2 }} />}
      </Paper>
    </Section>
  );
}
