/** The few things a page asks of the main process. Every sender and every argument is checked. */
import { writeFile } from 'node:fs/promises';
import {
  app,
  BrowserWindow,
  clipboard,
  dialog,
  type FileFilter,
  type IpcMainInvokeEvent,
  ipcMain,
  nativeTheme,
} from 'electron';
import { z } from 'zod';
import type { About } from '../desktop.ts';
import { isOurs } from './guards.ts';
import type { HubProcess } from './hub-process.ts';
import type { WindowMemory } from './window-memory.ts';

const filters: Readonly<Record<'manifest' | 'archive' | 'folder' | 'dump', FileFilter[]>> = {
  manifest: [{ name: 'Manifests', extensions: ['json'] }],
  archive: [{ name: 'Archives', extensions: ['zip', 'tar', 'gz', 'tgz', 'bz2', 'xz'] }],
  folder: [],
  dump: [{ name: 'Dumps', extensions: ['sql', 'gz'] }],
};

const nothing = z.undefined();

export interface PageServices {
  readonly hub: HubProcess;
  readonly memory: WindowMemory;
  readonly dataDirectory: string;
}

export function answerPages({ hub, memory, dataDirectory }: PageServices): void {
  answer('connect', nothing, (_none, event) => hub.connect(event.sender));
  answer('offer-files', z.array(z.string().min(1)).max(100), (paths) => hub.offer(paths));
  answer('choose-files', z.enum(['manifest', 'archive', 'folder', 'dump']), async (what, event) => {
    const chosen = await dialog.showOpenDialog(windowOf(event), {
      properties: [what === 'folder' ? 'openDirectory' : 'openFile'],
      filters: filters[what],
    });
    return hub.offer(chosen.filePaths);
  });
  answer(
    'save-text',
    z.strictObject({ name: z.string().max(200), text: z.string().max(10_000_000) }),
    async (file, event) => {
      const { filePath } = await dialog.showSaveDialog(windowOf(event), {
        defaultPath: file.name.replaceAll(/[/\\]/g, '-'),
      });
      if (!filePath) return false;
      await writeFile(filePath, file.text);
      return true;
    },
  );
  answer('choose-target', z.string().min(1).max(200), async (name, event) => {
    const { filePath } = await dialog.showSaveDialog(windowOf(event), { defaultPath: name.replaceAll(/[/\\]/g, '-') });
    return filePath ? hub.offerTarget(filePath) : [];
  });
  answer('copy-text', z.string().max(10_000_000), (text) => clipboard.writeText(text));
  answer('set-theme', z.enum(['system', 'light', 'dark']), (theme) => {
    nativeTheme.themeSource = theme;
    memory.change({ theme });
  });
  answer(
    'about',
    nothing,
    (): About => ({ version: app.getVersion(), electron: process.versions.electron, dataDirectory }),
  );
}

function answer<Schema extends z.ZodType>(
  channel: string,
  schema: Schema,
  work: (params: z.output<Schema>, event: IpcMainInvokeEvent) => unknown,
): void {
  ipcMain.handle(channel, (event, params: unknown) => {
    const frame = event.senderFrame;
    if (!frame || frame !== event.sender.mainFrame || !isOurs(frame.url))
      throw new Error(`${channel}: not for this page`);
    return work(schema.parse(params), event);
  });
}

function windowOf(event: IpcMainInvokeEvent): BrowserWindow {
  const window = BrowserWindow.fromWebContents(event.sender);
  if (!window) throw new Error('the page has no window');
  return window;
}
