/** What the director gets to drive its cloud with, in plain words. */
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import type { Credential } from '../clouds/credential-dialog.tsx';
import { useWelcomeTexts } from './texts.ts';

/** In place of a credential: the director asks this computer. */
const nothing = 'nothing';

/**
 * @param own the credential that the director's machine is made with: the usual choice
 * @param others for the same kind of cloud
 * @param value id of a credential, or `nothing`
 */
export function LentChoice({
  own,
  others,
  value,
  onChange,
}: {
  own: Credential;
  others: readonly Credential[];
  value: string;
  onChange(lent: string): void;
}) {
  const texts = useWelcomeTexts().lent;
  return (
    <TextField
      select
      label={texts.label}
      value={value}
      helperText={value === nothing ? texts.nothingText : texts.keyText}
      onChange={({ target }) => onChange(target.value)}
    >
      <MenuItem value={own.id}>{texts.key(own.name)}</MenuItem>
      {others.map(({ id, name }) => (
        <MenuItem key={id} value={id}>
          {texts.other(name)}
        </MenuItem>
      ))}
      <MenuItem value={nothing}>{texts.nothing}</MenuItem>
    </TextField>
  );
}
