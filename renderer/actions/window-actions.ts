/** What can be done on every page. */
import { pages } from '../pages.ts';
import { toggleDock, toggleDockSize } from '../stores/dock.ts';
import { go, type Route } from '../stores/route.ts';
import type { Action } from './action.ts';
import { showHelp, showPalette, showShortcuts } from './overlays.ts';

function goTo(page: 'applications' | 'activity' | 'clouds' | 'security' | 'settings' | 'methods', title: string) {
  const route: Route = { page };
  return { id: page, title, run: () => go(route) };
}

const all: readonly Action[] = [
  { id: 'new-application', title: 'New application…', shortcut: 'Mod+N', menu: 'file', run: () => go({ page: 'new' }) },
  { ...goTo('settings', 'Settings'), shortcut: 'Mod+,', menu: 'file' },
  { ...goTo('applications', 'Applications'), shortcut: 'Mod+1', menu: 'view' },
  { ...goTo('activity', 'Activity'), shortcut: 'Mod+2', menu: 'view' },
  { ...goTo('clouds', 'Clouds'), shortcut: 'Mod+3', menu: 'view' },
  { ...goTo('security', 'Security'), shortcut: 'Mod+4', menu: 'view' },
  { id: 'palette', title: 'Find and do…', shortcut: 'Mod+K', menu: 'view', run: showPalette },
  { id: 'toggle-dock', title: 'Show or hide the dock', shortcut: 'Mod+J', menu: 'view', run: toggleDock },
  {
    id: 'toggle-dock-size',
    title: 'Make the dock larger or smaller',
    shortcut: 'Shift+Mod+J',
    menu: 'view',
    run: toggleDockSize,
  },
  { id: 'help', title: 'Help on this page', shortcut: 'F1', menu: 'help', run: showHelp },
  { id: 'shortcuts', title: 'Keys', shortcut: '?', menu: 'help', run: showShortcuts },
  { ...goTo('methods', 'Methods of the contract'), menu: 'help' },
];

/** Those whose page there is. */
export const windowActions: readonly Action[] = all.filter(
  ({ id }) => !['clouds', 'security'].includes(id) || pages[id as 'clouds' | 'security'] !== undefined,
);
