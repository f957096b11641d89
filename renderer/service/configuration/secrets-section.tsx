/** Secrets of a service: names, and values that go one way. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Paper from '@mui/material/Paper';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { withUndo } from '../../actions/with-undo.ts';
import { ConfirmByName } from '../../components/confirm-by-name.tsx';
import { FailureNotice } from '../../components/failure-notice.tsx';
import { HiddenText } from '../../components/hidden-text.tsx';
import { Section } from '../../components/section.tsx';
import { timeText } from '../../components/time.ts';
import { useAction } from '../../components/use-action.ts';
import { useLoaded } from '../../components/use-loaded.ts';
import { hub } from '../../hub/client.ts';
import { say } from '../../stores/notices.ts';
import type { ServiceTabProps } from '../tabs.ts';

const variable = /^[A-Za-z_][A-Za-z0-9_]{0,99}$/;

export function SecretsSection({ application, service, onChanged }: ServiceTabProps) {
  const {
    value: all,
    failure,
    reload,
  } = useLoaded(() => hub.director('list_secrets', { application: application.id }), [application.id, service.secrets]);
  const [setting, setSetting] = useState<string>();
  const [deleting, setDeleting] = useState<string>();
  const [name, setName] = useState('');
  const wrong = name !== '' && !variable.test(name);
  const known = new Map(all?.map((secret) => [secret.name, secret]));
  const give = (secrets: readonly string[]) =>
    hub.manager(application.id, 'set_service_secrets', { service: service.name, secrets: [...secrets] });
  const changeNames = useAction(async (secrets: readonly string[], text: string) => {
    const before = service.secrets;
    await withUndo({ said: text, act: () => give(secrets), undo: () => give(before) });
    onChanged();
    reload();
  });
  const others = [...known.keys()].filter((one) => !service.secrets.includes(one) && variable.test(one));
  return (
    <Section
      title="Secrets"
      text="The code finds each as a variable of its name. Values are set here and never shown again."
    >
      <Paper sx={{ overflow: 'hidden' }}>
        <Table size="small" aria-label="Secrets">
          <TableHead>
            <TableRow>
              <TableCell sx={{ width: '32%' }}>Name</TableCell>
              <TableCell>Value</TableCell>
              <TableCell>
                <HiddenText>Actions</HiddenText>
              </TableCell>
            </TableRow>
          </TableHead>
          <TableBody>
            {service.secrets.map((secret) => (
              <TableRow key={secret}>
                <TableCell component="th" scope="row">
                  <code>{secret}</code>
                </TableCell>
                <TableCell>
                  {setting === secret ? (
                    <SecretValue
                      application={application.id}
                      name={secret}
                      onDone={() => {
                        setSetting(undefined);
                        reload();
                      }}
                    />
                  ) : (
                    <Typography variant="body2" color={known.has(secret) || !all ? 'textSecondary' : 'warning'}>
                      {known.has(secret)
                        ? `set ${timeText(known.get(secret)?.updatedAt ?? 0)}`
                        : all
                          ? 'has no value yet'
                          : '…'}
                    </Typography>
                  )}
                </TableCell>
                <TableCell align="right" sx={{ whiteSpace: 'nowrap', py: 0.25 }}>
                  <Button
                    aria-label={`${known.has(secret) ? 'Replace' : 'Set'} the value of ${secret}`}
                    onClick={() => setSetting(setting === secret ? undefined : secret)}
                  >
                    {known.has(secret) ? 'Replace…' : 'Set…'}
                  </Button>
                  <Button
                    color="secondary"
                    aria-label={`Take away ${secret} from the code`}
                    disabled={changeNames.busy}
                    onClick={() =>
                      changeNames.run(
                        service.secrets.filter((one) => one !== secret),
                        `The code of ${service.name} no longer gets ${secret}; its value is kept.`,
                      )
                    }
                  >
                    Take away
                  </Button>
                  {known.has(secret) && (
                    <Button color="error" aria-label={`Delete ${secret}`} onClick={() => setDeleting(secret)}>
                      Delete…
                    </Button>
                  )}
                </TableCell>
              </TableRow>
            ))}
            <TableRow sx={{ '& td': { borderBottom: 0 } }}>
              <TableCell sx={{ verticalAlign: 'top' }}>
                <TextField
                  fullWidth
                  placeholder="NAME"
                  value={name}
                  error={wrong}
                  helperText={wrong ? 'Letters, digits and _' : undefined}
                  onChange={({ target }) => setName(target.value)}
                  slotProps={{ htmlInput: { 'aria-label': 'Name of a secret to give to the code', spellCheck: false } }}
                />
              </TableCell>
              <TableCell colSpan={2} sx={{ verticalAlign: 'top' }}>
                <Button
                  disabled={name === '' || wrong || service.secrets.includes(name) || changeNames.busy}
                  onClick={() => {
                    changeNames.run([...service.secrets, name], `The code of ${service.name} gets ${name}.`);
                    setSetting(known.has(name) ? undefined : name);
                    setName('');
                  }}
                >
                  Give to the code
                </Button>
                {others.length > 0 && (
                  <Typography variant="caption" color="textSecondary" sx={{ ml: 1 }}>
                    There are also: {others.slice(0, 8).join(', ')}
                  </Typography>
                )}
              </TableCell>
            </TableRow>
          </TableBody>
        </Table>
      </Paper>
      {[failure, changeNames.failure].map(
        (one) =>
          one && (
            <Box key={one.message} sx={{ mt: 1.5 }}>
              <FailureNotice failure={one} onRetry={one === failure ? reload : undefined} />
            </Box>
          ),
      )}
      {deleting !== undefined && (
        <ConfirmByName
          title={`Delete ${deleting}`}
          text={`Its value is gone for good. ${usersText(known.get(deleting)?.usedBy ?? [])}`}
          name={deleting}
          action="Delete"
          onConfirm={async () => {
            await hub.director('delete_secret', { application: application.id, name: deleting });
            say(`${deleting} is deleted.`);
            reload();
          }}
          onClose={() => setDeleting(undefined)}
        />
      )}
    </Section>
  );
}

function usersText(usedBy: readonly string[]): string {
  return usedBy.length === 0 ? 'No service uses it.' : `Used by: ${usedBy.join(', ')}.`;
}

/** A value on its way to the director; the field is emptied whatever comes of it. */
export function SecretValue({ application, name, onDone }: { application: string; name: string; onDone: () => void }) {
  const [value, setValue] = useState('');
  const save = useAction(async () => {
    const sent = hub.director('set_secret', { application, name, value });
    setValue('');
    await sent;
    say(`${name} has a new value; the code gets it now.`);
    onDone();
  });
  return (
    <Box
      component="form"
      onSubmit={(event) => {
        event.preventDefault();
        if (value !== '') save.run();
      }}
      sx={{ display: 'flex', gap: 1, alignItems: 'flex-start' }}
    >
      <TextField
        autoFocus
        fullWidth
        type="password"
        autoComplete="new-password"
        value={value}
        error={save.failure !== undefined}
        helperText={save.failure?.message}
        onChange={({ target }) => setValue(target.value)}
        slotProps={{ htmlInput: { 'aria-label': `New value of ${name}` } }}
      />
      <Button type="submit" variant="contained" disabled={value === '' || save.busy}>
        Save
      </Button>
    </Box>
  );
}
