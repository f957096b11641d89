/** What cannot be undone is confirmed by typing some words. */
import TextField from '@mui/material/TextField';
import { type ReactNode, useState } from 'react';
import { FormDialog } from './form-dialog.tsx';
import { useComponentTexts } from './texts/common.ts';
import { useAction } from './use-action.ts';

export interface ConfirmTypedProps {
  readonly title: string;
  /** What is lost. */
  readonly text: string;
  /** To be typed exactly. */
  readonly wanted: string;
  /** On the button. */
  readonly action: string;
  readonly onConfirm: () => Promise<unknown>;
  readonly onClose: () => void;
  /** Between the text and the field. */
  readonly children?: ReactNode;
}

export function ConfirmTyped({ title, text, wanted, action, onConfirm, onClose, children }: ConfirmTypedProps) {
  const texts = useComponentTexts();
  const [typed, setTyped] = useState('');
  const agrees = typed.trim() === wanted.trim();
  const confirm = useAction(async () => {
    await onConfirm();
    onClose();
  });
  return (
    <FormDialog danger title={title} text={text} action={action} ready={agrees} work={confirm} onClose={onClose}>
      {children}
      <TextField
        autoFocus
        fullWidth
        label={texts.typeToConfirm(wanted)}
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
        slotProps={{ htmlInput: { autoComplete: 'off' } }}
      />
    </FormDialog>
  );
}
