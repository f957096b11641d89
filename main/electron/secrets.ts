/** Secrets that the user asked for: they go to the clipboard or into a dialog of this process, never to a page. */
import { type BrowserWindow, clipboard, dialog } from 'electron';

/** What was copied is taken out of the clipboard after this time, ms, if it is still there. */
export const clipboardMs = 30_000;

/** Copies a secret, or shows it once the user has confirmed that nobody looks on. */
export async function useSecret(
  window: BrowserWindow,
  how: 'copy' | 'show',
  title: string,
  secret: string,
): Promise<void> {
  if (how === 'copy') {
    copyForAWhile(secret);
    return;
  }
  const { response } = await dialog.showMessageBox(window, {
    type: 'warning',
    title,
    message: `Show the ${title.charAt(0).toLowerCase()}${title.slice(1)}?`,
    detail: 'Whoever sees your screen can read it.',
    buttons: ['Show', 'Copy for 30 seconds', 'Cancel'],
    defaultId: 2,
    cancelId: 2,
  });
  if (response === 1) copyForAWhile(secret);
  if (response === 0) await dialog.showMessageBox(window, { type: 'info', title, message: secret, buttons: ['Close'] });
}

function copyForAWhile(secret: string): void {
  clipboard.writeText(secret);
  setTimeout(() => {
    void clearIfThere(secret);
  }, clipboardMs);
}

async function clearIfThere(secret: string): Promise<void> {
  // A text in older versions of Electron, a promise of one in newer ones.
  if ((await clipboard.readText()) === secret) clipboard.clear();
}
