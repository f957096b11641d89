/** One field of a form that is made from JSON Schema. */
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import { type Field, titleOf } from './schema.ts';
import { useFormTexts } from './texts.ts';

export interface SchemaFieldProps {
  readonly field: Field;
  readonly text: string;
  readonly problem?: string | undefined;
  readonly disabled?: boolean;
  readonly onChange: (text: string) => void;
}

export function SchemaField({ field, text, problem, disabled = false, onChange }: SchemaFieldProps) {
  const texts = useFormTexts();
  const hints: Readonly<Partial<Record<Field['kind'], string>>> = texts.hints;
  const { name, kind, description, required, choices, defaultText } = field;
  const chosen = kind === 'boolean' || kind === 'choice';
  const long = kind === 'list' || kind === 'pairs' || kind === 'json' || kind === 'long';
  const help = problem ?? [description, hints[kind]].filter(Boolean).join(' ');
  return (
    <TextField
      fullWidth
      label={titleOf(name)}
      required={required}
      disabled={disabled}
      value={text}
      select={chosen}
      multiline={long}
      minRows={long ? 2 : undefined}
      maxRows={long ? (text === '' ? 3 : 12) : undefined}
      type={kind === 'secret' ? 'password' : 'text'}
      autoComplete="off"
      error={problem !== undefined}
      helperText={help || undefined}
      placeholder={chosen ? undefined : defaultText}
      onChange={({ target }) => onChange(target.value)}
      slotProps={{
        htmlInput: {
          spellCheck: false,
          ...(kind === 'integer' || kind === 'number' ? { inputMode: 'decimal' } : {}),
        },
        inputLabel: { shrink: true },
        // An empty choice is a choice too: the default, or nothing.
        select: { displayEmpty: true },
      }}
    >
      {chosen && !required && (
        <MenuItem value="">{defaultText === undefined ? texts.notSet : texts.byDefault(defaultText)}</MenuItem>
      )}
      {choices.map((choice) => (
        <MenuItem key={choice} value={choice}>
          {kind === 'boolean' ? (choice === 'true' ? texts.yes : texts.no) : choice}
        </MenuItem>
      ))}
    </TextField>
  );
}
