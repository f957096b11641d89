/** The tabs of an application, in their order: overview, logs, metrics, history, manifest, settings. */
import type { ApplicationSummary } from '../../remote/core/contract/application.ts';
import type { LazyTab } from '../components/tabs.tsx';

export interface ApplicationTabProps {
  readonly application: ApplicationSummary;
}

export const applicationTabs: readonly LazyTab<ApplicationTabProps>[] = [
  { id: 'overview', title: 'Overview', load: async () => (await import('./overview-tab.tsx')).OverviewTab },
  {
    id: 'logs',
    title: 'Logs',
    load: async () => (await import('../logs/application-logs-tab.tsx')).ApplicationLogsTab,
  },
  {
    id: 'metrics',
    title: 'Metrics',
    load: async () => (await import('../metrics/metrics-tabs.tsx')).ApplicationMetrics,
  },
  { id: 'history', title: 'History', load: async () => (await import('../history/history-tab.tsx')).HistoryTab },
  { id: 'manifest', title: 'Manifest', load: async () => (await import('../editor/manifest-tab.tsx')).ManifestTab },
  { id: 'settings', title: 'Settings', load: async () => (await import('./settings-tab.tsx')).SettingsTab },
];
