import type { ServiceTabProps } from '../service/tabs.ts';
import { LogFrame } from './log-frame.tsx';
import { LogPane } from './log-pane.tsx';

export function ServiceLogsTab({ application, service }: ServiceTabProps) {
  return (
    <LogFrame>
      <LogPane application={application.id} title={service.name} service={service.name} />
    </LogFrame>
  );
}
