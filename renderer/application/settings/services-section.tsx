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
import { useApplicationSettingsTexts } from './texts.ts';

interface ServicesSectionProps {
  readonly application: string;
  /** undefined: not read yet. */
  readonly services: readonly ServiceInfo[] | undefined;
  readonly onChanged: () => void;
}

export function ServicesSection({ application, services, onChanged }: ServicesSectionProps) {
  const texts = useApplicationSettingsTexts().services;
  const [removing, setRemoving] = useState<string>();
  const { columns } = texts;
  return (
    <Section title={texts.title} text={texts.text}>
      <DataTable
        label={texts.title}
        columns={[{ title: columns.name, width: '32%' }, columns.type, columns.state, actionsColumn]}
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
              <Button
                color="error"
                aria-label={texts.removeThis(service.name)}
                onClick={() => setRemoving(service.name)}
              >
                {texts.remove}
              </Button>
            </TableCell>
          </TableRow>
        ))}
      </DataTable>
      {removing !== undefined && (
        <ConfirmByName
          title={texts.removeTitle(removing)}
          text={texts.removeText}
          name={removing}
          action={texts.removeAction}
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
  const texts = useApplicationSettingsTexts().services;
  const { value: types } = useLoaded(() => hub.call('list_types', {}), []);
  const [type, setType] = useState('');
  const [name, setName] = useState('');
  const taken = services?.some((service) => service.name === name) ?? false;
  const ready = type !== '' && name !== '' && !taken;
  const add = useAction(async () => {
    await hub.manager(application, 'add_service', { type, name });
    say(texts.added(name));
    setName('');
    onAdded();
  });
  return (
    <>
      <Form ready={ready} onSubmit={() => add.run()} sx={{ display: 'flex', gap: 1, p: 1.5, alignItems: 'flex-start' }}>
        <TextField
          label={texts.newName}
          value={name}
          error={taken}
          helperText={taken ? texts.taken : undefined}
          onChange={({ target }) => setName(target.value)}
          slotProps={{ htmlInput: { maxLength: 40, spellCheck: false } }}
        />
        <TextField
          select
          label={texts.type}
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
          {texts.add}
        </Button>
      </Form>
      {add.failure && <FailureNotice failure={add.failure} sx={{ mx: 1.5, mb: 1.5 }} />}
    </>
  );
}
