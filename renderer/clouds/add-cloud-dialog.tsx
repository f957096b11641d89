/** A further cloud of this director: what it is called, where it is, and what the director gets for it. */
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import { useState } from 'react';
import type { CloudKindInfo } from '../../main/hub/protocol.ts';
import { NamedFormDialog } from '../components/named-form-dialog.tsx';
import { useAction } from '../components/use-action.ts';
import { hub } from '../hub/client.ts';
import { say } from '../stores/notices.ts';
import { useSession } from '../stores/session.ts';
import { CredentialChoice, chosenCredential } from './credential-choice.tsx';
import type { Credential } from './credential-dialog.tsx';
import { type Reach, ReachChoice, reachOf } from './reach-choice.tsx';
import { useCloudTexts } from './texts.ts';

export interface AddCloudDialogProps {
  /** Those that this director can drive beside its own. */
  readonly kinds: readonly CloudKindInfo[];
  readonly credentials: readonly Credential[];
  /** A credential was entered. */
  readonly onCredential: () => void;
  readonly onAdded: () => void;
  readonly onClose: () => void;
}

/** As `CloudName` of the contract wants it: what is wrong is said before it is sent. */
const namePattern = /^[a-z][a-z0-9-]{0,39}$/;

export function AddCloudDialog({ kinds, credentials, onCredential, onAdded, onClose }: AddCloudDialogProps) {
  const texts = useCloudTexts().further;
  const [name, setName] = useState('');
  const [chosenKind, setKind] = useState<string>();
  const [key, setKey] = useState<string>();
  const [lent, setLent] = useState<string>();
  const host = useSession(({ session }) => (session?.state === 'connected' ? session.deployment.host : undefined));
  const [reach, setReach] = useState<Reach>({ way: undefined, address: host ?? '' });
  const kind = kinds.find((one) => one.kind === chosenKind) ?? kinds[0];
  const needsKey = kind?.schema !== undefined;
  const credential = needsKey ? chosenCredential(credentials, kind.kind, { key, lent }) : undefined;
  // Two parts of one computer always reach each other.
  const place = kind?.onComputer ? {} : reachOf(reach);
  const add = useAction(async () => {
    if (!kind || !place) return;
    await hub.call('add_director_cloud', {
      ...{ name, kind: kind.kind, ...place },
      ...(credential ? { credential: credential.key.id, lent: credential.lent } : {}),
    });
    say(texts.added(name));
    onAdded();
    onClose();
  });
  return (
    <NamedFormDialog
      title={texts.title}
      text={texts.text}
      name={{ label: texts.name, hint: texts.nameHint, value: name, valid: namePattern.test(name), onChange: setName }}
      action={add.busy ? texts.adding : texts.add}
      ready={kind !== undefined && place !== undefined && (!needsKey || credential !== undefined)}
      work={add}
      failureTitle={texts.notAdded}
      onClose={onClose}
    >
      <TextField
        select
        label={texts.where}
        value={kind?.kind ?? ''}
        helperText={kind?.onComputer ? texts.onComputer : kind?.description}
        onChange={({ target }) => setKind(target.value)}
      >
        {kinds.map((one) => (
          <MenuItem key={one.kind} value={one.kind}>
            {one.title}
          </MenuItem>
        ))}
      </TextField>
      {needsKey && (
        <CredentialChoice kind={kind} chosen={credential} onKey={setKey} onLent={setLent} onAdded={onCredential} />
      )}
      {kind && !kind.onComputer && <ReachChoice value={reach} onChange={setReach} />}
    </NamedFormDialog>
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
