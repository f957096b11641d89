/** Tabs of the Activity page. */
import type { LazyTab } from '../components/tabs.tsx';

export const activityTabs: readonly LazyTab<object>[] = [
  { id: 'operations', title: 'Operations', load: async () => (await import('./operations-tab.tsx')).OperationsTab },
  { id: 'events', title: 'Events', load: async () => (await import('./events-tab.tsx')).EventsTab },
  { id: 'audit', title: 'Audit', load: async () => (await import('./audit-tab.tsx')).AuditTab },
];
