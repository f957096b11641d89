/** A dialog that makes something with a name: the name stands first, and what is wrong with it is said while it is typed. */
import TextField from '@mui/material/TextField';
import { FormDialog, type FormDialogProps } from './form-dialog.tsx';

export interface NamedFormDialogProps extends FormDialogProps {
  readonly name: {
    readonly label: string;
    readonly hint: string;
    readonly value: string;
    /** Whether it is one. */
    readonly valid: boolean;
    readonly onChange: (name: string) => void;
  };
}

export function NamedFormDialog({ name, ready, children, ...dialog }: NamedFormDialogProps) {
  const { label, hint, value, valid, onChange } = name;
  return (
    <FormDialog {...dialog} ready={ready && valid}>
      <TextField
        label={label}
        required
        autoFocus
        fullWidth
        value={value}
        error={value !== '' && !valid}
        helperText={hint}
        onChange={({ target }) => onChange(target.value)}
      />
      {children}
    </FormDialog>
  );
}
