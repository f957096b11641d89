/** The Metrics tabs of an application and of a service, and the charts of one node. */
import type { NodeInfo } from '../../remote/core/contract/application.ts';
import type { ApplicationTabProps } from '../application/tabs.ts';
import type { ServiceTabProps } from '../service/tabs.ts';
import { MetricsView } from './metrics-view.tsx';

export function ApplicationMetrics({ application }: ApplicationTabProps) {
  return <MetricsView application={application} />;
}

export function ServiceMetrics({ application, service }: ServiceTabProps) {
  return <MetricsView application={application} service={service.name} />;
}

/** For a node's side panel. */
export function NodeMetrics({
  application,
  node,
}: {
  application: ServiceTabProps['application'];
  node: Pick<NodeInfo, 'id' | 'service'>;
}) {
  return <MetricsView application={application} service={node.service} node={node.id} narrow />;
}
