import type { ApplicationTabProps } from '../application/tabs.ts';
import { LogFrame } from './log-frame.tsx';
import { LogPane } from './log-pane.tsx';

export function ApplicationLogsTab({ application }: ApplicationTabProps) {
  return (
    <LogFrame>
      <LogPane application={application.id} title={application.name} />
    </LogFrame>
  );
}
