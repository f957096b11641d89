/** The program's menu: what the page can do, from its table of actions, and what every program has. */
import { Menu, type MenuItemConstructorOptions } from 'electron';
import type { MenuEntry } from '../desktop.ts';
import type { MainTexts } from './texts.ts';

export interface MenuActions {
  /** The page does the action of this id. */
  page(action: string): void;
  stopEverything(): void;
}

/** Makes the menu anew. @param entries what the page can do now */
export function setMenu(texts: MainTexts['menu'], actions: MenuActions, entries: readonly MenuEntry[] = []): void {
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
  const own = (role: keyof typeof texts.roles): MenuItemConstructorOptions => {
    const { [role]: label } = texts.roles;
    return label === undefined ? { role } : { role, label };
  };
  const page = of('page');
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      {
        label: texts.file,
        submenu: [
          ...of('file'),
          { type: 'separator' },
          { label: texts.stopEverything, click: () => actions.stopEverything() },
          { type: 'separator' },
          own('quit'),
        ],
      },
      {
        label: texts.edit,
        submenu: [
          own('undo'),
          own('redo'),
          { type: 'separator' },
          own('cut'),
          own('copy'),
          own('paste'),
          own('selectAll'),
        ],
      },
      ...(page.length > 0 ? [{ label: texts.page, submenu: page }] : []),
      {
        label: texts.view,
        submenu: [
          ...of('view'),
          { type: 'separator' },
          own('zoomIn'),
          own('zoomOut'),
          own('resetZoom'),
          own('togglefullscreen'),
          { type: 'separator' },
          own('reload'),
          own('toggleDevTools'),
        ],
      },
      { label: texts.window, submenu: [own('minimize'), own('close')] },
      { label: texts.help, submenu: of('help') },
    ]),
  );
}

/** Our notation in Electron's. Pure. See https://www.electronjs.org/docs/latest/api/accelerator */
function accelerator(shortcut: string): string {
  return shortcut.replace('Mod+', 'CmdOrCtrl+');
}
