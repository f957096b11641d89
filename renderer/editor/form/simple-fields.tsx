/** Fields of one value each. What is typed is in the text at once; a field left empty leaves its key out. */
import FormControlLabel from '@mui/material/FormControlLabel';
import FormHelperText from '@mui/material/FormHelperText';
import MenuItem from '@mui/material/MenuItem';
import Switch from '@mui/material/Switch';
import TextField from '@mui/material/TextField';
import { useRef, useState } from 'react';
import type { Path } from '../text/schema.ts';
import type { Field } from './fields.ts';
import { useField } from './form-context.ts';
import { useManifestFormTexts } from './texts.ts';

export interface FieldProps {
  readonly field: Field;
  readonly path: Path;
  /** The keys of its object in the schema's order. */
  readonly order: readonly string[];
}

/** The first change since a field was entered begins a step of undoing; the following ones belong to it. */
function useSteps() {
  const began = useRef(false);
  return {
    onFocus: () => {
      began.current = false;
    },
    joins: (): boolean => {
      const joins = began.current;
      began.current = true;
      return joins;
    },
  };
}

export function TextValue({ field, path, order }: FieldProps) {
  const { value, isReadOnly, problem, set } = useField(path, order);
  const steps = useSteps();
  const long = field.is.kind === 'text' && field.is.long;
  return (
    <TextField
      fullWidth
      label={field.label}
      value={typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value)}
      placeholder={field.placeholder}
      multiline={long}
      error={problem !== undefined}
      helperText={problem ?? field.description}
      onFocus={steps.onFocus}
      onChange={({ target }) => set(target.value === '' && !field.required ? undefined : target.value, steps.joins())}
      slotProps={{ inputLabel: { shrink: true }, htmlInput: { readOnly: isReadOnly, spellCheck: long } }}
    />
  );
}

export function NumberValue({ field, path, order }: FieldProps) {
  const texts = useManifestFormTexts().number;
  const { value, isReadOnly, problem, set } = useField(path, order);
  const steps = useSteps();
  // What is no number yet (a minus sign, "1.") waits here and not in the text.
  const [typed, setTyped] = useState<string>();
  const { minimum, maximum } = field.is.kind === 'number' ? field.is : { minimum: undefined, maximum: undefined };
  const hint =
    minimum !== undefined && maximum !== undefined
      ? texts.range(minimum, maximum, field.description)
      : field.description;
  return (
    <TextField
      fullWidth
      label={field.label}
      value={typed ?? (value === undefined ? '' : String(value))}
      placeholder={field.placeholder}
      error={problem !== undefined || typed !== undefined}
      helperText={problem ?? (typed === undefined ? hint : texts.wrong)}
      onFocus={steps.onFocus}
      onBlur={() => setTyped(undefined)}
      onChange={({ target }) => {
        const number = target.value.trim() === '' ? undefined : Number(target.value);
        setTyped(Number.isNaN(number) ? target.value : undefined);
        if (!Number.isNaN(number)) set(number, steps.joins());
      }}
      slotProps={{ inputLabel: { shrink: true }, htmlInput: { readOnly: isReadOnly, inputMode: 'decimal' } }}
    />
  );
}

export function ChoiceValue({ field, path, order }: FieldProps) {
  const texts = useManifestFormTexts().choice;
  const { value, isReadOnly, problem, set } = useField(path, order);
  const options = field.is.kind === 'choice' ? field.is.options : [];
  return (
    <TextField
      select
      fullWidth
      label={field.label}
      value={options.includes(value) ? JSON.stringify(value) : ''}
      disabled={isReadOnly}
      error={problem !== undefined}
      helperText={problem ?? field.description}
      onChange={({ target }) => set(target.value === '' ? undefined : JSON.parse(target.value))}
      slotProps={{ inputLabel: { shrink: true }, select: { displayEmpty: true } }}
    >
      <MenuItem value="">{field.placeholder === '' ? texts.none : texts.byDefault(field.placeholder)}</MenuItem>
      {options.map((option) => (
        <MenuItem key={JSON.stringify(option)} value={JSON.stringify(option)}>
          {String(option)}
        </MenuItem>
      ))}
    </TextField>
  );
}

export function SwitchValue({ field, path, order }: FieldProps) {
  const { value, isReadOnly, set } = useField(path, order);
  return (
    <div>
      <FormControlLabel
        label={field.label}
        control={
          <Switch
            size="small"
            checked={value !== 0 && value !== false}
            disabled={isReadOnly}
            onChange={({ target }) => set(typeof value === 'boolean' ? target.checked : Number(target.checked))}
          />
        }
      />
      <FormHelperText sx={{ mt: 0 }}>{field.description}</FormHelperText>
    </div>
  );
}

/** A password is better not in the text at all: a secret is offered first. */
export function PasswordValue({ field, path, order }: FieldProps) {
  const texts = useManifestFormTexts().password;
  const { value, isReadOnly, problem, set } = useField(path, order);
  const steps = useSteps();
  const isSecret = typeof value === 'object' && value !== null && 'Secret' in value;
  const kind = value === undefined ? 'generated' : isSecret ? 'secret' : 'text';
  return (
    <>
      <TextField
        select
        fullWidth
        label={field.label}
        value={kind}
        disabled={isReadOnly}
        helperText={field.description}
        onChange={({ target }) =>
          set(target.value === 'generated' ? undefined : target.value === 'secret' ? { Secret: 'PASSWORD' } : '')
        }
      >
        <MenuItem value="generated">{texts.generated}</MenuItem>
        <MenuItem value="secret">{texts.secret}</MenuItem>
        <MenuItem value="text">{texts.text}</MenuItem>
      </TextField>
      {kind !== 'generated' && (
        <TextField
          fullWidth
          label={kind === 'secret' ? texts.secretName : texts.password}
          type={kind === 'secret' ? 'text' : 'password'}
          value={String(isSecret ? value.Secret : (value ?? ''))}
          error={problem !== undefined}
          helperText={problem ?? (kind === 'text' ? texts.textHint : ' ')}
          onFocus={steps.onFocus}
          onChange={({ target }) => set(isSecret ? { Secret: target.value } : target.value, steps.joins())}
          slotProps={{ htmlInput: { readOnly: isReadOnly, spellCheck: false, autoComplete: 'off' } }}
        />
      )}
    </>
  );
}
