/** What is set of an application as a whole: its services, its secrets, and what it may do without. */
import Box from '@mui/material/Box';
import { FailureNotice } from '../components/failure-notice.tsx';
import { DomainsSection } from '../domains/domains-section.tsx';
import { ContainmentSection } from './settings/containment-section.tsx';
import { SecretsSection } from './settings/secrets-section.tsx';
import { ServicesSection } from './settings/services-section.tsx';
import type { ApplicationTabProps } from './tabs.ts';
import { useApplicationTexts } from './texts.ts';
import { useApplication } from './use-application.ts';

export function SettingsTab({ application }: ApplicationTabProps) {
  const texts = useApplicationTexts();
  const { value: info, failure, reload } = useApplication(application.id);
  return (
    <Box sx={{ maxWidth: 880 }}>
      {failure && <FailureNotice title={texts.failed} failure={failure} onRetry={reload} />}
      <ServicesSection application={application.id} services={info?.services} onChanged={reload} />
      <DomainsSection application={application.id} services={info?.services} onChanged={reload} />
      <SecretsSection application={application.id} services={info?.services} />
      <ContainmentSection
        application={application.id}
        name={application.name}
        accepted={info?.uncontained}
        onChanged={reload}
      />
    </Box>
  );
}
