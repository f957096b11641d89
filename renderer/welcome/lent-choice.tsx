/** What the director gets to drive its cloud with, in plain words. */
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import type { Credential } from '../clouds/credential-dialog.tsx';

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
  return (
    <TextField
      select
      label="What the director gets"
      value={value}
      helperText={
        value === nothing
          ? 'No key leaves this computer. New machines wait until this program is open here.'
          : 'It makes and ends machines itself, at any time. It keeps the key sealed; whoever takes over its machine has it.'
      }
      onChange={({ target }) => onChange(target.value)}
    >
      <MenuItem value={own.id}>The key of {own.name}</MenuItem>
      {others.map(({ id, name }) => (
        <MenuItem key={id} value={id}>
          Another key: {name}
        </MenuItem>
      ))}
      <MenuItem value={nothing}>Nothing: it asks this computer</MenuItem>
    </TextField>
  );
}
