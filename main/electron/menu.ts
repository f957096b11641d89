/** The program's menu: what the page can do, from its table of actions, and what every program has. */
import { Menu, type MenuItemConstructorOptions } from 'electron';
import type { MenuEntry } from '../desktop.ts';

export interface MenuActions {
  /** The page does the action of this id. */
  page(action: string): void;
  stopEverything(): void;
}

/** Makes the menu anew. @param entries what the page can do now */
export function setMenu(actions: MenuActions, entries: readonly MenuEntry[] = []): void {
  const of = (menu: MenuEntry['menu']): MenuItemConstructorOptions[] =>
    entries
      .filter((entry) => entry.menu === menu)
      .map(({ id, title, shortcut, disabled }) => ({
        label: title.replaceAll('&', '&&'),
        enabled: !disabled,
        click: () => actions.page(id),
        // Shown here; the page itself listens for the keys.
        ...(shortcut ? { accelerator: accelerator(shortcut), registerAccelerator: false } : {}),
      }));
  const page = of('page');
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      {
        label: '&File',
        submenu: [
          ...of('file'),
          { type: 'separator' },
          { label: 'Stop &everything…', click: () => actions.stopEverything() },
          { type: 'separator' },
          { role: 'quit' },
        ],
      },
      {
        label: '&Edit',
        submenu: [
          { role: 'undo' },
          { role: 'redo' },
          { type: 'separator' },
          { role: 'cut' },
          { role: 'copy' },
          { role: 'paste' },
          { role: 'selectAll' },
        ],
      },
      ...(page.length > 0 ? [{ label: '&Page', submenu: page }] : []),
      {
        label: '&View',
        submenu: [
          ...of('view'),
          { type: 'separator' },
          { role: 'zoomIn' },
          { role: 'zoomOut' },
          { role: 'resetZoom' },
          { role: 'togglefullscreen' },
          { type: 'separator' },
          { role: 'reload' },
          { role: 'toggleDevTools' },
        ],
      },
      { label: '&Window', submenu: [{ role: 'minimize' }, { role: 'close' }] },
      { label: '&Help', submenu: of('help') },
    ]),
  );
}

/** Our notation in Electron's. Pure. See https://www.electronjs.org/docs/latest/api/accelerator */
export function accelerator(shortcut: string): string {
  return shortcut.replace('Mod+', 'CmdOrCtrl+');
}
