/** The services of an application: one more, one less. */
import Button from '@mui/material/Button';
import MenuItem from '@mui/material/MenuItem';
import TableCell from '@mui/material/TableCell';
import TableRow from '@mui/material/TableRow';
import TextField from '@mui/material/TextField';
import { useState } from 'react';
import type { ServiceInfo } from '../../../remote/core/contract/application.ts';
import { ConfirmByName } from '../../components/confirm-by-name.tsx';
import { actionsColumn, DataTable } from '../../components/data-table.tsx';
import { FailureNotice } from '../../components/failure-notice.tsx';
import { Form } from '../../components/form.tsx';
import { Section } from '../../components/section.tsx';
import { StateLabel } from '../../components/state-label.tsx';
import { useAction } from '../../components/use-action.ts';
import { useLoaded } from '../../components/use-loaded.ts';
import { hub } from '../../hub/client.ts';
import { say } from '../../stores/notices.ts';

interface ServicesSectionProps {
  readonly application: string;
  /** undefined: not read yet. */
  readonly services: readonly ServiceInfo[] | undefined;
  readonly onChanged: () => void;
}

export function ServicesSection({ application, services, onChanged }: ServicesSectionProps) {
  const [removing, setRemoving] = useState<string>();
  return (
    <Section title="Services" text="A service that is added here is stopped and empty. A manifest can do more at once.">
      <DataTable
        label="Services"
        columns={[{ title: 'Name', width: '32%' }, 'Type', 'State', actionsColumn]}
        below={<NewService application={application} services={services} onAdded={onChanged} />}
      >
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
      </DataTable>
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

interface NewServiceProps {
  readonly application: string;
  readonly services: readonly ServiceInfo[] | undefined;
  readonly onAdded: () => void;
}

function NewService({ application, services, onAdded }: NewServiceProps) {
  const { value: types } = useLoaded(() => hub.call('list_types', {}), []);
  const [type, setType] = useState('');
  const [name, setName] = useState('');
  const taken = services?.some((service) => service.name === name) ?? false;
  const ready = type !== '' && name !== '' && !taken;
  const add = useAction(async () => {
    await hub.manager(application, 'add_service', { type, name });
    say(`${name} is added. It is stopped, and has no code yet.`);
    setName('');
    onAdded();
  });
  return (
    <>
      <Form ready={ready} onSubmit={() => add.run()} sx={{ display: 'flex', gap: 1, p: 1.5, alignItems: 'flex-start' }}>
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
        <Button type="submit" variant="outlined" disabled={!ready || add.busy}>
          Add
        </Button>
      </Form>
      {add.failure && <FailureNotice failure={add.failure} sx={{ mx: 1.5, mb: 1.5 }} />}
    </>
  );
}
