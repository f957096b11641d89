/**
 * The desktop's main process: one window on a data directory, with its guards. What is imported here is what the first
 * paint waits for; the rest is in `services.ts`.
 */
import path from 'node:path';
import { app, nativeTheme, session } from 'electron';
import type { Told } from '../desktop.ts';
import { firstSight } from '../first-sight.ts';
import { hiddenSwitch } from '../keychain/hidden-switch.ts';
import { dataDirectory } from '../store/data-directory.ts';
import { listenToPages } from './channels.ts';
import { guardAllContents, guardSession, mayBeDebugged } from './guards.ts';
import { registerScheme, serveApp } from './protocol.ts';
import type { Services } from './services.ts';
import { createWindow, showWindow } from './window.ts';
import { openWindowMemory, type WindowMemory } from './window-memory.ts';

/** dist/main/electron/ */
const here = import.meta.dirname;
const directory = dataDirectory();

// Chromium's own files, and with them the lock that keeps a second window off the same data directory.
app.setPath('userData', path.join(directory, 'window'));
// The page has no network, and the hub has its own: updates alone use Chromium's, which is no process of its own then
// (14 MB less). Where it would be sandboxed, which it is on a Mac alone, it stays one.
if (process.platform === 'linux') app.commandLine.appendSwitch('enable-features', 'NetworkServiceInProcess2');
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
  const offer = (): void =>
    void import('./keychain-service.ts')
      .then(({ offerKeychain }) => offerKeychain(directory, () => started))
      .catch((error: unknown) => console.error(`main: commands cannot ask for the keychain: ${String(error)}`));
  // The window first: a command waits longer for the keychain than a person for a window.
  if (started) start(process.argv, process.cwd(), offer);
  else offer();
  if (started) return;
  app.on('second-instance', (_event, argv, workingDirectory) => {
    if (started || isHidden(argv)) return;
    started = true;
    start(argv, workingDirectory);
  });
}

/** @param whenServed called once the window is painted and what serves it has started */
function start(opened: readonly string[], from: string, whenServed: () => void = () => undefined): void {
  const memory = openWindowMemory(directory);
  nativeTheme.themeSource = memory.read().preferences.theme;
  guardSession(session.defaultSession);
  serveApp(session.defaultSession, path.resolve(here, '../../renderer'), () => told(memory));
  let running = 0;
  // Before all else: its page's process starts beside what follows.
  const window = createWindow({
    preload: path.join(here, '../preload.cjs'),
    memory,
    runningApplications: () => running,
  });

  let started: Promise<Services> | undefined;
  const services = (): Promise<Services> => {
    started ??= import('./services.ts').then(({ startServices }) =>
      startServices({
        window,
        memory,
        dataDirectory: directory,
        running: (applications) => {
          running = applications;
        },
      }),
    );
    return started;
  };
  listenToPages(async () => (await services()).answers);
  const show = (args: readonly string[], workingDirectory: string): void =>
    void services().then(({ openings }) => openings.take(args, workingDirectory));
  // A page that has something to show paints that first; one that has not waits for the hub.
  if (firstSight(directory)) window.once('ready-to-show', () => show(opened.slice(1), from));
  else show(opened.slice(1), from);
  window.once('ready-to-show', whenServed);

  app.on('second-instance', (_event, argv, workingDirectory) => {
    if (isHidden(argv)) return;
    showWindow(window);
    show(argv.slice(1), workingDirectory);
  });
  for (const text of openedEarly) show([text], '/');
  takeOpened = (text) => {
    showWindow(window);
    show([text], '/');
  };
  app.on('window-all-closed', () => app.quit());
}

/** What a page is told before it is connected. */
function told(memory: WindowMemory): Told {
  const { preferences, director, page, seenUntil } = memory.read();
  return { sight: firstSight(directory), preferences, director, page, seenUntil, version: app.getVersion() };
}
