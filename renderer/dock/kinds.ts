/** What the dock can show; each kind is loaded when it is first opened. */
import type { ComponentType } from 'react';
import type { DockTab } from '../stores/dock.ts';

export type DockContent<Kind extends DockTab['kind']> = ComponentType<{
  readonly tab: Extract<DockTab, { kind: Kind }>;
}>;

export const dockKinds: { readonly [Kind in DockTab['kind']]: () => Promise<DockContent<Kind>> } = {
  log: async () => (await import('../logs/dock-log.tsx')).DockLog,
  operation: async () => (await import('./operation-view.tsx')).OperationView,
  terminal: async () => (await import('../terminal/terminal-view.tsx')).TerminalView,
};
