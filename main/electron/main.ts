/** The desktop's main process: one window on a data directory, its guards, its menu, and the hub beside it. */
import path from 'node:path';
import { app, type BrowserWindow, dialog, nativeTheme, session, shell } from 'electron';
import type { Told } from '../desktop.ts';
import { hiddenSwitch } from '../keychain/index.ts';
import { firstSight } from '../remembered.ts';
import { dataDirectory } from '../store/index.ts';
import { guardAllContents, guardSession, mayBeDebugged } from './guards.ts';
import { startHub } from './hub-process.ts';
import { watchIdle } from './idle-lock.ts';
import { answerPages } from './ipc.ts';
import { offerKeychain } from './keychain-service.ts';
import { setMenu } from './menu.ts';
import { createOpenings } from './openings.ts';
import { registerScheme, serveApp } from './protocol.ts';
import { followProxy } from './proxy.ts';
import { clearClipboardOnQuit, useSecret } from './secrets.ts';
import { openUpdates } from './updates.ts';
import { createWindow, showWindow } from './window.ts';
import { openWindowMemory } from './window-memory.ts';

/** dist/main/electron/ */
const here = import.meta.dirname;
const directory = dataDirectory();

// Chromium's own files, and with them the lock that keeps a second window off the same data directory.
app.setPath('userData', path.join(directory, 'window'));
registerScheme();
guardAllContents();

// A Mac says by events, perhaps before we are ready, what others say by arguments.
const openedEarly: string[] = [];
let takeOpened = (text: string): void => void openedEarly.push(text);
for (const what of ['open-url', 'open-file'] as const) {
  app.on(what as 'open-url', (event, text) => {
    event.preventDefault();
    takeOpened(text);
  });
}

/** A command has started us to ask the keychain: a window comes when the user asks for one. */
const isHidden = (argv: readonly string[]): boolean => argv.includes(hiddenSwitch);

if (!mayBeDebugged()) app.exit(1);
else if (app.requestSingleInstanceLock()) void app.whenReady().then(open);
else app.quit();

function open(): void {
  let started = !isHidden(process.argv);
  // The window first: a command waits longer for the keychain than a person for a window.
  if (started) start(process.argv, process.cwd());
  offerKeychain(directory, () => started).catch((error: unknown) =>
    console.error(`main: commands cannot ask for the keychain: ${String(error)}`),
  );
  if (started) return;
  app.on('second-instance', (_event, argv, workingDirectory) => {
    if (started || isHidden(argv)) return;
    started = true;
    start(argv, workingDirectory);
  });
}

function start(opened: readonly string[], from: string): void {
  const memory = openWindowMemory(directory);
  nativeTheme.themeSource = memory.read().preferences.theme;
  let running = 0;
  guardSession(session.defaultSession);
  const proxyChanged = followProxy(
    () => memory.read().preferences.proxy,
    (line) => process.stderr.write(`${line}\n`),
  );
  const seen = firstSight(directory);
  serveApp(session.defaultSession, path.resolve(here, '../../renderer'), told);
  // Before all else: its page's process starts beside what follows, and asks for nothing before we have answered here.
  const window = createWindow({
    preload: path.join(here, '../preload.cjs'),
    memory,
    runningApplications: () => running,
  });

  const hub = startHub(path.join(here, '../hub.mjs'), {
    open: openAddress,
    running: (applications) => {
      running = applications;
    },
    secret: (how, title, secret) => void useSecret(window, how, title, secret),
    lockPolicy: (afterMs) => idle.setPolicy(afterMs),
    gaveUp: () => void tellThatTheHubFails(),
  });
  const idle = watchIdle(hub.lock);
  // A page that has something to show connects once that is painted; one that has not waits for the hub.
  if (!seen) hub.start();

  const openings = createOpenings({ hub, send: (opening) => window.webContents.send('opening', opening) });
  const menuActions = {
    page: (action: string) => window.webContents.send('menu', action),
    stopEverything: () => void confirmStop(window, running, hub.stopEverything),
  };
  setMenu(menuActions);
  answerPages({
    hub,
    openings,
    memory,
    updates: openUpdates({
      preferences: () => memory.read().preferences,
      changed: (state) => window.webContents.send('update', state),
    }),
    dataDirectory: directory,
    showMenu: (entries) => setMenu(menuActions, entries),
    proxyChanged,
  });
  openings.take(opened.slice(1), from);
  app.on('second-instance', (_event, argv, workingDirectory) => {
    if (isHidden(argv)) return;
    showWindow(window);
    openings.take(argv.slice(1), workingDirectory);
  });
  for (const text of openedEarly) openings.take([text], '/');
  takeOpened = (text) => {
    showWindow(window);
    openings.take([text], '/');
  };
  app.on('window-all-closed', () => app.quit());
  app.on('will-quit', () => hub.end());
  clearClipboardOnQuit();
}

/** What a page is told before it is connected. */
function told(): Told {
  const { preferences, director, page, seenUntil } = openWindowMemory(directory).read();
  return { sight: firstSight(directory), preferences, director, page, seenUntil, version: app.getVersion() };
}

/** Only web addresses leave the window. */
function openAddress(url: string): void {
  if (!URL.canParse(url)) return;
  const { protocol, href } = new URL(url);
  if (protocol === 'http:' || protocol === 'https:') void shell.openExternal(href);
}

async function tellThatTheHubFails(): Promise<void> {
  await dialog.showMessageBox({
    type: 'error',
    title: 'ConPaaS Desktop',
    message: 'The process that keeps the connections fails again and again.',
    detail:
      'Your applications go on running. Start the window anew; if that does not help, run it from a terminal to see why.',
  });
}

async function confirmStop(window: BrowserWindow, running: number, stop: () => void): Promise<void> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'question',
    title: 'Stop everything',
    message:
      running === 0
        ? 'Stop the director on this computer?'
        : `Stop ${running === 1 ? 'the running application' : `all ${running} running applications`} and the director?`,
    detail: 'Code and data are kept. They start again when you say so.',
    buttons: ['Stop everything', 'Cancel'],
    defaultId: 1,
    cancelId: 1,
  });
  if (response === 0) stop();
}
