/** What can be done on every page. The ids of these are what the menu of the program sends. */
import { toggleDock } from '../stores/dock.ts';
import { go } from '../stores/route.ts';
import type { Action } from './action.ts';

export const windowActions: readonly Action[] = [
  { id: 'new-application', title: 'New application…', shortcut: 'Mod+N', run: () => go({ page: 'new' }) },
  { id: 'applications', title: 'Go to Applications', shortcut: 'Mod+1', run: () => go({ page: 'applications' }) },
  { id: 'activity', title: 'Go to Activity', shortcut: 'Mod+2', run: () => go({ page: 'activity' }) },
  { id: 'settings', title: 'Settings', shortcut: 'Mod+,', run: () => go({ page: 'settings' }) },
  { id: 'toggle-dock', title: 'Show or hide the dock', shortcut: 'Mod+J', run: toggleDock },
  { id: 'help', title: 'Help', shortcut: 'F1', run: () => go({ page: 'help' }) },
  { id: 'methods', title: 'Methods of the contract', run: () => go({ page: 'methods' }) },
];
