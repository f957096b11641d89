/** How much of the disk read log lines may take. */
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { failureOf, hub } from '../hub/client.ts';

export function CapDialog({ capBytes, onClose }: { capBytes: number; onClose: () => void }) {
  const [gigabytes, setGigabytes] = useState((capBytes / 1e9).toFixed(1).replace(/\.0$/, ''));
  const [problem, setProblem] = useState<string>();
  const value = Number(gigabytes);
  const isWrong = !(value >= 0.1 && value <= 500);
  const change = () => {
    hub
      .call('log_spool', { capBytes: Math.round(value * 1e9) })
      .then(onClose, (thrown: unknown) => setProblem(failureOf(thrown).message));
  };
  return (
    <Dialog open onClose={onClose} maxWidth="xs" aria-labelledby="cap-title">
      <DialogTitle id="cap-title">Space for log lines</DialogTitle>
      <DialogContent sx={{ display: 'grid', gap: 2 }}>
        <Typography variant="body2">
          Lines that were read are kept on this computer, encrypted, until the program ends. When the space is full the
          oldest go.
        </Typography>
        <TextField
          label="Gigabytes"
          value={gigabytes}
          error={isWrong || problem !== undefined}
          helperText={problem ?? (isWrong ? 'From 0.1 to 500.' : undefined)}
          onChange={({ target }) => setGigabytes(target.value)}
        />
      </DialogContent>
      <DialogActions>
        <Button color="secondary" onClick={onClose}>
          Cancel
        </Button>
        <Button variant="contained" disabled={isWrong} onClick={change}>
          Change
        </Button>
      </DialogActions>
    </Dialog>
  );
}
