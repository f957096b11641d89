/** The startup script: written here, tried on a copy of a node's directory, and set. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Checkbox from '@mui/material/Checkbox';
import FormControlLabel from '@mui/material/FormControlLabel';
import Paper from '@mui/material/Paper';
import Skeleton from '@mui/material/Skeleton';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { useActions } from '../../actions/use-actions.ts';
import { withUndo } from '../../actions/with-undo.ts';
import { FailureNotice } from '../../components/failure-notice.tsx';
import { Section } from '../../components/section.tsx';
import { useAction } from '../../components/use-action.ts';
import { useLoaded } from '../../components/use-loaded.ts';
import { hub } from '../../hub/client.ts';
import { useServiceDraft } from '../../stores/service-drafts.ts';
import { fonts } from '../../theme/tokens.ts';
import type { ServiceTabProps } from '../tabs.ts';
import { DryRunOutput, useDryRun } from './dry-run.tsx';
import { useConfigurationTexts } from './texts.ts';

export function ScriptSection({ application, service, onChanged }: ServiceTabProps) {
  const common = useConfigurationTexts();
  const texts = common.script;
  const {
    value: present,
    failure,
    reload,
  } = useLoaded(
    () => hub.manager(application.id, 'read_startup_script', { service: service.name }),
    [application.id, service.name, service.hasStartupScript],
  );
  const [draft, setDraft] = useServiceDraft(application.id, service.name, 'script');
  const [network, setNetwork] = useState(false);
  const dryRun = useDryRun(application.id, service.name);
  const now = present?.script ?? '';
  const text = draft?.text ?? now;
  const changed = draft !== undefined && draft.text !== now;
  const set = (script: string | undefined) => () =>
    script === undefined
      ? hub.manager(application.id, 'set_startup_script', { service: service.name, script: null })
      : hub.manager(application.id, 'write_startup_script', { service: service.name, script });
  const apply = useAction(async (script: string | undefined) => {
    const said = script === undefined ? texts.removed(service.name) : texts.set(service.name);
    await withUndo({ said, act: set(script), undo: set(present?.script) });
    setDraft(undefined);
    onChanged();
    reload();
  });
  const isEmpty = text.trim() === '';
  useActions([
    {
      id: 'script.dry-run',
      title: texts.dryRunAction(service.name),
      disabled: isEmpty || dryRun.busy,
      run: () => dryRun.start(text, network),
    },
    {
      id: 'script.set',
      title: texts.setAction(service.name),
      disabled: !changed || isEmpty || apply.busy,
      run: () => apply.run(text),
    },
  ]);
  return (
    <Section title={texts.title} unsaved={changed} text={texts.text}>
      <Paper sx={{ p: 2.5 }}>
        {failure && <FailureNotice title={texts.readFailed} failure={failure} onRetry={reload} />}
        {!present && !failure && <Skeleton variant="rounded" height={120} />}
        {present && (
          <>
            <TextField
              fullWidth
              multiline
              minRows={6}
              maxRows={24}
              label={texts.label}
              placeholder={'#!/bin/sh\nmkdir -p "$HOME/cache"'}
              value={text}
              onChange={({ target }) => setDraft({ text: target.value, base: draft?.base ?? now })}
              slotProps={{
                htmlInput: { spellCheck: false, style: { fontFamily: fonts.code, fontSize: '0.8125rem' } },
                inputLabel: { shrink: true },
              }}
            />
            <Box sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: 1, mt: 1.5 }}>
              <Button variant="outlined" disabled={isEmpty || dryRun.busy} onClick={() => dryRun.start(text, network)}>
                {texts.dryRun}
              </Button>
              <FormControlLabel
                control={
                  <Checkbox size="small" checked={network} onChange={(_event, checked) => setNetwork(checked)} />
                }
                label={texts.network}
              />
              <Box sx={{ ml: 'auto', display: 'flex', gap: 1 }}>
                {changed && (
                  <Button color="secondary" onClick={() => setDraft(undefined)}>
                    {common.discard}
                  </Button>
                )}
                {present.script !== undefined && !changed && (
                  <Button color="secondary" disabled={apply.busy} onClick={() => apply.run(undefined)}>
                    {texts.remove}
                  </Button>
                )}
                <Button
                  variant="contained"
                  disabled={!changed || isEmpty || apply.busy}
                  onClick={() => apply.run(text)}
                >
                  {texts.setScript}
                </Button>
              </Box>
            </Box>
            {changed && draft.base !== now && (
              <Typography variant="body2" color="warning" role="status">
                {texts.changedMeanwhile}
              </Typography>
            )}
            <Typography variant="body2" color="textSecondary">
              {network ? texts.aboutWithNetwork : texts.about}
            </Typography>
            <DryRunOutput run={dryRun} />
            {apply.failure && <FailureNotice title={texts.failed} failure={apply.failure} sx={{ mt: 2 }} />}
          </>
        )}
      </Paper>
    </Section>
  );
}
