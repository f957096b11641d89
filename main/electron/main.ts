/** The desktop's main process: one window on a data directory, its guards, its menu, and the hub beside it. */
import path from 'node:path';
import { app, type BrowserWindow, dialog, nativeTheme, session, shell } from 'electron';
import { firstSight } from '../remembered.ts';
import { dataDirectory } from '../store/index.ts';
import { guardAllContents, guardSession } from './guards.ts';
import { startHub } from './hub-process.ts';
import { answerPages } from './ipc.ts';
import { setMenu } from './menu.ts';
import { registerScheme, serveApp } from './protocol.ts';
import { useSecret } from './secrets.ts';
import { createWindow } from './window.ts';
import { openWindowMemory } from './window-memory.ts';

/** dist/main/electron/ */
const here = import.meta.dirname;
const directory = dataDirectory();

// Chromium's own files, and with them the lock that keeps a second window off the same data directory.
app.setPath('userData', path.join(directory, 'window'));
registerScheme();
guardAllContents();

if (app.requestSingleInstanceLock()) void app.whenReady().then(start);
else app.quit();

function start(): void {
  const memory = openWindowMemory(directory);
  nativeTheme.themeSource = memory.read().theme;
  let running = 0;
  guardSession(session.defaultSession);
  const seen = firstSight(directory);
  serveApp(session.defaultSession, path.resolve(here, '../../renderer'), () => firstSight(directory));

  const hub = startHub(path.join(here, '../hub.mjs'), {
    open: openAddress,
    running: (applications) => {
      running = applications;
    },
    secret: (how, title, secret) => void useSecret(window, how, title, secret),
    gaveUp: () => void tellThatTheHubFails(),
  });
  // A page that has something to show connects once that is painted; one that has not waits for the hub.
  if (!seen) hub.start();
  answerPages({ hub, memory, dataDirectory: directory });

  const window = createWindow({
    preload: path.join(here, '../preload.cjs'),
    memory,
    runningApplications: () => running,
  });
  setMenu({
    page: (action) => window.webContents.send('menu', action),
    stopEverything: () => void confirmStop(window, running, hub.stopEverything),
  });
  app.on('second-instance', () => {
    if (window.isMinimized()) window.restore();
    window.focus();
  });
  app.on('window-all-closed', () => app.quit());
  app.on('will-quit', () => hub.end());
}

/** Only web addresses leave the window. */
function openAddress(url: string): void {
  const { protocol } = new URL(url);
  if (protocol === 'http:' || protocol === 'https:') void shell.openExternal(url);
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
