/**
 * What serves the window beyond its first sight: the hub, answers to pages, links and files to open, updates, the lock
 * after idling. Loaded once the window is painted, or earlier when a page asks first: nothing here is waited for by it.
 */
import path from 'node:path';
import { app, type BrowserWindow, dialog, shell } from 'electron';
import type { Answers } from './channels.ts';
import { startHub } from './hub-process.ts';
import { watchIdle } from './idle-lock.ts';
import { setMenu } from './menu.ts';
import { createOpenings, type Openings } from './openings.ts';
import { pageAnswers } from './page-answers.ts';
import { followProxy } from './proxy.ts';
import { clearClipboardOnQuit, usePassword } from './secrets.ts';
import { type MainTexts, mainTexts } from './texts.ts';
import { openUpdates } from './updates.ts';
import type { WindowMemory } from './window-memory.ts';

export interface ServicesOptions {
  readonly window: BrowserWindow;
  readonly memory: WindowMemory;
  readonly dataDirectory: string;
  /** Applications that go on when the window closes: told whenever it is another number. */
  running(applications: number): void;
}

export interface Services {
  readonly openings: Openings;
  readonly answers: Answers;
}

export function startServices({ window, memory, dataDirectory, running }: ServicesOptions): Services {
  const texts = (): MainTexts => mainTexts(memory.read().preferences);
  let goingOn = 0;
  const hub = startHub(path.join(import.meta.dirname, '../hub.mjs'), {
    open: openAddress,
    running: (applications) => {
      goingOn = applications;
      running(applications);
    },
    password: (how, service, password) => void usePassword(window, how, service, password, texts()),
    lockPolicy: (afterMs) => idle.setPolicy(afterMs),
    gaveUp: () => void tellThatTheHubFails(texts()),
  });
  hub.start();
  const idle = watchIdle(hub.lock);
  const openings = createOpenings({ hub, send: (opening) => window.webContents.send('opening', opening) });
  const menuActions = {
    page: (action: string) => window.webContents.send('menu', action),
    stopEverything: () => void confirmStop(window, goingOn, hub.stopEverything, texts()),
  };
  setMenu(texts().menu, menuActions);
  const answers = pageAnswers({
    hub,
    openings,
    memory,
    updates: openUpdates({
      preferences: () => memory.read().preferences,
      changed: (state) => window.webContents.send('update', state),
    }),
    dataDirectory,
    showMenu: (entries) => setMenu(texts().menu, menuActions, entries),
    proxyChanged: followProxy(
      () => memory.read().preferences.proxy,
      (line) => process.stderr.write(`${line}\n`),
    ),
  });
  app.on('will-quit', () => hub.end());
  clearClipboardOnQuit();
  return { openings, answers };
}

/** Only web addresses leave the window. */
function openAddress(url: string): void {
  if (!URL.canParse(url)) return;
  const { protocol, href } = new URL(url);
  if (protocol === 'http:' || protocol === 'https:') void shell.openExternal(href);
}

async function tellThatTheHubFails({ program, hubFails }: MainTexts): Promise<void> {
  await dialog.showMessageBox({
    type: 'error',
    title: program,
    message: hubFails.said,
    detail: hubFails.text,
  });
}

async function confirmStop(
  window: BrowserWindow,
  running: number,
  stop: () => void,
  { stop: texts, cancel }: MainTexts,
): Promise<void> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'question',
    title: texts.title,
    message: texts.question(running),
    detail: texts.text,
    buttons: [texts.action, cancel],
    defaultId: 1,
    cancelId: 1,
  });
  if (response === 0) stop();
}
