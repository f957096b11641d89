/** Everything that is set of a service: configuration, environment, secrets, health check, startup script. */
import Skeleton from '@mui/material/Skeleton';
import { FailureNotice } from '../components/failure-notice.tsx';
import { ConfigurationForm } from './configuration/configuration-form.tsx';
import { EnvironmentSection } from './configuration/environment-section.tsx';
import { HealthCheckForm } from './configuration/health-check-form.tsx';
import { ScriptSection } from './configuration/script-section.tsx';
import { SecretsSection } from './configuration/secrets-section.tsx';
import type { ServiceTabProps } from './tabs.ts';
import { useServiceTexts } from './texts.ts';
import { useType } from './use-type.ts';

export function ConfigurationTab(props: ServiceTabProps) {
  const texts = useServiceTexts();
  const { value: type, failure, reload } = useType(props.service.type);
  if (failure && !type) return <FailureNotice title={texts.configurationFailed} failure={failure} onRetry={reload} />;
  if (!type) return <Skeleton variant="rounded" height={320} />;
  return (
    <>
      <ConfigurationForm {...props} schema={type.configuration} />
      {type.scripts && <EnvironmentSection {...props} />}
      {type.scripts && <SecretsSection {...props} />}
      {type.code && <HealthCheckForm {...props} />}
      {type.scripts && <ScriptSection {...props} />}
    </>
  );
}
