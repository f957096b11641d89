/** Panels that service types add to their page: one entry a type, loaded when it is opened. */
import type { LazyTab } from '../components/tabs.tsx';
import type { ServiceTabProps } from './tabs.ts';

interface Panel {
  /** The service type. */
  readonly type: string;
  readonly title: string;
  readonly load: LazyTab<ServiceTabProps>['load'];
}

const panels: readonly Panel[] = [
  { type: 'mysql', title: 'Database', load: async () => (await import('./mysql/mysql-panel.tsx')).MysqlPanel },
];

export const panelTabs: readonly LazyTab<ServiceTabProps>[] = panels.map(({ type, title, load }) => ({
  id: 'panel',
  title,
  load,
  shown: ({ service }) => service.type === type,
}));
