/** Deleting asks for the name, typed. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogContentText from '@mui/material/DialogContentText';
import DialogTitle from '@mui/material/DialogTitle';
import TextField from '@mui/material/TextField';
import { useState } from 'react';
import { FailureNotice } from './failure-notice.tsx';
import { useAction } from './use-action.ts';

export interface ConfirmByNameProps {
  readonly title: string;
  /** What is lost. */
  readonly text: string;
  readonly name: string;
  readonly action: string;
  readonly onConfirm: () => Promise<unknown>;
  readonly onClose: () => void;
}

export function ConfirmByName({ title, text, name, action, onConfirm, onClose }: ConfirmByNameProps) {
  const [typed, setTyped] = useState('');
  const confirm = useAction(async () => {
    await onConfirm();
    onClose();
  });
  return (
    <Dialog open onClose={onClose} aria-labelledby="confirm-title">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (typed === name) confirm.run();
        }}
      >
        <DialogTitle id="confirm-title">{title}</DialogTitle>
        <DialogContent>
          <DialogContentText sx={{ mb: 2 }}>{text}</DialogContentText>
          <TextField
            autoFocus
            fullWidth
            label={`Type ${name} to confirm`}
            value={typed}
            onChange={({ target }) => setTyped(target.value)}
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
          <Button type="submit" variant="contained" color="error" disabled={typed !== name || confirm.busy}>
            {action}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
