import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import TextField from '@mui/material/TextField';
import { useState } from 'react';
import { withUndo } from '../actions/with-undo.ts';
import { FailureNotice } from '../components/failure-notice.tsx';
import { useAction } from '../components/use-action.ts';
import { hub } from '../hub/client.ts';

export function RenameDialog({ id, name, onClose }: { id: string; name: string; onClose: () => void }) {
  const [typed, setTyped] = useState(name);
  const wanted = typed.trim();
  const rename = useAction(async () => {
    await withUndo({
      act: () => hub.director('rename_application', { application: id, name: wanted }),
      undo: () => hub.director('rename_application', { application: id, name }),
      said: `${name} is now called ${wanted}.`,
    });
    onClose();
  });
  return (
    <Dialog open onClose={onClose} aria-labelledby="rename-title">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (wanted) rename.run();
        }}
      >
        <DialogTitle id="rename-title">Rename {name}</DialogTitle>
        <DialogContent>
          <TextField
            autoFocus
            fullWidth
            margin="dense"
            label="New name"
            helperText="Its address stays."
            value={typed}
            onChange={({ target }) => setTyped(target.value)}
            slotProps={{ htmlInput: { maxLength: 100 } }}
          />
          {rename.failure && (
            <Box sx={{ mt: 2 }}>
              <FailureNotice failure={rename.failure} />
            </Box>
          )}
        </DialogContent>
        <DialogActions>
          <Button color="secondary" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" variant="contained" disabled={!wanted || wanted === name || rename.busy}>
            Rename
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
