/** A failure: what happened and what to do in words, the last lines of what failed on demand. */
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Collapse from '@mui/material/Collapse';
import type { SxProps, Theme } from '@mui/material/styles';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import type { Failure } from '../../remote/core/contract/errors.ts';
import { desktop } from '../hub/desktop.ts';
import { say } from '../stores/notices.ts';
import { failureWords } from './failure-words.ts';
import { Preformatted } from './preformatted.tsx';
import { componentTexts, useComponentTexts } from './texts/common.ts';

export interface FailureNoticeProps {
  readonly failure: Failure;
  /** Before the message, e.g. what was tried. */
  readonly title?: string | undefined;
  readonly onRetry?: (() => void) | undefined;
  /** Its distance from what is around it. */
  readonly sx?: SxProps<Theme>;
}

export function FailureNotice({ failure, title, onRetry, sx = {} }: FailureNoticeProps) {
  const texts = useComponentTexts();
  const [open, setOpen] = useState(false);
  const details = detailsOf(failure);
  const { happened, todo } = failureWords(failure);
  const copy = async () => {
    await desktop.copyText([title, happened, todo, ...details].filter(Boolean).join('\n'));
    say(texts.copied);
  };
  return (
    <Alert severity="error" variant="outlined" role="alert" sx={sx}>
      {title && <Typography sx={{ fontWeight: 600, fontSize: 'inherit' }}>{title}</Typography>}
      <Box sx={{ overflowWrap: 'anywhere', ...(title ? {} : { fontWeight: 600 }) }}>{happened}</Box>{' '}
      <Box sx={{ overflowWrap: 'anywhere' }}>{todo}</Box>
      <Box sx={{ display: 'flex', gap: 1, mt: 1, ml: -1.5 }}>
        {onRetry && (
          <Button color="inherit" onClick={onRetry}>
            {texts.failure.retry}
          </Button>
        )}
        {details.length > 0 && (
          <Button color="inherit" aria-expanded={open} onClick={() => setOpen(!open)}>
            {texts.failure.details}
          </Button>
        )}
        <Button color="inherit" onClick={() => void copy()}>
          {texts.failure.copy}
        </Button>
      </Box>
      <Collapse in={open} unmountOnExit>
        <Preformatted label={texts.failure.details} sx={{ mt: 1 }}>
          {details.join('\n')}
        </Preformatted>
      </Collapse>
    </Alert>
  );
}

/** What stands behind Details: places in the request, the engine's last lines, and the same of each cause. */
function detailsOf(failure: Failure): string[] {
  const texts = componentTexts().failure;
  const places = (failure.places ?? []).map(({ path, message, line, column }) =>
    line === undefined ? texts.place(path, message) : texts.placeInText(path, message, line, column ?? 1),
  );
  const cause = failure.cause ? [texts.because(failure.cause.message), ...detailsOf(failure.cause)] : [];
  return [...places, ...(failure.log ?? []), ...cause];
}
