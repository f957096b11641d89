/** A line that was cut for the screen, whole. */
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import TextField from '@mui/material/TextField';
import { desktop } from '../hub/desktop.ts';
import { partsOf } from './ansi.ts';

export function WholeLine({ text, onClose }: { text: string; onClose: () => void }) {
  return (
    <Dialog open onClose={onClose} maxWidth="lg" aria-labelledby="whole-line">
      <DialogTitle id="whole-line">The whole line</DialogTitle>
      <DialogContent>
        <TextField
          multiline
          fullWidth
          maxRows={24}
          value={visible(text)}
          slotProps={{ htmlInput: { readOnly: true, 'aria-label': 'The whole line', spellCheck: false } }}
        />
      </DialogContent>
      <DialogActions>
        <Button onClick={() => void desktop.copyText(text)}>Copy</Button>
        <Button variant="contained" onClick={onClose}>
          Close
        </Button>
      </DialogActions>
    </Dialog>
  );
}

/** A line as text in which nothing is hidden. */
function visible(line: string): string {
  return partsOf(line)
    .map(({ text }) => text)
    .join('');
}
