/** The tabs of an application, in their order: overview, logs, metrics, history, manifest, settings. */
import type { ApplicationSummary } from '../../remote/core/contract/application.ts';
import type { LazyTab } from '../components/tabs.tsx';
import type { ApplicationTexts } from './texts.ts';

export interface ApplicationTabProps {
  readonly application: ApplicationSummary;
}

const loads = {
  overview: async () => (await import('./overview-tab.tsx')).OverviewTab,
  logs: async () => (await import('../logs/application-logs-tab.tsx')).ApplicationLogsTab,
  metrics: async () => (await import('../metrics/metrics-tabs.tsx')).ApplicationMetrics,
  history: async () => (await import('../history/history-tab.tsx')).HistoryTab,
  manifest: async () => (await import('../editor/manifest-tab.tsx')).ManifestTab,
  settings: async () => (await import('./settings-tab.tsx')).SettingsTab,
};
const order = ['overview', 'logs', 'metrics', 'history', 'manifest', 'settings'] as const;

export function applicationTabs(titles: ApplicationTexts['tabs']): readonly LazyTab<ApplicationTabProps>[] {
  return order.map((id) => ({ id, title: titles[id], load: loads[id] }));
}
