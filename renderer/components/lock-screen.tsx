/**
 * The vault is locked: its passphrase is asked for over everything else. What is below stays as it is, with all that was
 * typed there, but nobody sees it, reaches it by keys or is read it aloud, until the vault is open again.
 */
import Box from '@mui/material/Box';
import GlobalStyles from '@mui/material/GlobalStyles';
import { useLayoutEffect, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import { holdActions } from '../actions/action.ts';
import { WelcomePage } from '../pages/welcome.tsx';
import { useSession } from '../stores/session.ts';
import { useComponentTexts } from './texts/common.ts';

export function LockScreen() {
  const locked = useSession(({ session }) => session?.state === 'locked');
  return locked ? createPortal(<Cover />, document.body) : null;
}

function Cover() {
  const texts = useComponentTexts();
  const cover = useRef<HTMLDialogElement>(null);
  const [before] = useState(() => document.activeElement);
  useLayoutEffect(() => {
    const { current } = cover;
    forgetTypedSecrets();
    // All outside of a modal dialog is inert, whatever is put there meanwhile.
    current?.showModal();
    const letGo = holdActions();
    return () => {
      letGo();
      current?.close();
      // Once the styles are gone: what cannot be seen takes no focus.
      requestAnimationFrame(() => before instanceof HTMLElement && before.focus({ preventScroll: true }));
    };
  }, [before]);
  return (
    <>
      <GlobalStyles styles={{ 'body > :not(dialog.lock-screen)': { visibility: 'hidden' } }} />
      <Box
        component="dialog"
        className="lock-screen"
        ref={cover}
        aria-label={texts.locked}
        // Escape does not lead past it.
        onKeyDown={(event) => event.key === 'Escape' && event.preventDefault()}
        onCancel={(event) => event.preventDefault()}
        onClose={() => cover.current?.isConnected && !cover.current.open && cover.current.showModal()}
        sx={{
          position: 'fixed',
          inset: 0,
          width: '100%',
          height: '100%',
          maxWidth: 'none',
          maxHeight: 'none',
          m: 0,
          p: 0,
          border: 0,
          color: 'text.primary',
          bgcolor: 'background.default',
        }}
      >
        <WelcomePage session={{ state: 'locked' }} />
      </Box>
    </>
  );
}

/** Secrets go with the keys: those that were typed and not sent yet must be typed again. */
function forgetTypedSecrets(): void {
  const setValue = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set;
  for (const field of document.querySelectorAll<HTMLInputElement>('input[type="password"]')) {
    if (field.value === '' || field.closest('dialog.lock-screen')) continue;
    // As if the user had emptied it, so that whoever holds its text does so too.
    setValue?.call(field, '');
    field.dispatchEvent(new Event('input', { bubbles: true }));
  }
}
