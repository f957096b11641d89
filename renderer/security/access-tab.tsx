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
import { useAccessTexts } from './access-texts.ts';
import { effectOfRevoking, fromNowText } from './certificate-words.ts';

type Asking =
  | { readonly kind: 'device' }
  | { readonly kind: 'user' }
  | { readonly kind: 'key' }
  | { readonly kind: 'revoke'; readonly certificate: CertificateInfo }
  | { readonly kind: 'remove'; readonly user: string };

export function AccessTab() {
  const texts = useAccessTexts();
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
      <FailureNotice title={texts.failed} failure={failure} onRetry={reload} />
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
            {isOwner ? texts.youOwn(me.user) : texts.you(me.user)}
          </Typography>
          <Button color="secondary" onClick={() => setAsking({ kind: 'key' })}>
            {texts.key.more}
          </Button>
          <Button variant="outlined" onClick={() => setAsking({ kind: 'device' })}>
            {texts.handOver.deviceMore}
          </Button>
        </Box>
        <Typography variant="body2" color="textSecondary" sx={{ mb: 1 }}>
          {me.holdsRoot ? texts.holdsRoot : texts.isDevice}
        </Typography>
        <DataTable
          label={texts.devices.label}
          columns={[...texts.devices.columns, { title: texts.actions, align: 'right' }]}
        >
          {mine.map((certificate) => (
            <TableRow key={certificate.serial}>
              <TableCell component="th" scope="row">
                {certificate.serial === me.serial
                  ? texts.devices.thisDesktop
                  : (certificate.device ?? texts.devices.desktopWithRoot)}
              </TableCell>
              <TableCell>{texts.devices.renews(fromNowText(certificate.notAfter, now))}</TableCell>
              <TableCell>
                {certificate.seenAt === undefined ? texts.devices.notSeen : timeText(certificate.seenAt)}
              </TableCell>
              <TableCell align="right">
                {certificate.serial !== me.serial && (
                  <Button
                    color="error"
                    aria-label={texts.devices.revokeThis(certificate.device ?? certificate.serial)}
                    onClick={() => setAsking({ kind: 'revoke', certificate })}
                  >
                    {texts.devices.revokeMore}
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
            {texts.users.heading}
          </Typography>
          {isOwner && (
            <Button variant="outlined" onClick={() => setAsking({ kind: 'user' })}>
              {texts.handOver.userMore}
            </Button>
          )}
        </Box>
        <DataTable
          label={texts.users.heading}
          columns={[...texts.users.columns, { title: texts.actions, align: 'right' }]}
        >
          {users.value.map(({ name, owner, createdAt }) => (
            <TableRow key={name}>
              <TableCell component="th" scope="row">
                {name}
              </TableCell>
              <TableCell>{owner ? texts.users.mayAll : texts.users.mayMost}</TableCell>
              <TableCell>{leaves.filter(({ user }) => user === name).length}</TableCell>
              <TableCell>{timeText(createdAt)}</TableCell>
              <TableCell align="right">
                {isOwner && !owner && (
                  <Button
                    color="error"
                    aria-label={texts.users.removeThis(name)}
                    onClick={() => setAsking({ kind: 'remove', user: name })}
                  >
                    {texts.users.removeMore}
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
  const texts = useAccessTexts();
  switch (asking.kind) {
    case 'device':
    case 'user':
      return <HandOverDialog withUser={asking.kind === 'user'} onDone={onDone} onClose={onClose} />;
    case 'key':
      return (
        <SaveSealedDialog
          title={texts.key.title}
          text={texts.key.text}
          fileName="conpaas.p12"
          save={(passphrase, target) => hub.call('export_own_key', { passphrase, target })}
          onSaved={() => say(texts.key.saved)}
          onClose={onClose}
        />
      );
    case 'revoke': {
      const { certificate } = asking;
      return (
        <ConfirmByName
          title={
            certificate.device ? texts.devices.revokeQuestion(certificate.device) : texts.devices.revokeThisDesktop
          }
          text={effectOfRevoking(certificate)}
          name={certificate.device ?? certificate.serial.slice(0, 8)}
          action={texts.devices.revoke}
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
          title={texts.users.removeQuestion(asking.user)}
          text={texts.users.removeText(asking.user)}
          name={asking.user}
          action={texts.users.remove}
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
  const texts = useAccessTexts().handOver;
  const [user, setUser] = useState('');
  const [device, setDevice] = useState('');
  const named = /^[A-Za-z0-9._-]{1,64}$/.test(user);
  return (
    <SaveSealedDialog
      title={withUser ? texts.user : texts.device}
      text={texts.text}
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
        say(texts.saved);
        onDone();
      }}
      onClose={onClose}
    >
      {withUser && (
        <TextField
          label={texts.userName}
          value={user}
          error={user !== '' && !named}
          helperText={user !== '' && !named ? texts.userNameWrong : ' '}
          onChange={({ target }) => setUser(target.value)}
        />
      )}
      <TextField
        label={texts.deviceName}
        placeholder={texts.deviceExample}
        value={device}
        onChange={({ target }) => setDevice(target.value)}
      />
    </SaveSealedDialog>
  );
}
