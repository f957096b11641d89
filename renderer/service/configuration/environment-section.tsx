/** Environment variables of a service's code: one by one, or the text of an .env file pasted. */
import Delete from '@mui/icons-material/DeleteOutlineOutlined';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import IconButton from '@mui/material/IconButton';
import TableCell from '@mui/material/TableCell';
import TableRow from '@mui/material/TableRow';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { argument } from '../../actions/command.ts';
import { useActions } from '../../actions/use-actions.ts';
import { withUndo } from '../../actions/with-undo.ts';
import { actionsColumn, DataTable } from '../../components/data-table.tsx';
import { FailureNotice } from '../../components/failure-notice.tsx';
import { Section } from '../../components/section.tsx';
import { useAction } from '../../components/use-action.ts';
import { desktop } from '../../hub/desktop.ts';
import { say } from '../../stores/notices.ts';
import { type EnvironmentDraft, useServiceDraft } from '../../stores/service-drafts.ts';
import { envTextOf } from '../env-text.ts';
import type { ServiceTabProps } from '../tabs.ts';
import { configure } from './configure.ts';
import { changedEnvironment, changesFrom } from './environment-changes.ts';
import { PasteEnvironment } from './paste-environment.tsx';
import { useConfigurationTexts } from './texts.ts';
import { isVariableName, VariableName } from './variable-name.tsx';

const nothingTyped: EnvironmentDraft = { changes: {}, name: '', value: '' };

export function EnvironmentSection({ application, service, onChanged }: ServiceTabProps) {
  const common = useConfigurationTexts();
  const texts = common.environment;
  const [draft, setDraft] = useServiceDraft(application.id, service.name, 'environment');
  const { changes, name, value } = draft ?? nothingTyped;
  const [pasting, setPasting] = useState(false);
  const shown = changedEnvironment(service.environment, changes);
  const changed = Object.keys(changes).length > 0;
  const put = (next: Partial<EnvironmentDraft>) => {
    const all = { changes, name, value, ...next };
    const isTyped = Object.keys(all.changes).length > 0 || all.name !== '' || all.value !== '';
    setDraft(isTyped ? all : undefined);
  };
  const change = (more: Readonly<Record<string, string | null>>) => ({
    changes: changesFrom(service.environment, { ...changes, ...more }),
  });
  const apply = useAction(async () => {
    const before = service.environment;
    const set = (environment: Readonly<Record<string, string>>) => () =>
      configure(application.id, service.name, { environment });
    const said = texts.changed(service.name);
    await withUndo({ said, act: set(shown), undo: set(before) });
    put({ changes: {} });
    onChanged();
  });
  const add = () => {
    if (!isVariableName(name)) return;
    put({ ...change({ [name]: value }), name: '', value: '' });
  };
  useActions([
    { id: 'environment.paste', title: texts.pasteAction(service.name), run: () => setPasting(true) },
    {
      id: 'environment.apply',
      title: texts.applyAction(service.name),
      command: `conpaas service configure ${argument(application.name)} ${argument(service.name)} --environment NAME=VALUE`,
      disabled: !changed || apply.busy,
      run: () => apply.run(),
    },
  ]);
  return (
    <Section
      title={texts.title}
      unsaved={draft !== undefined}
      text={texts.text}
      actions={
        <>
          <Button variant="outlined" onClick={() => setPasting(true)}>
            {texts.paste}
          </Button>
          <Button
            color="secondary"
            onClick={() => void desktop.copyText(envTextOf(shown)).then(() => say(texts.copied))}
          >
            {texts.copy}
          </Button>
        </>
      }
    >
      <DataTable
        label={texts.title}
        columns={[{ title: texts.columns.name, width: '32%' }, texts.columns.value, { ...actionsColumn, width: 100 }]}
      >
        {Object.entries(shown).map(([key, present]) => (
          <TableRow key={key}>
            <TableCell component="th" scope="row">
              <code>{key}</code>
              {service.environment[key] !== present && (
                <Typography component="span" variant="caption" color="warning" sx={{ ml: 1 }}>
                  {service.environment[key] === undefined ? texts.isNew : texts.isChanged}
                </Typography>
              )}
            </TableCell>
            <TableCell sx={{ py: 0.5 }}>
              <TextField
                fullWidth
                multiline
                maxRows={4}
                value={present}
                onChange={({ target }) => put(change({ [key]: target.value }))}
                slotProps={{ htmlInput: { 'aria-label': texts.valueOf(key), spellCheck: false } }}
              />
            </TableCell>
            <TableCell align="right" sx={{ py: 0.5 }}>
              <IconButton aria-label={texts.remove(key)} onClick={() => put(change({ [key]: null }))}>
                <Delete sx={{ fontSize: 18 }} />
              </IconButton>
            </TableCell>
          </TableRow>
        ))}
        <TableRow sx={{ '& td': { borderBottom: 0 } }}>
          <TableCell sx={{ verticalAlign: 'top' }}>
            <VariableName label={texts.newName} value={name} onChange={(text) => put({ name: text })} />
          </TableCell>
          <TableCell sx={{ verticalAlign: 'top' }}>
            <TextField
              fullWidth
              placeholder={texts.valueHint}
              value={value}
              onChange={({ target }) => put({ value: target.value })}
              onKeyDown={({ key }) => key === 'Enter' && add()}
              slotProps={{ htmlInput: { 'aria-label': texts.newValue, spellCheck: false } }}
            />
          </TableCell>
          <TableCell align="right" sx={{ verticalAlign: 'top' }}>
            <Button disabled={!isVariableName(name)} onClick={add}>
              {texts.add}
            </Button>
          </TableCell>
        </TableRow>
      </DataTable>
      {draft && (
        <Box sx={{ display: 'flex', gap: 1, mt: 1.5 }}>
          <Button variant="contained" disabled={!changed || apply.busy} onClick={() => apply.run()}>
            {texts.apply}
          </Button>
          <Button color="secondary" onClick={() => setDraft(undefined)}>
            {common.discard}
          </Button>
        </Box>
      )}
      {apply.failure && (
        <FailureNotice
          title={common.nothingChanged}
          failure={apply.failure}
          onRetry={() => apply.run()}
          sx={{ mt: 1.5 }}
        />
      )}
      {pasting && (
        <PasteEnvironment present={shown} onTake={(taken) => put(change(taken))} onClose={() => setPasting(false)} />
      )}
    </Section>
  );
}
