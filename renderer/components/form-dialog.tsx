/** A dialog with something to fill in: Enter and its button do it, and where that fails it stays open and says why. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog, { type DialogProps } from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogContentText from '@mui/material/DialogContentText';
import DialogTitle from '@mui/material/DialogTitle';
import { type ReactNode, useId, useRef } from 'react';
import { FailureNotice } from './failure-notice.tsx';
import { Form } from './form.tsx';
import { useComponentTexts } from './texts/common.ts';
import type { Action } from './use-action.ts';

export interface FormDialogProps {
  readonly title: string;
  /** What it is about, above the fields. */
  readonly text?: string;
  /** The fields, below each other. */
  readonly children: ReactNode;
  /** On the button. */
  readonly action: string;
  /** Whether the button does something that hurts. */
  readonly danger?: boolean;
  /** Whether all is filled in. */
  readonly ready: boolean;
  /** What Enter and the button do; it closes the dialog itself, when it is done. */
  readonly work: Action<[]>;
  /** Before what failed: what was tried. */
  readonly failureTitle?: string;
  readonly maxWidth?: Exclude<DialogProps['maxWidth'], undefined>;
  readonly onClose: () => void;
}

export function FormDialog(props: FormDialogProps) {
  const { title, text, children, action, danger = false, ready, work, failureTitle, maxWidth = 'sm', onClose } = props;
  const texts = useComponentTexts();
  const titleId = useId();
  /** Whether there is something in it that a click beside it would lose. */
  const typed = useRef(false);
  return (
    <Dialog
      open
      onClose={(_event, reason) => {
        if (reason !== 'backdropClick' || !typed.current) onClose();
      }}
      onInput={() => {
        typed.current = true;
      }}
      maxWidth={maxWidth}
      aria-labelledby={titleId}
    >
      {/* In a low window the fields scroll; the buttons, and why it failed, stay in sight. */}
      <Form ready={ready} onSubmit={() => work.run()} sx={{ display: 'flex', flexDirection: 'column', minHeight: 0 }}>
        <DialogTitle id={titleId}>{title}</DialogTitle>
        <DialogContent sx={{ display: 'flex', flexDirection: 'column', gap: 2 }}>
          {text !== undefined && <DialogContentText>{text}</DialogContentText>}
          {children}
        </DialogContent>
        {work.failure && (
          <Box sx={{ flexShrink: 0, maxHeight: '40vh', overflowY: 'auto', px: 3, pt: 1 }}>
            <FailureNotice title={failureTitle} failure={work.failure} />
          </Box>
        )}
        <DialogActions>
          <Button color="secondary" onClick={onClose}>
            {texts.cancel}
          </Button>
          <Button type="submit" variant="contained" color={danger ? 'error' : 'primary'} disabled={!ready || work.busy}>
            {action}
          </Button>
        </DialogActions>
      </Form>
    </Dialog>
  );
}
