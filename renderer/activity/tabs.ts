/** Tabs of the Activity page. */
import type { LazyTab } from '../components/tabs.tsx';
import type { ActivityTexts } from './texts.ts';

const loads = {
  operations: async () => (await import('./operations-tab.tsx')).OperationsTab,
  events: async () => (await import('./events-tab.tsx')).EventsTab,
  audit: async () => (await import('./audit-tab.tsx')).AuditTab,
};

export function activityTabs(titles: ActivityTexts['tabs']): readonly LazyTab<object>[] {
  return (['operations', 'events', 'audit'] as const).map((id) => ({ id, title: titles[id], load: loads[id] }));
}
