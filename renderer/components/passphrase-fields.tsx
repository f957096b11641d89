/** A new passphrase, typed twice. What is typed goes one way: the caller sends it and clears it. */
import Box from '@mui/material/Box';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useComponentTexts } from './texts/common.ts';

/** As the vault wants it. */
const shortest = 8;

export interface TypedPassphrase {
  readonly first: string;
  readonly second: string;
}

export const noPassphrase: TypedPassphrase = { first: '', second: '' };

/** The passphrase once it can be sent; undefined before. Pure. */
export function passphraseOf({ first, second }: TypedPassphrase): string | undefined {
  return [...first].length >= shortest && first === second ? first : undefined;
}

export interface PassphraseFieldsProps {
  readonly label: string;
  readonly value: TypedPassphrase;
  readonly onChange: (value: TypedPassphrase) => void;
}

export function PassphraseFields({ label, value, onChange }: PassphraseFieldsProps) {
  const texts = useComponentTexts().passphrase;
  const short = value.first !== '' && [...value.first].length < shortest;
  const different = value.second !== '' && value.first !== value.second;
  return (
    <Box sx={{ display: 'flex', flexDirection: 'column', gap: 1.5 }}>
      <TextField
        type="password"
        autoComplete="new-password"
        label={label}
        value={value.first}
        error={short}
        helperText={short ? texts.short(shortest) : ' '}
        onChange={({ target }) => onChange({ ...value, first: target.value })}
      />
      <TextField
        type="password"
        autoComplete="new-password"
        label={texts.again(label)}
        value={value.second}
        error={different}
        helperText={different ? texts.different : ' '}
        onChange={({ target }) => onChange({ ...value, second: target.value })}
      />
      <Typography variant="body2" color="textSecondary">
        {texts.hint}
      </Typography>
    </Box>
  );
}
