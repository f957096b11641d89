/** The dock at the foot of the window: logs, terminals and operations that outlive navigation. */
import { create } from 'zustand';

interface Tab {
  /** One tab each: opening it again shows the one there is. */
  readonly key: string;
  readonly title: string;
}

export interface LogTab extends Tab {
  readonly kind: 'log';
  readonly application: string;
  readonly service?: string;
  readonly node?: string;
}

export interface OperationTab extends Tab {
  readonly kind: 'operation';
  readonly operation: string;
}

export interface TerminalTab extends Tab {
  readonly kind: 'terminal';
  readonly application: string;
  readonly node: string;
}

/** A new kind is a member here and a component in `dock/kinds.ts`. */
export type DockTab = LogTab | OperationTab | TerminalTab;

interface DockStore {
  readonly tabs: readonly DockTab[];
  readonly active: string | undefined;
  readonly open: boolean;
  readonly maximised: boolean;
}

export const useDock = create<DockStore>(() => ({ tabs: [], active: undefined, open: false, maximised: false }));

/** A log to open in the dock: of an application, of one of its services, or of a node. */
export function logTab(of: Omit<LogTab, 'kind' | 'key'>): LogTab {
  return { ...of, kind: 'log', key: ['log', of.application, of.service, of.node].join('/') };
}

export function operationTab({ id, title }: { readonly id: string; readonly title: string }): OperationTab {
  return { kind: 'operation', key: `operation/${id}`, title, operation: id };
}

let terminals = 0;

/** A new terminal on a node: there may be several. */
export function terminalTab({ application, node }: Pick<TerminalTab, 'application' | 'node'>): TerminalTab {
  terminals += 1;
  return { kind: 'terminal', key: `terminal/${terminals}`, title: node, application, node };
}

/** Shows a tab; opens the dock where it is closed. */
export function openInDock(tab: DockTab): void {
  useDock.setState(({ tabs }) => ({
    tabs: tabs.some(({ key }) => key === tab.key) ? tabs : [...tabs, tab],
    active: tab.key,
    open: true,
  }));
}

export function closeDockTab(key: string): void {
  useDock.setState(({ tabs, active, open }) => {
    const rest = tabs.filter((tab) => tab.key !== key);
    return { tabs: rest, active: active === key ? rest.at(-1)?.key : active, open: open && rest.length > 0 };
  });
}

export function toggleDock(): void {
  useDock.setState(({ open, tabs }) => ({ open: !open && tabs.length > 0 }));
}

export function toggleDockSize(): void {
  useDock.setState(({ maximised }) => ({ maximised: !maximised }));
}
