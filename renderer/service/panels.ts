/** Panels that service types add to their page: one entry a type, loaded when it is opened. */
import type { LazyTab } from '../components/tabs.tsx';
import type { ServiceTabProps } from './tabs.ts';
import type { ServiceTexts } from './texts.ts';

interface Panel {
  /** The service type. */
  readonly type: string;
  readonly called: keyof ServiceTexts['panels'];
  readonly load: LazyTab<ServiceTabProps>['load'];
}

const panels: readonly Panel[] = [
  { type: 'mysql', called: 'database', load: async () => (await import('./mysql/mysql-panel.tsx')).MysqlPanel },
];

export function panelTabs(titles: ServiceTexts['panels']): readonly LazyTab<ServiceTabProps>[] {
  return panels.map(({ type, called, load }) => ({
    id: 'panel',
    title: titles[called],
    load,
    shown: ({ service }) => service.type === type,
  }));
}
