/** The dock at the foot of the window: logs that outlive navigation. */
import { create } from 'zustand';

export interface LogTab {
  readonly key: string;
  readonly title: string;
  readonly application: string;
  readonly service?: string;
  readonly node?: string;
}

interface DockStore {
  readonly tabs: readonly LogTab[];
  readonly active: string | undefined;
  readonly open: boolean;
}

export const useDock = create<DockStore>(() => ({ tabs: [], active: undefined, open: false }));

export function followLog(tab: Omit<LogTab, 'key'>): void {
  const key = [tab.application, tab.service, tab.node].join('/');
  useDock.setState(({ tabs }) => ({
    tabs: tabs.some((other) => other.key === key) ? tabs : [...tabs, { ...tab, key }],
    active: key,
    open: true,
  }));
}

export function closeLog(key: string): void {
  useDock.setState(({ tabs, active, open }) => {
    const rest = tabs.filter((tab) => tab.key !== key);
    return { tabs: rest, active: active === key ? rest.at(-1)?.key : active, open: open && rest.length > 0 };
  });
}

export function toggleDock(): void {
  useDock.setState(({ open, tabs }) => ({ open: !open && tabs.length > 0 }));
}
