/** Clouds of this deployment, and credentials in the vault of this desktop. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Skeleton from '@mui/material/Skeleton';
import TableCell from '@mui/material/TableCell';
import TableRow from '@mui/material/TableRow';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import type { CloudKindInfo } from '../../main/hub/protocol.ts';
import { ConfirmByName } from '../components/confirm-by-name.tsx';
import { DataTable } from '../components/data-table.tsx';
import { FailureNotice } from '../components/failure-notice.tsx';
import { Nothing } from '../components/nothing.tsx';
import { useAction } from '../components/use-action.ts';
import { useLoaded } from '../components/use-loaded.ts';
import { hub } from '../hub/client.ts';
import { say } from '../stores/notices.ts';
import { type Credential, CredentialDialog } from './credential-dialog.tsx';
import { ImportCredentialsDialog } from './import-credentials-dialog.tsx';

export function CloudsTab() {
  const clouds = useLoaded(() => hub.director('list_clouds', {}), []);
  const kinds = useLoaded(() => hub.call('list_cloud_kinds', {}), []);
  const credentials = useLoaded(() => hub.call('list_credentials', {}), []);
  const titleOf = (kind: string): string => kinds.value?.find((one) => one.kind === kind)?.title ?? kind;
  return (
    <Box sx={{ display: 'flex', flexDirection: 'column', gap: 3 }}>
      <section>
        <Typography component="h2" variant="h2" sx={{ mb: 1 }}>
          Clouds of this deployment
        </Typography>
        {clouds.failure && (
          <FailureNotice title="The clouds could not be read" failure={clouds.failure} onRetry={clouds.reload} />
        )}
        {!clouds.value && !clouds.failure && <Skeleton variant="rounded" height={72} />}
        {clouds.value?.length === 0 && <Nothing>None yet.</Nothing>}
        {clouds.value && clouds.value.length > 0 && (
          <DataTable label="Clouds of this deployment" columns={['Name', 'Kind', 'New applications']}>
            {clouds.value.map(({ name, kind, default: isDefault }) => (
              <TableRow key={name}>
                <TableCell component="th" scope="row">
                  {name}
                </TableCell>
                <TableCell>{titleOf(kind)}</TableCell>
                <TableCell>{isDefault ? 'go here' : 'when chosen'}</TableCell>
              </TableRow>
            ))}
          </DataTable>
        )}
      </section>
      <Credentials
        kinds={kinds.value?.filter(({ schema }) => schema !== undefined) ?? []}
        titleOf={titleOf}
        credentials={credentials}
      />
    </Box>
  );
}

interface CredentialsProps {
  readonly kinds: readonly CloudKindInfo[];
  readonly titleOf: (kind: string) => string;
  readonly credentials: ReturnType<typeof useLoaded<readonly Credential[]>>;
}

function Credentials({ kinds, titleOf, credentials }: CredentialsProps) {
  const [adding, setAdding] = useState<CloudKindInfo>();
  const [importing, setImporting] = useState(false);
  const [removing, setRemoving] = useState<Credential>();
  return (
    <section>
      <Box sx={{ display: 'flex', alignItems: 'center', flexWrap: 'wrap', gap: 1, mb: 1 }}>
        <Typography component="h2" variant="h2" sx={{ flex: 1 }}>
          Credentials in your vault
        </Typography>
        <Button color="secondary" onClick={() => setImporting(true)}>
          Look in other tools’ files…
        </Button>
        {kinds.map((kind) => (
          <Button key={kind.kind} variant="outlined" onClick={() => setAdding(kind)}>
            Add {kind.title}…
          </Button>
        ))}
      </Box>
      {credentials.failure && (
        <FailureNotice
          title="The credentials could not be read"
          failure={credentials.failure}
          onRetry={credentials.reload}
        />
      )}
      {credentials.value?.length === 0 && (
        <Nothing>
          {kinds.length === 0
            ? 'None are needed: this version puts everything on this computer.'
            : 'None yet. They are encrypted on this computer; a director gets only those of its own cloud.'}
        </Nothing>
      )}
      {credentials.value && credentials.value.length > 0 && (
        <DataTable
          label="Credentials in your vault"
          columns={['Name', 'Kind', 'What may be shown', { title: 'Actions', align: 'right' }]}
        >
          {credentials.value.map((credential) => (
            <Row
              key={credential.id}
              credential={credential}
              title={titleOf(credential.kind)}
              onRemove={() => setRemoving(credential)}
            />
          ))}
        </DataTable>
      )}
      {adding && <CredentialDialog kind={adding} onAdded={credentials.reload} onClose={() => setAdding(undefined)} />}
      {importing && <ImportCredentialsDialog onTaken={credentials.reload} onClose={() => setImporting(false)} />}
      {removing && (
        <ConfirmByName
          title={`Remove ${removing.name}?`}
          text="It goes from your vault. What runs with it goes on; the keys stay valid at the cloud until you end them there."
          name={removing.name}
          action="Remove"
          onConfirm={async () => {
            await hub.call('remove_credential', { id: removing.id });
            credentials.reload();
          }}
          onClose={() => setRemoving(undefined)}
        />
      )}
    </section>
  );
}

function Row({ credential, title, onRemove }: { credential: Credential; title: string; onRemove: () => void }) {
  const check = useAction(async () => {
    const { offers } = await hub.call('check_credential', { id: credential.id });
    say(`${credential.name} works: ${offers.length} sizes of machines can be had.`);
  });
  const shown = Object.entries(credential.shown).map(([name, value]) => `${name}: ${value}`);
  return (
    <TableRow>
      <TableCell component="th" scope="row">
        {credential.name}
      </TableCell>
      <TableCell>{title}</TableCell>
      <TableCell sx={{ overflowWrap: 'anywhere' }}>
        {shown.join(' · ')}
        {check.failure && <FailureNotice failure={check.failure} onRetry={() => check.run()} />}
      </TableCell>
      <TableCell align="right" sx={{ whiteSpace: 'nowrap' }}>
        <Button color="secondary" disabled={check.busy} onClick={() => check.run()}>
          Check
        </Button>
        <Button color="error" onClick={onRemove}>
          Remove…
        </Button>
      </TableCell>
    </TableRow>
  );
}
