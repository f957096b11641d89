/** What a terminal asks before it does it: a paste of several lines, a link that a program has shown. */
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogContentText from '@mui/material/DialogContentText';
import DialogTitle from '@mui/material/DialogTitle';
import { Preformatted } from '../components/preformatted.tsx';
import type { TerminalStatus } from './session.ts';
import { type TerminalTexts, useTerminalTexts } from './texts.ts';

/** So much of a paste is shown, characters. */
const shown = 2000;

export interface TerminalQuestionProps {
  readonly question: NonNullable<TerminalStatus['question']>;
  readonly onAnswer: (yes: boolean) => void;
}

export function TerminalQuestion({ question, onAnswer }: TerminalQuestionProps) {
  const texts = useTerminalTexts().question;
  const { title, text, detail, action } = wordsOf(question, texts);
  return (
    <Dialog open onClose={() => onAnswer(false)} aria-labelledby="terminal-question" disableRestoreFocus>
      <DialogTitle id="terminal-question">{title}</DialogTitle>
      <DialogContent>
        <DialogContentText>{text}</DialogContentText>
        <Preformatted label={texts.about} sx={{ mt: 1.5 }}>
          {detail}
        </Preformatted>
      </DialogContent>
      <DialogActions>
        <Button color="secondary" onClick={() => onAnswer(false)}>
          {texts.cancel}
        </Button>
        <Button variant="contained" autoFocus onClick={() => onAnswer(true)}>
          {action}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

function wordsOf(question: TerminalQuestionProps['question'], texts: TerminalTexts['question']) {
  if (question.kind === 'link') {
    return { ...texts.link, detail: question.url };
  }
  const { text, lines, dropped } = question.paste;
  return {
    title: texts.paste.title(lines),
    text: texts.paste.text(dropped),
    detail: text.length > shown ? `${text.slice(0, shown)}…` : text,
    action: texts.paste.action,
  };
}
