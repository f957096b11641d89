/**
 * What a page may not do, whatever runs in it: leave app://conpaas, open windows, ask for permissions, embed web views,
 * reach the network, start downloads. Denied by default; nothing is listed as allowed but our own scheme.
 */
import { app, type Session, type WebContents } from 'electron';
import { origin } from './protocol.ts';

/** Guards for everything that loads in `session`. */
export function guardSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.on('will-download', (event) => event.preventDefault());
  session.webRequest.onBeforeRequest((details, answer) => {
    const allowed = details.url.startsWith(`${origin}/`) || details.url.startsWith('devtools://');
    answer({ cancel: !allowed });
  });
  session.setSpellCheckerEnabled(false);
}

/**
 * Whether the program may start as it was started: who can attach a debugger to the window can do all it can, so a
 * package does not start under one with the data that a user really has.
 */
export function mayBeDebugged(): boolean {
  const debugged = ['remote-debugging-port', 'remote-debugging-pipe'].some((name) => app.commandLine.hasSwitch(name));
  if (!app.isPackaged || !debugged || process.env['CONPAAS_HOME'] !== undefined) return true;
  process.stderr.write(
    'ConPaaS Desktop does not run under a debugger with your data. Set CONPAAS_HOME to other data.\n',
  );
  return false;
}

/** Guards for every page there will ever be, a child or a web view included. */
export function guardAllContents(): void {
  app.on('web-contents-created', (_event, contents) => guardContents(contents));
}

function guardContents(contents: WebContents): void {
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.on('will-navigate', (event) => {
    // A reload is a navigation to where we are.
    if (event.url !== contents.getURL() || !isOurs(event.url)) event.preventDefault();
  });
  contents.on('will-frame-navigate', (event) => {
    if (!isOurs(event.url)) event.preventDefault();
  });
  contents.on('will-redirect', (event) => event.preventDefault());
}

/** Whether a URL is one of our own pages. */
export function isOurs(url: string): boolean {
  return url === origin || url.startsWith(`${origin}/`);
}
