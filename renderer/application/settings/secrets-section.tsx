/** All secrets of an application, with the services that use them. */
import Typography from '@mui/material/Typography';
import { FailureNotice } from '../../components/failure-notice.tsx';
import { Section } from '../../components/section.tsx';
import { SecretsTable } from '../../secrets/secrets-table.tsx';
import { useSecrets } from '../../secrets/use-secrets.ts';

export function SecretsSection({ application }: { readonly application: string }) {
  const secrets = useSecrets(application);
  const { known, failure, reload } = secrets;
  return (
    <Section
      title="Secrets"
      text="Values are kept encrypted at the director and never shown again. A service gets those that its configuration names."
    >
      {failure && <FailureNotice title="The secrets could not be read" failure={failure} onRetry={reload} />}
      {known?.size === 0 && (
        <Typography color="textSecondary">There are none. Set one in the configuration of a service.</Typography>
      )}
      {known && known.size > 0 && (
        <SecretsTable
          withUsers
          label="Secrets of the application"
          application={application}
          names={[...known.keys()]}
          secrets={secrets}
        />
      )}
    </Section>
  );
}
