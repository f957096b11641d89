/** All secrets of an application, with the services that use them. */
import Typography from '@mui/material/Typography';
import type { ServiceInfo } from '../../../remote/core/contract/application.ts';
import { FailureNotice } from '../../components/failure-notice.tsx';
import { Section } from '../../components/section.tsx';
import { SecretsTable } from '../../secrets/secrets-table.tsx';
import { useSecrets } from '../../secrets/use-secrets.ts';
import { useApplicationSettingsTexts } from './texts.ts';

export interface SecretsSectionProps {
  readonly application: string;
  /** undefined: not read yet. */
  readonly services: readonly ServiceInfo[] | undefined;
}

export function SecretsSection({ application, services = [] }: SecretsSectionProps) {
  const texts = useApplicationSettingsTexts().secrets;
  const secrets = useSecrets(application);
  const { known, failure, reload } = secrets;
  return (
    <Section title={texts.title} text={texts.text}>
      {failure && <FailureNotice title={texts.failed} failure={failure} onRetry={reload} />}
      {known?.size === 0 && <Typography color="textSecondary">{texts.empty}</Typography>}
      {known && known.size > 0 && (
        <SecretsTable
          withUsers
          label={texts.label}
          application={application}
          names={[...known.keys()]}
          secrets={secrets}
          owners={Object.fromEntries(
            [...known.keys()].map((secret) => [
              secret,
              services.filter(({ ownSecrets = [] }) => ownSecrets.includes(secret)).map(({ name }) => name),
            ]),
          )}
        />
      )}
    </Section>
  );
}
