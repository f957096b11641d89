/** The tabs of a service, in their order: nodes, code, configuration, the panel of its type, logs, metrics, methods. */
import type { ApplicationSummary, ServiceInfo } from '../../remote/core/contract/application.ts';
import type { LazyTab } from '../components/tabs.tsx';
import { panelTabs } from './panels.ts';
import type { ServiceTexts } from './texts.ts';

export interface ServiceTabProps {
  readonly application: ApplicationSummary;
  readonly service: ServiceInfo;
  /** Reads the service again at once, after a change. */
  readonly onChanged: () => void;
}

/** @param texts what they are called */
export function serviceTabs({ tabs, panels }: ServiceTexts): readonly LazyTab<ServiceTabProps>[] {
  return [
    { id: 'nodes', title: tabs.nodes, load: loads.nodes },
    { id: 'code', title: tabs.code, load: loads.code, shown: ({ service }) => service.code !== undefined },
    { id: 'configuration', title: tabs.configuration, load: loads.configuration },
    ...panelTabs(panels),
    { id: 'logs', title: tabs.logs, load: loads.logs },
    { id: 'metrics', title: tabs.metrics, load: loads.metrics },
    { id: 'methods', title: tabs.methods, load: loads.methods },
  ];
}

const loads = {
  nodes: async () => (await import('./nodes-tab.tsx')).NodesTab,
  code: async () => (await import('./code-tab.tsx')).CodeTab,
  configuration: async () => (await import('./configuration-tab.tsx')).ConfigurationTab,
  logs: async () => (await import('../logs/service-logs-tab.tsx')).ServiceLogsTab,
  metrics: async () => (await import('../metrics/metrics-tabs.tsx')).ServiceMetrics,
  methods: async () => (await import('./methods-tab.tsx')).MethodsTab,
};
