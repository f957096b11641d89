/** The field for the name of a variable that code finds. */
import TextField from '@mui/material/TextField';
import { useConfigurationTexts } from './texts.ts';

export function isVariableName(text: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]{0,99}$/.test(text);
}

export interface VariableNameProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

export function VariableName({ label, value, onChange }: VariableNameProps) {
  const texts = useConfigurationTexts().variableName;
  const wrong = value !== '' && !isVariableName(value);
  return (
    <TextField
      fullWidth
      placeholder={texts.hint}
      value={value}
      error={wrong}
      helperText={wrong ? texts.wrong : undefined}
      onChange={({ target }) => onChange(target.value)}
      slotProps={{ htmlInput: { 'aria-label': label, spellCheck: false } }}
    />
  );
}
