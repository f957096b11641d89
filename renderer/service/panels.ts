/** Panels that service types add to their page: one entry a type, loaded when it is opened. */
import type { LazyTab } from '../components/tabs.tsx';
import type { ServiceTabProps } from './tabs.ts';
import type { ServiceTexts } from './texts.ts';

interface Panel {
  /** The service type. */
  readonly type: string;
  readonly title: keyof ServiceTexts['panels'];
  readonly load: LazyTab<ServiceTabProps>['load'];
}

const panels: readonly Panel[] = [
  { type: 'mysql', title: 'database', load: async () => (await import('./mysql/mysql-panel.tsx')).MysqlPanel },
];

export function panelTabs(titles: ServiceTexts['panels']): readonly LazyTab<ServiceTabProps>[] {
  return panels.map(({ type, title, load }) => ({
    id: 'panel',
    title: titles[title],
    load,
    shown: ({ service }) => service.type === type,
  }));
}
