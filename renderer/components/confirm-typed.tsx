/** What cannot be undone is confirmed by typing some words. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogContentText from '@mui/material/DialogContentText';
import DialogTitle from '@mui/material/DialogTitle';
import TextField from '@mui/material/TextField';
import { type ReactNode, useId, useState } from 'react';
import { FailureNotice } from './failure-notice.tsx';
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
  const titleId = useId();
  const [typed, setTyped] = useState('');
  const agrees = typed.trim() === wanted.trim();
  const confirm = useAction(async () => {
    await onConfirm();
    onClose();
  });
  return (
    <Dialog open onClose={onClose} aria-labelledby={titleId}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (agrees) confirm.run();
        }}
      >
        <DialogTitle id={titleId}>{title}</DialogTitle>
        <DialogContent>
          <DialogContentText sx={{ mb: 2 }}>{text}</DialogContentText>
          {children}
          <TextField
            autoFocus
            fullWidth
            label={`Type ${wanted} to confirm`}
            value={typed}
            onChange={({ target }) => setTyped(target.value)}
            slotProps={{ htmlInput: { autoComplete: 'off' } }}
          />
          {confirm.failure && (
            <Box sx={{ mt: 2 }}>
              <FailureNotice failure={confirm.failure} />
            </Box>
          )}
        </DialogContent>
        <DialogActions>
          <Button color="secondary" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" variant="contained" color="error" disabled={!agrees || confirm.busy}>
            {action}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
