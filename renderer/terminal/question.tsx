/** What a terminal asks before it does it: a paste of several lines, a link that a program has shown. */
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogContentText from '@mui/material/DialogContentText';
import DialogTitle from '@mui/material/DialogTitle';
import { Preformatted } from '../components/preformatted.tsx';
import { countText } from '../components/time.ts';
import type { TerminalStatus } from './session.ts';

/** So much of a paste is shown, characters. */
const shown = 2000;

export interface TerminalQuestionProps {
  readonly question: NonNullable<TerminalStatus['question']>;
  readonly onAnswer: (yes: boolean) => void;
}

export function TerminalQuestion({ question, onAnswer }: TerminalQuestionProps) {
  const { title, text, detail, action } = wordsOf(question);
  return (
    <Dialog open onClose={() => onAnswer(false)} aria-labelledby="terminal-question" disableRestoreFocus>
      <DialogTitle id="terminal-question">{title}</DialogTitle>
      <DialogContent>
        <DialogContentText>{text}</DialogContentText>
        <Preformatted label="What it is about" sx={{ mt: 1.5 }}>
          {detail}
        </Preformatted>
      </DialogContent>
      <DialogActions>
        <Button color="secondary" onClick={() => onAnswer(false)}>
          Cancel
        </Button>
        <Button variant="contained" autoFocus onClick={() => onAnswer(true)}>
          {action}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

function wordsOf(question: TerminalQuestionProps['question']) {
  if (question.kind === 'link') {
    return {
      title: 'Open this link?',
      text: 'A program in the terminal has shown it. It opens in your browser.',
      detail: question.url,
      action: 'Open',
    };
  }
  const { text, lines, dropped } = question.paste;
  return {
    title: `Paste ${countText(lines, 'line')}?`,
    text:
      'The shell may run each line as soon as it arrives.' +
      (dropped === 0 ? '' : ` ${countText(dropped, 'control character')} will be left out.`),
    detail: text.length > shown ? `${text.slice(0, shown)}…` : text,
    action: 'Paste',
  };
}
