/** What cannot be undone, on several at once: shows which, and asks for the deed and their number, typed: `delete 12`. */

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

export interface ConfirmManyProps {
  readonly title: string;
  /** What is lost. */
  readonly text: string;
  readonly names: readonly string[];
  /** One word in small letters: `delete`. */
  readonly deed: string;
  readonly onConfirm: () => Promise<unknown>;
  readonly onClose: () => void;
}

export function ConfirmMany({ title, text, names, deed, onConfirm, onClose }: ConfirmManyProps) {
  const [typed, setTyped] = useState('');
  const wanted = `${deed} ${names.length}`;
  const confirm = useAction(async () => {
    await onConfirm();
    onClose();
  });
  return (
    <Dialog open onClose={onClose} aria-labelledby="confirm-many-title">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (typed.trim() === wanted) confirm.run();
        }}
      >
        <DialogTitle id="confirm-many-title">{title}</DialogTitle>
        <DialogContent>
          <DialogContentText>{text}</DialogContentText>
          <Box
            component="ul"
            aria-label="Which"
            tabIndex={0}
            sx={{ maxHeight: 200, overflow: 'auto', my: 2, pl: 2.5, overflowWrap: 'anywhere' }}
          >
            {names.map((name) => (
              <li key={name}>{name}</li>
            ))}
          </Box>
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
          <Button type="submit" variant="contained" color="error" disabled={typed.trim() !== wanted || confirm.busy}>
            {deed.charAt(0).toUpperCase() + deed.slice(1)} {names.length}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
