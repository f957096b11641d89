import { CodeVersions } from '../application/code-versions.tsx';
import type { ServiceTabProps } from './tabs.ts';

export function CodeTab({ application, service, onChanged }: ServiceTabProps) {
  return <CodeVersions application={application.id} service={service} onChanged={onChanged} />;
}
