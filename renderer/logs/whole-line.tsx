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
import { useLogTexts } from './texts.ts';

export interface WholeLineProps {
  readonly row: LogRow;
  readonly text: string;
  readonly onClose: () => void;
}

export function WholeLine({ row: { node, log, time }, text, onClose }: WholeLineProps) {
  const texts = useLogTexts().whole;
  return (
    <Dialog open onClose={onClose} maxWidth="lg" aria-labelledby="whole-line">
      <DialogTitle id="whole-line">{texts.title}</DialogTitle>
      <DialogContent sx={{ display: 'flex', flexDirection: 'column', gap: 1 }}>
        <Typography variant="body2" color="textSecondary">
          {texts.about(node, log, timeText(time), text.length)}
        </Typography>
        <Preformatted label={texts.title} sx={{ maxHeight: 'none', flex: '1 1 auto', minHeight: 0 }}>
          {visible(text)}
        </Preformatted>
      </DialogContent>
      <DialogActions>
        <Button color="secondary" onClick={() => void desktop.copyText(text).then(() => say(texts.copied))}>
          {texts.copy}
        </Button>
        <Button variant="contained" onClick={onClose}>
          {texts.close}
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
