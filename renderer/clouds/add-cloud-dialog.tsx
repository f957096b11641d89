/** A further cloud of this director: what it is called, where it is, and what the director gets for it. */
import Checkbox from '@mui/material/Checkbox';
import FormControlLabel from '@mui/material/FormControlLabel';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import type { CloudKindInfo } from '../../main/hub/protocol.ts';
import { FormDialog } from '../components/form-dialog.tsx';
import { useAction } from '../components/use-action.ts';
import { hub } from '../hub/client.ts';
import { say } from '../stores/notices.ts';
import { LentChoice } from '../welcome/lent-choice.tsx';
import type { Credential } from './credential-dialog.tsx';
import { useCloudTexts } from './texts.ts';

export interface AddCloudDialogProps {
  /** Those that this director can drive beside its own. */
  readonly kinds: readonly CloudKindInfo[];
  readonly credentials: readonly Credential[];
  readonly onAdded: () => void;
  readonly onClose: () => void;
}

/** As `CloudName` of the contract wants it: what is wrong is said before it is sent. */
const namePattern = /^[a-z][a-z0-9-]{0,39}$/;

export function AddCloudDialog({ kinds, credentials, onAdded, onClose }: AddCloudDialogProps) {
  const texts = useCloudTexts().further;
  const [name, setName] = useState('');
  const [chosenKind, setKind] = useState<string>();
  const [chosenKey, setKey] = useState<string>();
  const [chosenLent, setLent] = useState<string>();
  const [connected, setConnected] = useState(false);
  const [address, setAddress] = useState('');
  const kind = kinds.find((one) => one.kind === chosenKind) ?? kinds[0];
  const needsKey = kind?.schema !== undefined;
  const keys = credentials.filter((one) => one.kind === kind?.kind);
  const key = keys.find(({ id }) => id === chosenKey) ?? keys[0];
  const others = keys.filter((one) => one !== key);
  const lent = chosenLent === 'nothing' || others.some(({ id }) => id === chosenLent) ? chosenLent : key?.id;
  const isNamed = namePattern.test(name);
  const add = useAction(async () => {
    if (!kind) return;
    await hub.call('add_director_cloud', {
      ...{ name, kind: kind.kind },
      ...(needsKey && key && lent !== undefined ? { credential: key.id, lent, connected } : {}),
      ...(needsKey && address.trim() !== '' ? { director: address.trim() } : {}),
    });
    say(texts.added(name));
    onAdded();
    onClose();
  });
  return (
    <FormDialog
      title={texts.title}
      text={texts.text}
      action={add.busy ? texts.adding : texts.add}
      ready={isNamed && kind !== undefined && (!needsKey || key !== undefined)}
      work={add}
      failureTitle={texts.notAdded}
      onClose={onClose}
    >
      <TextField
        label={texts.name}
        required
        autoFocus
        value={name}
        error={name !== '' && !isNamed}
        helperText={texts.nameHint}
        onChange={({ target }) => setName(target.value)}
      />
      <TextField
        select
        label={texts.where}
        value={kind?.kind ?? ''}
        helperText={kind?.description}
        onChange={({ target }) => setKind(target.value)}
      >
        {kinds.map((one) => (
          <MenuItem key={one.kind} value={one.kind}>
            {one.title}
          </MenuItem>
        ))}
      </TextField>
      {needsKey && !key && (
        <Typography variant="body2" role="note">
          {texts.noKey(kind.title)}
        </Typography>
      )}
      {needsKey && key && (
        <>
          <TextField select label={texts.key} value={key.id} onChange={({ target }) => setKey(target.value)}>
            {keys.map((one) => (
              <MenuItem key={one.id} value={one.id}>
                {one.name}
              </MenuItem>
            ))}
          </TextField>
          <LentChoice own={key} others={others} value={lent ?? key.id} onChange={setLent} />
          <FormControlLabel
            control={<Checkbox checked={connected} onChange={(_event, checked) => setConnected(checked)} />}
            label={texts.connected}
          />
          <TextField
            label={texts.address}
            helperText={texts.addressHint}
            value={address}
            onChange={({ target }) => setAddress(target.value)}
          />
        </>
      )}
    </FormDialog>
  );
}

/**
 * Kinds of which a director on `home` can drive further ones: what is on one computer is reached from there alone. The
 * director decides; this only keeps from offering what it would refuse. Pure.
 */
export function furtherKinds(kinds: readonly CloudKindInfo[], home: string | undefined): readonly CloudKindInfo[] {
  const own = kinds.find(({ kind }) => kind === home);
  if (!own) return [];
  return own.onComputer ? [own].filter(({ several }) => several) : kinds.filter(({ onComputer }) => !onComputer);
}
