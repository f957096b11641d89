/** The window: hardened, of the size it had, closed with a word about what goes on without it. */
import path from 'node:path';
import { BrowserWindow, dialog, nativeTheme } from 'electron';
import { origin } from './protocol.ts';
import type { WindowMemory } from './window-memory.ts';

export interface WindowOptions {
  readonly preload: string;
  readonly memory: WindowMemory;
  /** Applications that go on running when the window closes. */
  runningApplications(): number;
}

export function createWindow(options: WindowOptions): BrowserWindow {
  const { width, height } = options.memory.read();
  const window = new BrowserWindow({
    width,
    height,
    minWidth: 640,
    minHeight: 480,
    show: false,
    title: 'ConPaaS Desktop',
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#12161c' : '#f6f7f9',
    webPreferences: {
      preload: path.resolve(options.preload),
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
    },
  });
  window.once('ready-to-show', () => window.show());
  window.on('close', (event) => {
    const [newWidth = width, newHeight = height] = window.getNormalBounds
      ? [window.getNormalBounds().width, window.getNormalBounds().height]
      : window.getSize();
    options.memory.change({ width: newWidth, height: newHeight });
    if (options.memory.read().toldThatApplicationsGoOn || options.runningApplications() === 0) return;
    event.preventDefault();
    options.memory.change({ toldThatApplicationsGoOn: true });
    void tellThatApplicationsGoOn(window, options.runningApplications());
  });
  void window.loadURL(`${origin}/`);
  return window;
}

/** Said once in the life of an installation. */
async function tellThatApplicationsGoOn(window: BrowserWindow, count: number): Promise<void> {
  await dialog.showMessageBox(window, {
    type: 'info',
    title: 'ConPaaS Desktop',
    message: count === 1 ? 'Your application goes on running.' : `Your ${count} applications go on running.`,
    detail:
      'Closing the window stops nothing. To stop them, choose “Stop everything” in the File menu. This is said only once.',
    buttons: ['Close the window'],
  });
  window.destroy();
}
