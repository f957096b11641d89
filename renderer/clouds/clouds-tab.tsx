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
import { actionsColumn, DataTable } from '../components/data-table.tsx';
import { FailureNotice } from '../components/failure-notice.tsx';
import { Nothing } from '../components/nothing.tsx';
import { useAction } from '../components/use-action.ts';
import { useLoaded } from '../components/use-loaded.ts';
import { hub } from '../hub/client.ts';
import { readClouds } from '../stores/clouds.ts';
import { say } from '../stores/notices.ts';
import { AddCloudDialog, furtherKinds } from './add-cloud-dialog.tsx';
import { type Credential, CredentialDialog } from './credential-dialog.tsx';
import { ImportCredentialsDialog } from './import-credentials-dialog.tsx';
import { useCloudTexts } from './texts.ts';

export function CloudsTab() {
  const texts = useCloudTexts().clouds;
  const clouds = useLoaded(readClouds, []);
  const kinds = useLoaded(() => hub.call('list_cloud_kinds', {}), []);
  const credentials = useLoaded(() => hub.call('list_credentials', {}), []);
  const home = clouds.value?.find((one) => one.default)?.kind;
  const offered = furtherKinds(kinds.value ?? [], home);
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<string>();
  const titleOf = (kind: string): string => kinds.value?.find((one) => one.kind === kind)?.title ?? kind;
  return (
    <Box sx={{ display: 'flex', flexDirection: 'column', gap: 3 }}>
      <section>
        <Box sx={{ display: 'flex', alignItems: 'center', flexWrap: 'wrap', gap: 1, mb: 1 }}>
          <Typography component="h2" variant="h2" sx={{ flex: 1 }}>
            {texts.heading}
          </Typography>
          {offered.length > 0 && (
            <Button variant="outlined" onClick={() => setAdding(true)}>
              {texts.add}
            </Button>
          )}
        </Box>
        {clouds.failure && <FailureNotice title={texts.failed} failure={clouds.failure} onRetry={clouds.reload} />}
        {!clouds.value && !clouds.failure && <Skeleton variant="rounded" height={72} />}
        {clouds.value?.length === 0 && <Nothing>{texts.empty}</Nothing>}
        {clouds.value && clouds.value.length > 0 && (
          <DataTable label={texts.heading} columns={[...texts.columns, actionsColumn]}>
            {clouds.value.map(({ name, kind, default: isDefault }) => (
              <TableRow key={name}>
                <TableCell component="th" scope="row">
                  {name}
                </TableCell>
                <TableCell>{titleOf(kind)}</TableCell>
                <TableCell>{isDefault ? texts.goHere : texts.whenChosen}</TableCell>
                <TableCell align="right">
                  {!isDefault && (
                    <Button color="error" aria-label={texts.removeNamed(name)} onClick={() => setRemoving(name)}>
                      {texts.remove}
                    </Button>
                  )}
                </TableCell>
              </TableRow>
            ))}
          </DataTable>
        )}
      </section>
      {adding && (
        <AddCloudDialog
          kinds={offered}
          credentials={credentials.value ?? []}
          onCredential={credentials.reload}
          onAdded={clouds.reload}
          onClose={() => setAdding(false)}
        />
      )}
      {removing !== undefined && (
        <ConfirmByName
          title={texts.removeQuestion(removing)}
          text={texts.removeText}
          name={removing}
          action={texts.removeAction}
          onConfirm={async () => {
            await hub.call('remove_director_cloud', { name: removing });
            clouds.reload();
          }}
          onClose={() => setRemoving(undefined)}
        />
      )}
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
  const texts = useCloudTexts().credentials;
  const [adding, setAdding] = useState<CloudKindInfo>();
  const [importing, setImporting] = useState(false);
  const [removing, setRemoving] = useState<Credential>();
  return (
    <section>
      <Box sx={{ display: 'flex', alignItems: 'center', flexWrap: 'wrap', gap: 1, mb: 1 }}>
        <Typography component="h2" variant="h2" sx={{ flex: 1 }}>
          {texts.heading}
        </Typography>
        <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 1 }}>
          <Button color="secondary" onClick={() => setImporting(true)}>
            {texts.look}
          </Button>
          {kinds.map((kind) => (
            <Button key={kind.kind} variant="outlined" onClick={() => setAdding(kind)}>
              {texts.add(kind.title)}
            </Button>
          ))}
        </Box>
      </Box>
      {credentials.failure && (
        <FailureNotice title={texts.failed} failure={credentials.failure} onRetry={credentials.reload} />
      )}
      {credentials.value?.length === 0 && <Nothing>{kinds.length === 0 ? texts.notNeeded : texts.empty}</Nothing>}
      {credentials.value && credentials.value.length > 0 && (
        <DataTable label={texts.heading} columns={[...texts.columns, actionsColumn]}>
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
          title={texts.removeQuestion(removing.name)}
          text={texts.removeText}
          name={removing.name}
          action={texts.remove}
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
  const texts = useCloudTexts().credentials;
  const check = useAction(async () => {
    const { offers } = await hub.call('check_credential', { id: credential.id });
    say(texts.works(credential.name, offers.length));
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
          {texts.check}
        </Button>
        <Button color="error" onClick={onRemove}>
          {texts.removeMore}
        </Button>
      </TableCell>
    </TableRow>
  );
}
