/** The application's menu. */
import { Menu, type MenuItemConstructorOptions } from 'electron';

export interface MenuActions {
  /** Goes to the page: `new-application`, `help` ... */
  page(action: string): void;
  stopEverything(): void;
}

export function setMenu(actions: MenuActions): void {
  const to = (label: string, action: string, accelerator?: string): MenuItemConstructorOptions => ({
    label,
    click: () => actions.page(action),
    ...(accelerator ? { accelerator } : {}),
  });
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      {
        label: '&File',
        submenu: [
          to('&New application…', 'new-application', 'CmdOrCtrl+N'),
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
      {
        label: '&View',
        submenu: [
          to('&Applications', 'applications', 'CmdOrCtrl+1'),
          to('A&ctivity', 'activity', 'CmdOrCtrl+2'),
          to('&Settings', 'settings', 'CmdOrCtrl+,'),
          to('Show or hide the &logs', 'toggle-dock', 'CmdOrCtrl+J'),
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
      { label: '&Help', submenu: [to('&Help', 'help', 'F1'), to('&Methods of the contract', 'methods')] },
    ]),
  );
}
