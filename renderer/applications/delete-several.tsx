/** Deleting several applications: the list of them, and `delete 12` typed. */
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogContentText from '@mui/material/DialogContentText';
import DialogTitle from '@mui/material/DialogTitle';
import TextField from '@mui/material/TextField';
import { useState } from 'react';
import type { ApplicationSummary } from '../../remote/core/contract/application.ts';
import { countText } from '../components/time.ts';
import { useAction } from '../components/use-action.ts';
import { hub } from '../hub/client.ts';
import { select } from '../stores/applications-view.ts';
import { say } from '../stores/notices.ts';
import { each, failuresText } from './bulk.ts';

export interface DeleteSeveralProps {
  readonly applications: readonly ApplicationSummary[];
  readonly onClose: () => void;
}

export function DeleteSeveral({ applications, onClose }: DeleteSeveralProps) {
  const [typed, setTyped] = useState('');
  // What was confirmed is what is deleted, however the list changes meanwhile.
  const [chosen] = useState(applications);
  const [only] = chosen;
  const expected = chosen.length === 1 && only ? only.name : `delete ${chosen.length}`;
  const confirm = useAction(async () => {
    const result = await each(chosen, ({ id, name }) =>
      hub.director('delete_application', { application: id, confirm: name }),
    );
    if (result.done > 0) say(`Deleting ${countText(result.done, 'application')}.`);
    if (result.failures.length > 0) say(failuresText(result), { level: 'warning' });
    select([]);
    onClose();
  });
  return (
    <Dialog open onClose={onClose} aria-labelledby="delete-title">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (typed === expected) confirm.run();
        }}
      >
        <DialogTitle id="delete-title">Delete {countText(chosen.length, 'application')}?</DialogTitle>
        <DialogContent>
          <DialogContentText>
            Their services, code versions, histories and data are deleted. There is no way back.
          </DialogContentText>
          <Box
            component="ul"
            tabIndex={0}
            aria-label="To be deleted"
            sx={{ maxHeight: 200, overflow: 'auto', bgcolor: 'sunken', borderRadius: 1, my: 2, py: 1, pl: 4 }}
          >
            {chosen.map(({ id, name, nodes }) => (
              <li key={id}>
                {name} · {countText(nodes.wanted, 'node')}
              </li>
            ))}
          </Box>
          <TextField
            autoFocus
            fullWidth
            label={`Type ${expected} to confirm`}
            value={typed}
            onChange={({ target }) => setTyped(target.value)}
          />
          {confirm.failure && (
            <Alert severity="error" variant="outlined" sx={{ mt: 2 }}>
              {confirm.failure.message}
            </Alert>
          )}
        </DialogContent>
        <DialogActions>
          <Button color="secondary" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" variant="contained" color="error" disabled={typed !== expected || confirm.busy}>
            Delete
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
