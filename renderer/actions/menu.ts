/** Shows the table of actions in the program's menu. */
import { useEffect } from 'react';
import type { MenuEntry } from '../../main/desktop.ts';
import { desktop } from '../hub/desktop.ts';
import { type Action, allActions, useActionTable } from './action.ts';

export function useMenu(): void {
  const table = useActionTable();
  useEffect(() => {
    const entries = allActions(table).flatMap(entryOf);
    // A page mounts and registers in bursts: the menu is made once for all of them.
    const soon = setTimeout(() => void desktop.setMenu(entries), 50);
    return () => clearTimeout(soon);
  }, [table]);
}

function entryOf({ id, title, shortcut, disabled, menu = 'page' }: Action): MenuEntry[] {
  if (menu === 'none') return [];
  return [{ id, title, menu, ...(shortcut === undefined ? {} : { shortcut }), ...(disabled ? { disabled } : {}) }];
}
