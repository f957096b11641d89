/** On which of a director's clouds a new application goes. Where there is one, nothing is asked. */
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import { useSeveralClouds } from '../stores/clouds.ts';
import { useCloudTexts } from './texts.ts';

export interface CloudChoiceProps {
  /** Name of a cloud; undefined: where new applications go if nothing is said. */
  readonly value: string | undefined;
  /** What is meant if nothing is said, and what is said of it; where new applications go where absent. */
  readonly usual?: { readonly name: string; readonly text: string; readonly hint: string } | undefined;
  readonly disabled?: boolean;
  readonly onChange: (cloud: string | undefined) => void;
}

export function CloudChoice({ value, usual: given, disabled = false, onChange }: CloudChoiceProps) {
  const texts = useCloudTexts().choice;
  const clouds = useSeveralClouds();
  const usual = given?.name ?? clouds.find((one) => one.default)?.name;
  if (clouds.length === 0) return null;
  // One that has gone meanwhile is chosen no more.
  const chosen = clouds.some(({ name }) => name === value) ? value : usual;
  return (
    <TextField
      select
      label={texts.label}
      value={chosen ?? ''}
      disabled={disabled}
      helperText={given?.hint ?? texts.hint}
      onChange={({ target }) => onChange(target.value === usual ? undefined : target.value)}
      sx={{ width: 320 }}
    >
      {clouds.map(({ name, kind }) => (
        <MenuItem key={name} value={name}>
          {name === usual ? (given?.text ?? texts.usual(name)) : texts.other(name, kind)}
        </MenuItem>
      ))}
    </TextField>
  );
}
