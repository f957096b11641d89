/** Answers to the few things a page asks of the main process. Every argument is checked. */
import { writeFile } from 'node:fs/promises';
import {
  app,
  BrowserWindow,
  clipboard,
  dialog,
  type IpcMainInvokeEvent,
  Notification,
  nativeTheme,
  shell,
} from 'electron';
import { z } from 'zod';
import type { About, DiagnosticsFile, MenuEntry } from '../desktop.ts';
import { collectDiagnostics } from '../diagnostics/index.ts';
import { areSomePreferences, type Preferences } from '../preferences.ts';
import type { Answers } from './channels.ts';
import type { HubProcess } from './hub-process.ts';
import type { Openings } from './openings.ts';
import { saveZip } from './save-zip.ts';
import { type MainTexts, mainTexts } from './texts.ts';
import type { Updates } from './updates.ts';
import { showWindow } from './window.ts';
import type { WindowMemory } from './window-memory.ts';

const extensions: Readonly<Record<keyof MainTexts['files'], string[]>> = {
  manifest: ['json', 'conpaas'],
  archive: ['zip', 'tar', 'gz', 'tgz', 'bz2', 'xz'],
  sealed: ['conpaas-export', 'conpaas-access'],
  dump: ['sql', 'gz'],
};

const nothing = z.undefined();

const SomePreferences = z.custom<Partial<Preferences>>(areSomePreferences, 'There are no such preferences.');

const Place = z.strictObject({
  director: z.string().max(100).optional(),
  page: z.string().max(1000).optional(),
  seenUntil: z.number().min(0).optional(),
});
const Note = z.strictObject({ title: z.string().max(200), body: z.string().max(500), page: z.string().max(1000) });
const Entry = z.strictObject({
  id: z.string().max(100),
  title: z.string().max(200),
  shortcut: z
    .string()
    .regex(/^((Mod|Shift|Alt)\+)*(F\d{1,2}|[A-Za-z0-9,./?]|Enter|Backspace|Delete)$/)
    .optional(),
  disabled: z.boolean().optional(),
  menu: z.enum(['file', 'view', 'help', 'page']),
});

export interface PageServices {
  readonly hub: HubProcess;
  readonly openings: Openings;
  showMenu(entries: readonly MenuEntry[]): void;
  readonly memory: WindowMemory;
  readonly updates: Updates;
  readonly dataDirectory: string;
  /** The preferred proxy may be another one now. */
  proxyChanged(): Promise<void>;
}

export function pageAnswers({
  hub,
  openings,
  memory,
  updates,
  dataDirectory,
  showMenu,
  proxyChanged,
}: PageServices): Answers {
  let collected: readonly DiagnosticsFile[] = [];
  return {
    connect: answering(nothing, (_none, event) => {
      hub.connect(event.sender);
      openings.ready();
    }),
    'offer-files': answering(z.array(z.string().min(1)).max(100), (paths) => hub.offer(paths)),
    'choose-files': answering(
      z.enum(['manifest', 'archive', 'folder', 'dump', 'sealed', 'any']),
      async (what, event) => {
        const chosen = await dialog.showOpenDialog(windowOf(event), {
          properties: [what === 'folder' ? 'openDirectory' : 'openFile'],
          filters:
            what === 'folder' || what === 'any'
              ? []
              : [{ name: mainTexts(memory.read().preferences).files[what], extensions: extensions[what] }],
        });
        return hub.offer(chosen.filePaths);
      },
    ),
    'save-text': answering(
      z.strictObject({ name: z.string().max(200), text: z.string().max(10_000_000) }),
      async (file, event) => {
        const { filePath } = await dialog.showSaveDialog(windowOf(event), {
          defaultPath: file.name.replaceAll(/[/\\]/g, '-'),
        });
        if (!filePath) return false;
        await writeFile(filePath, file.text);
        return true;
      },
    ),
    'choose-target': answering(z.string().min(1).max(200), async (name, event) => {
      const { filePath } = await dialog.showSaveDialog(windowOf(event), {
        defaultPath: name.replaceAll(/[/\\]/g, '-'),
      });
      return filePath ? hub.offerTarget(filePath) : [];
    }),
    'copy-text': answering(z.string().max(10_000_000), (text) => clipboard.writeText(text)),
    'set-preferences': answering(SomePreferences, (part) => {
      const preferences = { ...memory.read().preferences, ...given(part) };
      memory.change({ preferences });
      nativeTheme.themeSource = preferences.theme;
      return proxyChanged();
    }),
    remember: answering(Place, (place) => memory.change(given(place))),
    'reset-preferences': answering(nothing, async (_none, event) => {
      memory.reset();
      nativeTheme.themeSource = memory.read().preferences.theme;
      event.sender.setZoomFactor(1);
      await proxyChanged();
      return memory.read().preferences;
    }),
    'open-data-directory': answering(nothing, async () => {
      const refused = await shell.openPath(dataDirectory);
      if (refused) throw new Error(refused);
    }),
    notify: answering(Note, ({ title, body, page }, event) => {
      const window = windowOf(event);
      if (window.isFocused() || !memory.read().preferences.notifications) return;
      const note = new Notification({ title, body });
      note.on('click', () => {
        showWindow(window);
        openings.show({ kind: 'page', page });
      });
      note.show();
    }),
    'collect-diagnostics': answering(z.string().max(200_000), async (state) => {
      collected = await collectDiagnostics({
        dataDirectory,
        preferences: memory.read().preferences,
        versions: {
          program: app.getVersion(),
          electron: process.versions.electron,
          chromium: process.versions['chrome'],
          node: process.versions.node,
        },
        state,
      });
      return collected;
    }),
    'save-diagnostics': answering(nothing, async (_none, event) => {
      const { filePath } = await dialog.showSaveDialog(windowOf(event), { defaultPath: 'conpaas-diagnostics.zip' });
      if (!filePath) return false;
      await saveZip(filePath, collected);
      return true;
    }),
    update: answering(z.enum(['tell', 'look', 'download', 'install']), async (what) => {
      if (what === 'look') return updates.look();
      if (what === 'download') return updates.download();
      if (what === 'install') updates.install();
      return updates.state();
    }),
    'set-menu': answering(z.array(Entry).max(200), (entries) => showMenu(entries)),
    about: answering(
      nothing,
      (): About => ({ version: app.getVersion(), electron: process.versions.electron, dataDirectory }),
    ),
  };
}

/** Checks what is asked. @throws Error with the place that is wrong, or what the work throws */
function answering<Schema extends z.ZodType>(
  schema: Schema,
  work: (params: z.output<Schema>, event: IpcMainInvokeEvent) => unknown,
): (params: unknown, event: IpcMainInvokeEvent) => unknown {
  return (params, event) => {
    const checked = schema.safeParse(params);
    if (checked.success) return work(checked.data, event);
    const [issue] = checked.error.issues;
    throw new Error(`${issue?.path.join('.') ?? ''} ${issue?.message ?? 'is wrong'}`.trim());
  };
}

/** The members that were given: with exact optional types an absent one is none. */
function given<T extends object>(part: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(part).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]?: Exclude<T[Key], undefined>;
  };
}

function windowOf(event: IpcMainInvokeEvent): BrowserWindow {
  const window = BrowserWindow.fromWebContents(event.sender);
  if (!window) throw new Error('the page has no window');
  return window;
}
