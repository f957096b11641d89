/** What can be done on every page. */
import { useMemo } from 'react';
import { pages } from '../pages.ts';
import { toggleDock, toggleDockSize } from '../stores/dock.ts';
import { go, type Route } from '../stores/route.ts';
import type { Action } from './action.ts';
import { showHelp, showPalette, showShortcuts } from './overlays.ts';
import { type ActionTexts, useActionTexts } from './texts.ts';
import { useActions } from './use-actions.ts';

/** Puts it into the table for the life of the window. */
export function useWindowActions(): void {
  const texts = useActionTexts();
  useActions(useMemo(() => windowActions(texts), [texts]));
}

/** Those whose page there is. */
function windowActions({ window, pages: names }: ActionTexts): readonly Action[] {
  const goTo = (page: 'applications' | 'activity' | 'clouds' | 'security' | 'settings' | 'methods') => {
    const route: Route = { page };
    return { id: page, title: names[page], run: () => go(route) };
  };
  const all: readonly Action[] = [
    {
      id: 'new-application',
      title: window.newApplication,
      shortcut: 'Mod+N',
      menu: 'file',
      run: () => go({ page: 'new' }),
    },
    { ...goTo('settings'), shortcut: 'Mod+,', menu: 'file' },
    { ...goTo('applications'), shortcut: 'Mod+1', menu: 'view' },
    { ...goTo('activity'), shortcut: 'Mod+2', menu: 'view' },
    { ...goTo('clouds'), shortcut: 'Mod+3', menu: 'view' },
    { ...goTo('security'), shortcut: 'Mod+4', menu: 'view' },
    { id: 'palette', title: window.palette, shortcut: 'Mod+K', menu: 'view', run: showPalette },
    { id: 'toggle-dock', title: window.dock, shortcut: 'Mod+J', menu: 'view', run: toggleDock },
    { id: 'toggle-dock-size', title: window.dockSize, shortcut: 'Shift+Mod+J', menu: 'view', run: toggleDockSize },
    { id: 'help', title: window.help, shortcut: 'F1', menu: 'help', run: showHelp },
    { id: 'shortcuts', title: window.keys, shortcut: '?', menu: 'help', run: showShortcuts },
    { ...goTo('methods'), menu: 'help' },
  ];
  return all.filter(
    ({ id }) => !['clouds', 'security'].includes(id) || pages[id as 'clouds' | 'security'] !== undefined,
  );
}
