/** The tabs of a service, in their order: nodes, code, configuration, the panel of its type, logs, metrics, methods. */
import type { ApplicationSummary, ServiceInfo } from '../../remote/core/contract/application.ts';
import type { LazyTab } from '../components/tabs.tsx';
import { panelTabs } from './panels.ts';

export interface ServiceTabProps {
  readonly application: ApplicationSummary;
  readonly service: ServiceInfo;
  /** Reads the service again at once, after a change. */
  readonly onChanged: () => void;
}

export const serviceTabs: readonly LazyTab<ServiceTabProps>[] = [
  { id: 'nodes', title: 'Nodes', load: async () => (await import('./nodes-tab.tsx')).NodesTab },
  {
    id: 'code',
    title: 'Code',
    load: async () => (await import('./code-tab.tsx')).CodeTab,
    shown: ({ service }) => service.code !== undefined,
  },
  {
    id: 'configuration',
    title: 'Configuration',
    load: async () => (await import('./configuration-tab.tsx')).ConfigurationTab,
  },
  ...panelTabs,
  { id: 'logs', title: 'Logs', load: async () => (await import('../logs/service-logs-tab.tsx')).ServiceLogsTab },
  { id: 'metrics', title: 'Metrics', load: async () => (await import('../metrics/metrics-tabs.tsx')).ServiceMetrics },
  { id: 'methods', title: 'Methods', load: async () => (await import('./methods-tab.tsx')).MethodsTab },
];
