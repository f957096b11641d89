import type { LogTab } from '../stores/dock.ts';
import { LogPane } from './log-pane.tsx';

export function DockLog({ tab: { key, application, title, service, node } }: { tab: LogTab }) {
  return <LogPane key={key} application={application} title={title} service={service} node={node} />;
}
