/** Passwords that the user asked for: they go to the clipboard or into a dialog of this process, never to a page. */
import { app, type BrowserWindow, clipboard, dialog } from 'electron';
import type { MainTexts } from './texts.ts';

/** What was copied is taken out of the clipboard after this time, ms, or on quitting, if it is still there. */
const clipboardMs = 30_000;

/** Copies the password of a service, or shows it once the user has confirmed that nobody looks on. */
export async function usePassword(
  window: BrowserWindow,
  how: 'copy' | 'show',
  service: string,
  secret: string,
  texts: MainTexts,
): Promise<void> {
  if (how === 'copy') {
    copyForAWhile(secret);
    return;
  }
  const title = texts.password.title(service);
  const { response } = await dialog.showMessageBox(window, {
    type: 'warning',
    title,
    message: texts.password.question(service),
    detail: texts.password.text,
    buttons: [texts.password.show, texts.password.copy, texts.cancel],
    defaultId: 2,
    cancelId: 2,
  });
  if (response === 1) copyForAWhile(secret);
  if (response === 0)
    await dialog.showMessageBox(window, { type: 'info', title, message: secret, buttons: [texts.close] });
}

/** What of ours is in the clipboard now, and what will take it out. */
let copied: { readonly secret: string; readonly timer: NodeJS.Timeout } | undefined;

function copyForAWhile(secret: string): void {
  clearTimeout(copied?.timer);
  clipboard.writeText(secret);
  copied = { secret, timer: setTimeout(() => void forgetCopied(), clipboardMs) };
}

/** Takes a secret out of the clipboard, unless something else was copied since. */
async function forgetCopied(): Promise<void> {
  const { secret, timer } = copied ?? {};
  copied = undefined;
  clearTimeout(timer);
  // A text in older versions of Electron, a promise of one in newer ones.
  if (secret !== undefined && (await clipboard.readText()) === secret) clipboard.clear();
}

/** A program that quits before the time is over takes its secret out of the clipboard first. */
export function clearClipboardOnQuit(): void {
  app.on('will-quit', (event) => {
    if (!copied) return;
    event.preventDefault();
    forgetCopied()
      .catch((error: unknown) => process.stderr.write(`main: the clipboard could not be cleared: ${String(error)}\n`))
      // Not before this event is over: what is asked for during it is not heard.
      .finally(() => setImmediate(() => app.quit()));
  });
}
