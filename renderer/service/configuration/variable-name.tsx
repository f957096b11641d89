/** The field for the name of a variable that code finds. */
import TextField from '@mui/material/TextField';

export function isVariableName(text: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]{0,99}$/.test(text);
}

export interface VariableNameProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

export function VariableName({ label, value, onChange }: VariableNameProps) {
  const wrong = value !== '' && !isVariableName(value);
  return (
    <TextField
      fullWidth
      placeholder="NAME"
      value={value}
      error={wrong}
      helperText={wrong ? 'Letters, digits and _' : undefined}
      onChange={({ target }) => onChange(target.value)}
      slotProps={{ htmlInput: { 'aria-label': label, spellCheck: false } }}
    />
  );
}
