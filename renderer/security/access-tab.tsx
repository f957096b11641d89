/** Who I am and my devices; who else has access. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Skeleton from '@mui/material/Skeleton';
import TableCell from '@mui/material/TableCell';
import TableRow from '@mui/material/TableRow';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import type { UserName } from '../../remote/core/contract/ids.ts';
import type { CertificateInfo } from '../../remote/core/contract/security.ts';
import { ConfirmByName } from '../components/confirm-by-name.tsx';
import { DataTable } from '../components/data-table.tsx';
import { FailureNotice } from '../components/failure-notice.tsx';
import { timeText } from '../components/time.ts';
import { useLoaded } from '../components/use-loaded.ts';
import { useNow } from '../components/use-now.ts';
import { hub } from '../hub/client.ts';
import { say } from '../stores/notices.ts';
import { SaveSealedDialog } from '../vault/sealed-file-dialog.tsx';
import { effectOfRevoking, fromNowText } from './certificate-words.ts';

type Asking =
  | { readonly what: 'device' }
  | { readonly what: 'user' }
  | { readonly what: 'key' }
  | { readonly what: 'revoke'; readonly certificate: CertificateInfo }
  | { readonly what: 'remove'; readonly user: string };

export function AccessTab() {
  const own = useLoaded(() => hub.call('own_identity', {}), []);
  const users = useLoaded(() => hub.director('list_users', {}), []);
  const certificates = useLoaded(() => hub.director('list_certificates', {}), []);
  const [asking, setAsking] = useState<Asking>();
  const now = useNow(60_000);
  const failure = own.failure ?? users.failure ?? certificates.failure;
  const reload = (): void => {
    own.reload();
    users.reload();
    certificates.reload();
  };
  if (!own.value || !users.value || !certificates.value) {
    return failure ? (
      <FailureNotice title="Users and devices could not be read" failure={failure} onRetry={reload} />
    ) : (
      <Skeleton variant="rounded" height={260} />
    );
  }
  const me = own.value;
  const isOwner = users.value.find(({ name }) => name === me.user)?.owner === true;
  const leaves = certificates.value.filter(({ kind, state }) => kind === 'user' && state === 'valid');
  const mine = leaves.filter(({ user }) => user === me.user);
  return (
    <Box sx={{ display: 'flex', flexDirection: 'column', gap: 3 }}>
      <section>
        <Box sx={{ display: 'flex', alignItems: 'center', flexWrap: 'wrap', gap: 1, mb: 1 }}>
          <Typography component="h2" variant="h2" sx={{ flex: 1 }}>
            You are {me.user}
            {isOwner ? ', the owner' : ''}
          </Typography>
          <Button color="secondary" onClick={() => setAsking({ what: 'key' })}>
            Export your key (PKCS#12)…
          </Button>
          <Button variant="outlined" onClick={() => setAsking({ what: 'device' })}>
            Add a device…
          </Button>
        </Box>
        <Typography variant="body2" color="textSecondary" sx={{ mb: 1 }}>
          {me.holdsRoot
            ? 'This desktop holds the root: it can let devices in, sign and rotate.'
            : 'This desktop is a device: the root is on the desktop that made the deployment.'}
        </Typography>
        <DataTable
          label="Your devices"
          columns={['Device', 'Certificate ends', 'Last used', { title: 'Actions', align: 'right' }]}
        >
          {mine.map((certificate) => (
            <TableRow key={certificate.serial}>
              <TableCell component="th" scope="row">
                {certificate.serial === me.serial ? 'This desktop' : (certificate.device ?? 'A desktop with the root')}
              </TableCell>
              <TableCell>{fromNowText(certificate.notAfter, now)}, renews itself</TableCell>
              <TableCell>
                {certificate.seenAt === undefined ? 'not since the director started' : timeText(certificate.seenAt)}
              </TableCell>
              <TableCell align="right">
                {certificate.serial !== me.serial && (
                  <Button
                    color="error"
                    aria-label={`Revoke ${certificate.device ?? certificate.serial}`}
                    onClick={() => setAsking({ what: 'revoke', certificate })}
                  >
                    Revoke…
                  </Button>
                )}
              </TableCell>
            </TableRow>
          ))}
        </DataTable>
      </section>
      <section>
        <Box sx={{ display: 'flex', alignItems: 'center', gap: 1, mb: 1 }}>
          <Typography component="h2" variant="h2" sx={{ flex: 1 }}>
            Users
          </Typography>
          {isOwner && (
            <Button variant="outlined" onClick={() => setAsking({ what: 'user' })}>
              Add a user…
            </Button>
          )}
        </Box>
        <DataTable label="Users" columns={['Name', 'May', 'Devices', 'Since', { title: 'Actions', align: 'right' }]}>
          {users.value.map(({ name, owner, createdAt }) => (
            <TableRow key={name}>
              <TableCell component="th" scope="row">
                {name}
              </TableCell>
              <TableCell>{owner ? 'everything' : 'everything but users, roots and others’ certificates'}</TableCell>
              <TableCell>{leaves.filter(({ user }) => user === name).length}</TableCell>
              <TableCell>{timeText(createdAt)}</TableCell>
              <TableCell align="right">
                {isOwner && !owner && (
                  <Button
                    color="error"
                    aria-label={`Remove ${name}`}
                    onClick={() => setAsking({ what: 'remove', user: name })}
                  >
                    Remove…
                  </Button>
                )}
              </TableCell>
            </TableRow>
          ))}
        </DataTable>
      </section>
      {asking && <Asked asking={asking} onDone={reload} onClose={() => setAsking(undefined)} />}
    </Box>
  );
}

function Asked({ asking, onDone, onClose }: { asking: Asking; onDone: () => void; onClose: () => void }) {
  switch (asking.what) {
    case 'device':
    case 'user':
      return <HandOverDialog withUser={asking.what === 'user'} onDone={onDone} onClose={onClose} />;
    case 'key':
      return (
        <SaveSealedDialog
          title="Export your key"
          text="Your key with its certificates as PKCS#12, for browsers and other programs. Whoever has the file and its passphrase is you."
          fileName="conpaas.p12"
          save={(passphrase, target) => hub.call('export_own_key', { passphrase, target })}
          onSaved={() => say('Saved.')}
          onClose={onClose}
        />
      );
    case 'revoke': {
      const { certificate } = asking;
      return (
        <ConfirmByName
          title={`Revoke ${certificate.device ?? 'this desktop'}?`}
          text={effectOfRevoking(certificate)}
          name={certificate.device ?? certificate.serial.slice(0, 8)}
          action="Revoke"
          onConfirm={async () => {
            await hub.director('revoke_certificate', { serial: certificate.serial });
            onDone();
          }}
          onClose={onClose}
        />
      );
    }
    case 'remove':
      return (
        <ConfirmByName
          title={`Remove ${asking.user}?`}
          text={`All devices of ${asking.user} are shut out at once. What they made stays.`}
          name={asking.user}
          action="Remove"
          onConfirm={async () => {
            await hub.director('remove_user', { name: asking.user as UserName });
            onDone();
          }}
          onClose={onClose}
        />
      );
  }
}

function HandOverDialog({ withUser, onDone, onClose }: { withUser: boolean; onDone: () => void; onClose: () => void }) {
  const [user, setUser] = useState('');
  const [device, setDevice] = useState('');
  const named = /^[A-Za-z0-9._-]{1,64}$/.test(user);
  return (
    <SaveSealedDialog
      title={withUser ? 'Add a user' : 'Add a device'}
      text="Makes an encrypted hand-over file. Carry it to the other computer, tell its passphrase by another way, and open it there in ConPaaS (Welcome → Use a hand-over file)."
      fileName={`${withUser ? user || 'user' : device || 'device'}.conpaas-access`}
      ready={device.trim() !== '' && (!withUser || named)}
      save={(passphrase, target) =>
        hub.call('create_hand_over', {
          device: device.trim(),
          passphrase,
          target,
          ...(withUser ? { user: user as UserName } : {}),
        })
      }
      onSaved={() => {
        say('The hand-over file is saved.');
        onDone();
      }}
      onClose={onClose}
    >
      {withUser && (
        <TextField
          label="Name of the user"
          value={user}
          error={user !== '' && !named}
          helperText={user !== '' && !named ? 'Letters, digits, dots, hyphens and underscores.' : ' '}
          onChange={({ target }) => setUser(target.value)}
        />
      )}
      <TextField
        label="Device"
        placeholder="laptop"
        value={device}
        onChange={({ target }) => setDevice(target.value)}
      />
    </SaveSealedDialog>
  );
}
