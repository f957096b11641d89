/** What can be done, in one table: the palette, the menu and the shortcuts read it. */
import { create } from 'zustand';

export interface Action {
  /** Unique among those that are there at the same time, e.g. `application.stop`. */
  readonly id: string;
  /** As in a menu: "Stop guestbook", "Rename guestbook…". */
  readonly title: string;
  /**
   * Keys: `N`, `/`, `Mod+K` (Ctrl, or ⌘ on a Mac), `Shift+Mod+P`, `F1`. Without a modifier it works outside of fields and
   * dialogs only.
   */
  readonly shortcut?: string | undefined;
  /** The `conpaas` command that does the same, e.g. `conpaas stop guestbook`. */
  readonly command?: string | undefined;
  /** The menu of the program that shows it; that of the page where absent. */
  readonly menu?: 'file' | 'view' | 'help' | 'page' | 'none' | undefined;
  /** Shown, but not now to be chosen. */
  readonly disabled?: boolean | undefined;
  run(): unknown;
}

interface ActionsStore {
  /** By who registered them, in the order in which they came. */
  readonly owners: ReadonlyMap<symbol, readonly Action[]>;
  /** Nothing can be done now but what covers the window. */
  readonly held: boolean;
}

export const useActionTable = create<ActionsStore>(() => ({ owners: new Map(), held: false }));

export function putActions(owner: symbol, actions: readonly Action[] | undefined): void {
  useActionTable.setState(({ owners }) => {
    const next = new Map(owners);
    if (actions) next.set(owner, actions);
    else next.delete(owner);
    return { owners: next };
  });
}

/** Takes all actions away, from the keys and the menu too. @returns what gives them back */
export function holdActions(): () => void {
  useActionTable.setState({ held: true });
  return () => useActionTable.setState({ held: false });
}

/** All actions that are there now; those of the page before those of the window. */
export function allActions({ owners, held }: ActionsStore = useActionTable.getState()): readonly Action[] {
  if (held) return [];
  return [...owners.values()].toReversed().flat();
}
