/** By which credential a cloud is used, and what the director gets for it; one that is missing is entered here. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import type { CloudKindInfo } from '../../main/hub/protocol.ts';
import { LentChoice } from '../welcome/lent-choice.tsx';
import { type Credential, CredentialDialog } from './credential-dialog.tsx';
import { useCloudTexts } from './texts.ts';

export interface ChosenCredential {
  readonly key: Credential;
  /** Id of a credential, or `nothing`. */
  readonly lent: string;
  readonly all: readonly Credential[];
}

/** What was chosen, as far as it is still there; else the first of this kind. Pure. */
export function chosenCredential(
  credentials: readonly Credential[],
  kind: string | undefined,
  chosen: { readonly key?: string | undefined; readonly lent?: string | undefined },
): ChosenCredential | undefined {
  const all = credentials.filter((one) => one.kind === kind);
  const key = all.find(({ id }) => id === chosen.key) ?? all[0];
  if (!key) return undefined;
  const isThere = chosen.lent === 'nothing' || all.some(({ id }) => id === chosen.lent);
  return { key, lent: isThere && chosen.lent !== undefined ? chosen.lent : key.id, all };
}

export interface CredentialChoiceProps {
  readonly kind: CloudKindInfo;
  /** undefined: there is none of this kind. */
  readonly chosen: ChosenCredential | undefined;
  readonly onKey: (id: string) => void;
  readonly onLent: (lent: string) => void;
  /** One was entered. */
  readonly onAdded: () => void;
}

export function CredentialChoice({ kind, chosen, onKey, onLent, onAdded }: CredentialChoiceProps) {
  const texts = useCloudTexts().further;
  const [adding, setAdding] = useState(false);
  if (!chosen) {
    return (
      <Box sx={{ display: 'flex', flexDirection: 'column', alignItems: 'flex-start', gap: 1 }}>
        <Typography variant="body2" role="note">
          {texts.noKey(kind.title)}
        </Typography>
        <Button variant="outlined" onClick={() => setAdding(true)}>
          {texts.enterKey}
        </Button>
        {adding && <CredentialDialog kind={kind} onAdded={onAdded} onClose={() => setAdding(false)} />}
      </Box>
    );
  }
  const { key, lent, all } = chosen;
  return (
    <>
      <TextField select label={texts.key} value={key.id} onChange={({ target }) => onKey(target.value)}>
        {all.map(({ id, name }) => (
          <MenuItem key={id} value={id}>
            {name}
          </MenuItem>
        ))}
      </TextField>
      <LentChoice own={key} others={all.filter((one) => one !== key)} value={lent} onChange={onLent} />
    </>
  );
}
