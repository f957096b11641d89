/** The window: hardened, where and as it was, closed with a word about what goes on without it. */
import path from 'node:path';
import { BrowserWindow, dialog, nativeTheme, screen } from 'electron';
import { place } from './placement.ts';
import { origin } from './protocol.ts';
import { type MainTexts, mainTexts } from './texts.ts';
import type { WindowMemory } from './window-memory.ts';

export interface WindowOptions {
  readonly preload: string;
  readonly memory: WindowMemory;
  /** Applications that go on running when the window closes. */
  runningApplications(): number;
}

/** A moved window is remembered so long after its last movement, ms. */
const settledMs = 500;

export function createWindow(options: WindowOptions): BrowserWindow {
  const saved = options.memory.read();
  const screens = [screen.getPrimaryDisplay(), ...screen.getAllDisplays()].map(({ workArea }) => workArea);
  const window = new BrowserWindow({
    ...place(saved, screens),
    minWidth: 640,
    minHeight: 480,
    show: false,
    title: 'ConPaaS Desktop',
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#0f1319' : '#fafbfc',
    webPreferences: {
      preload: path.resolve(options.preload),
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
      zoomFactor: saved.zoom,
      // Lists and logs go on while the window is covered, but Chromium may save its timers and frames.
      backgroundThrottling: true,
    },
  });
  // No page has a use for it, and it tells addresses of this computer.
  window.webContents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp');
  if (saved.maximised) window.maximize();
  reloadAfterCrash(window);
  window.once('ready-to-show', () => window.show());
  const keepPlace = (): void => {
    if (window.isDestroyed()) return;
    options.memory.change({
      ...window.getNormalBounds(),
      maximised: window.isMaximized(),
      zoom: window.webContents.getZoomFactor(),
    });
  };
  let settled: NodeJS.Timeout | undefined;
  const moved = (): void => {
    clearTimeout(settled);
    settled = setTimeout(keepPlace, settledMs);
  };
  window.on('resize', moved);
  window.on('move', moved);
  window.on('close', (event) => {
    clearTimeout(settled);
    keepPlace();
    if (options.memory.read().toldThatApplicationsGoOn || options.runningApplications() === 0) return;
    event.preventDefault();
    options.memory.change({ toldThatApplicationsGoOn: true });
    void tellThatApplicationsGoOn(window, options.runningApplications(), mainTexts(options.memory.read().preferences));
  });
  void window.loadURL(`${origin}/`);
  return window;
}

/** Crashes of the page within this time before it is left alone. */
const patience = { crashes: 3, withinMs: 60_000 };

/** A page that crashed is loaded again where it was; what was typed there is with the hub. */
function reloadAfterCrash(window: BrowserWindow): void {
  let crashes: number[] = [];
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit') return;
    const now = performance.now();
    crashes = [...crashes.filter((time) => now - time < patience.withinMs), now];
    if (crashes.length <= patience.crashes) window.webContents.reload();
  });
}

/** Said once in the life of an installation. */
async function tellThatApplicationsGoOn(
  window: BrowserWindow,
  count: number,
  { program, goingOn }: MainTexts,
): Promise<void> {
  await dialog.showMessageBox(window, {
    type: 'info',
    title: program,
    message: goingOn.said(count),
    detail: goingOn.text,
    buttons: [goingOn.action],
  });
  window.destroy();
}

/** Brings it to the front. */
export function showWindow(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}
