/** What is set of an application as a whole: its services, its secrets, and what it may do without. */
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import MenuItem from '@mui/material/MenuItem';
import Paper from '@mui/material/Paper';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import type { ServiceInfo } from '../../remote/core/contract/application.ts';
import type { uncontainedWords } from '../../remote/core/contract/manager.ts';
import { ConfirmByName } from '../components/confirm-by-name.tsx';
import { FailureNotice } from '../components/failure-notice.tsx';
import { HiddenText } from '../components/hidden-text.tsx';
import { Section } from '../components/section.tsx';
import { StateLabel } from '../components/state-label.tsx';
import { timeText } from '../components/time.ts';
import { useAction } from '../components/use-action.ts';
import { useLoaded } from '../components/use-loaded.ts';
import { hub } from '../hub/client.ts';
import { SecretValue } from '../service/configuration/secrets-section.tsx';
import { say } from '../stores/notices.ts';
import type { ApplicationTabProps } from './tabs.ts';
import { useApplication } from './use-application.ts';

/** The page knows types of the contract only; this one says what its value must be. */
const wordsOfAcceptance: typeof uncontainedWords = 'hosted code may read everything on its machines';

export function SettingsTab({ application }: ApplicationTabProps) {
  const { value: info, failure, reload } = useApplication(application.id);
  return (
    <Box sx={{ maxWidth: 880 }}>
      {failure && <FailureNotice title="The application could not be read" failure={failure} onRetry={reload} />}
      <Services application={application.id} services={info?.services} onChanged={reload} />
      <Secrets application={application.id} />
      <Containment
        application={application.id}
        name={application.name}
        accepted={info?.uncontained}
        onChanged={reload}
      />
    </Box>
  );
}

interface ServicesProps {
  readonly application: string;
  /** undefined: not read yet. */
  readonly services: readonly ServiceInfo[] | undefined;
  readonly onChanged: () => void;
}

function Services({ application, services, onChanged }: ServicesProps) {
  const { value: types } = useLoaded(() => hub.call('list_types', {}), []);
  const [type, setType] = useState('');
  const [name, setName] = useState('');
  const [removing, setRemoving] = useState<string>();
  const taken = services?.some((service) => service.name === name) ?? false;
  const add = useAction(async () => {
    await hub.manager(application, 'add_service', { type, name });
    say(`${name} is added. It is stopped, and has no code yet.`);
    setName('');
    onChanged();
  });
  return (
    <Section title="Services" text="A service that is added here is stopped and empty. A manifest can do more at once.">
      <Paper sx={{ overflow: 'hidden' }}>
        <Table size="small" aria-label="Services">
          <TableHead>
            <TableRow>
              <TableCell sx={{ width: '32%' }}>Name</TableCell>
              <TableCell>Type</TableCell>
              <TableCell>State</TableCell>
              <TableCell>
                <HiddenText>Actions</HiddenText>
              </TableCell>
            </TableRow>
          </TableHead>
          <TableBody>
            {services?.map((service) => (
              <TableRow key={service.id}>
                <TableCell component="th" scope="row">
                  {service.name}
                </TableCell>
                <TableCell>{service.type}</TableCell>
                <TableCell>
                  <StateLabel state={service.state} />
                </TableCell>
                <TableCell align="right" sx={{ py: 0.25 }}>
                  <Button color="error" aria-label={`Remove ${service.name}`} onClick={() => setRemoving(service.name)}>
                    Remove…
                  </Button>
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
        <Box
          component="form"
          onSubmit={(event) => {
            event.preventDefault();
            if (type !== '' && name !== '' && !taken) add.run();
          }}
          sx={{ display: 'flex', gap: 1, p: 1.5, alignItems: 'flex-start' }}
        >
          <TextField
            label="Name of a new service"
            value={name}
            error={taken}
            helperText={taken ? 'There is one of this name.' : undefined}
            onChange={({ target }) => setName(target.value)}
            slotProps={{ htmlInput: { maxLength: 40, spellCheck: false } }}
          />
          <TextField
            select
            label="Type"
            value={type}
            onChange={({ target }) => setType(target.value)}
            sx={{ minWidth: 160 }}
            slotProps={{ select: { MenuProps: { disablePortal: true } } }}
          >
            {(types ?? []).map((each) => (
              <MenuItem key={each.type} value={each.type}>
                {each.title}
              </MenuItem>
            ))}
          </TextField>
          <Button type="submit" variant="outlined" disabled={type === '' || name === '' || taken || add.busy}>
            Add
          </Button>
        </Box>
      </Paper>
      {add.failure && (
        <Box sx={{ mt: 1.5 }}>
          <FailureNotice failure={add.failure} />
        </Box>
      )}
      {removing !== undefined && (
        <ConfirmByName
          title={`Remove ${removing}?`}
          text="Its nodes, code versions and data are deleted. There is no way back."
          name={removing}
          action="Remove"
          onConfirm={async () => {
            await hub.manager(application, 'remove_service', { service: removing, confirm: removing });
            onChanged();
          }}
          onClose={() => setRemoving(undefined)}
        />
      )}
    </Section>
  );
}

function Secrets({ application }: { readonly application: string }) {
  const {
    value: secrets,
    failure,
    reload,
  } = useLoaded(() => hub.director('list_secrets', { application }), [application]);
  const [setting, setSetting] = useState<string>();
  const [deleting, setDeleting] = useState<string>();
  return (
    <Section
      title="Secrets"
      text="Values are kept encrypted at the director and never shown again. A service gets those that its configuration names."
    >
      {failure && <FailureNotice failure={failure} onRetry={reload} />}
      {secrets?.length === 0 && (
        <Typography color="textSecondary">There are none. Set one in the configuration of a service.</Typography>
      )}
      {secrets && secrets.length > 0 && (
        <Paper sx={{ overflow: 'hidden' }}>
          <Table size="small" aria-label="Secrets of the application">
            <TableHead>
              <TableRow>
                <TableCell sx={{ width: '32%' }}>Name</TableCell>
                <TableCell>Value</TableCell>
                <TableCell>Used by</TableCell>
                <TableCell>
                  <HiddenText>Actions</HiddenText>
                </TableCell>
              </TableRow>
            </TableHead>
            <TableBody>
              {secrets.map(({ name, updatedAt, usedBy }) => (
                <TableRow key={name}>
                  <TableCell component="th" scope="row">
                    <code>{name}</code>
                  </TableCell>
                  <TableCell>
                    {setting === name ? (
                      <SecretValue
                        application={application}
                        name={name}
                        onDone={() => {
                          setSetting(undefined);
                          reload();
                        }}
                      />
                    ) : (
                      `set ${timeText(updatedAt)}`
                    )}
                  </TableCell>
                  <TableCell>{usedBy.join(', ') || 'nobody'}</TableCell>
                  <TableCell align="right" sx={{ whiteSpace: 'nowrap', py: 0.25 }}>
                    <Button
                      aria-label={`Replace the value of ${name}`}
                      onClick={() => setSetting(setting === name ? undefined : name)}
                    >
                      Replace…
                    </Button>
                    <Button color="error" aria-label={`Delete ${name}`} onClick={() => setDeleting(name)}>
                      Delete…
                    </Button>
                  </TableCell>
                </TableRow>
              ))}
            </TableBody>
          </Table>
        </Paper>
      )}
      {deleting !== undefined && (
        <ConfirmByName
          title={`Delete ${deleting}?`}
          text="Its value is gone for good."
          name={deleting}
          action="Delete"
          onConfirm={async () => {
            await hub.director('delete_secret', { application, name: deleting });
            reload();
          }}
          onClose={() => setDeleting(undefined)}
        />
      )}
    </Section>
  );
}

interface ContainmentProps {
  readonly application: string;
  readonly name: string;
  readonly accepted: { readonly by: string; readonly at: number } | undefined;
  readonly onChanged: () => void;
}

function Containment({ application, name, accepted, onChanged }: ContainmentProps) {
  const [asking, setAsking] = useState(false);
  const accept = async (words: string | null): Promise<void> => {
    await hub.manager(application, 'accept_uncontained', { words });
    onChanged();
  };
  const undo = useAction(() => accept(null));
  return (
    <Section
      title="Containment"
      text="Code runs in a sandbox. On a machine that cannot make one, it is refused unless you accept that in words."
    >
      {accepted ? (
        <Alert
          severity="warning"
          variant="outlined"
          action={
            <Button color="inherit" disabled={undo.busy} onClick={() => undo.run()}>
              Take it back
            </Button>
          }
        >
          {accepted.by} accepted on {timeText(accepted.at)} that {name} runs without one where there is none.
        </Alert>
      ) : (
        <Button variant="outlined" onClick={() => setAsking(true)}>
          Run without a sandbox where there is none…
        </Button>
      )}
      {undo.failure && <FailureNotice failure={undo.failure} />}
      {asking && (
        <ConfirmByName
          title={`Run ${name} without a sandbox?`}
          text="On machines that cannot make one, its code will run with the rights of the agent, and may read what is there, keys of others included."
          name={wordsOfAcceptance}
          action="Accept"
          onConfirm={() => accept(wordsOfAcceptance)}
          onClose={() => setAsking(false)}
        />
      )}
    </Section>
  );
}
