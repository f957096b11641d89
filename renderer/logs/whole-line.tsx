/** A line that was cut for the screen, whole. */
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import Typography from '@mui/material/Typography';
import type { LogRow } from '../../main/hub/protocol.ts';
import { Preformatted } from '../components/preformatted.tsx';
import { timeText } from '../components/time.ts';
import { desktop } from '../hub/desktop.ts';
import { say } from '../stores/notices.ts';
import { partsOf } from './ansi.ts';

export interface WholeLineProps {
  readonly row: LogRow;
  readonly text: string;
  readonly onClose: () => void;
}

export function WholeLine({ row: { node, log, time }, text, onClose }: WholeLineProps) {
  return (
    <Dialog open onClose={onClose} maxWidth="lg" aria-labelledby="whole-line">
      <DialogTitle id="whole-line">The whole line</DialogTitle>
      <DialogContent sx={{ display: 'flex', flexDirection: 'column', gap: 1 }}>
        <Typography variant="body2" color="textSecondary">
          {node} · {log} · {timeText(time)} · {text.length.toLocaleString('en-GB')} characters
        </Typography>
        <Preformatted label="The whole line" sx={{ maxHeight: 'none', flex: '1 1 auto', minHeight: 0 }}>
          {visible(text)}
        </Preformatted>
      </DialogContent>
      <DialogActions>
        <Button color="secondary" onClick={() => void desktop.copyText(text).then(() => say('The line is copied.'))}>
          Copy
        </Button>
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
