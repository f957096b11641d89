/** One service: its nodes, its code versions, its configuration. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Paper from '@mui/material/Paper';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';
import type { ServiceInfo } from '../../remote/core/contract/application.ts';
import { CodeVersions } from '../application/code-versions.tsx';
import { NodeTable } from '../application/node-table.tsx';
import { CurrentOperations, RecentOperations } from '../application/recent-operations.tsx';
import { ScaleControls } from '../application/scale-controls.tsx';
import { useApplication } from '../application/use-application.ts';
import { AddressLink } from '../components/address-link.tsx';
import { Facts } from '../components/facts.tsx';
import { FailureNotice } from '../components/failure-notice.tsx';
import { Page } from '../components/page.tsx';
import { StateLabel } from '../components/state-label.tsx';
import { useAction } from '../components/use-action.ts';
import { hub } from '../hub/client.ts';
import { useApplications } from '../stores/applications.ts';
import { followLog } from '../stores/dock.ts';

export function ServicePage({ application, name }: { application: string; name: string }) {
  const applicationName = useApplications(({ byId }) => byId.get(application)?.name) ?? application;
  const { value: info, failure, reload } = useApplication(application);
  const service = info?.services.find((each) => each.name === name);
  const toggle = useAction(async () =>
    hub.manager(application, service?.running ? 'stop' : 'startup', { service: name }),
  );
  const up = { label: applicationName, route: { page: 'application', application } } as const;
  if (!service) {
    return (
      <Page title={name} up={up}>
        {failure && !info && <FailureNotice title="The service could not be read" failure={failure} onRetry={reload} />}
        {!info && !failure && <Skeleton variant="rounded" height={220} />}
        {info && <Typography color="textSecondary">There is no such service (any more).</Typography>}
      </Page>
    );
  }
  return (
    <Page
      title={service.name}
      up={up}
      beside={
        <>
          <Typography color="textSecondary">{service.type}</Typography>
          <StateLabel state={service.state} cause={service.cause} />
          {service.address && (
            <AddressLink application={application} service={service.name} address={service.address} />
          )}
        </>
      }
      actions={
        <>
          <Button
            variant="outlined"
            onClick={() => followLog({ title: service.name, application, service: service.name })}
          >
            Logs
          </Button>
          <Button variant="outlined" disabled={toggle.busy} onClick={() => toggle.run()}>
            {service.running ? 'Stop' : 'Start'}
          </Button>
        </>
      }
    >
      {toggle.failure && (
        <Box sx={{ mb: 2 }}>
          <FailureNotice failure={toggle.failure} onRetry={() => toggle.run()} />
        </Box>
      )}
      <CurrentOperations application={application} service={name} />
      <Box
        sx={{
          display: 'grid',
          gridTemplateColumns: { xs: '1fr', lg: 'minmax(0, 1fr) 288px' },
          gap: 3,
          alignItems: 'start',
        }}
      >
        <Box sx={{ display: 'flex', flexDirection: 'column', gap: 3, minWidth: 0 }}>
          <Section title="Nodes">
            <Paper sx={{ overflow: 'hidden', pt: 1.5 }}>
              <ScaleControls application={application} service={service} onChanged={reload} />
              <NodeTable application={application} nodes={service.nodes} />
            </Paper>
          </Section>
          {service.code && <CodeVersions application={application} service={service} onChanged={reload} />}
          <Section title="Configuration">
            <Configuration service={service} />
          </Section>
        </Box>
        <RecentOperations application={application} service={name} />
      </Box>
    </Page>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Box component="section">
      <Typography component="h2" variant="h2" sx={{ mb: 1.5 }}>
        {title}
      </Typography>
      {children}
    </Box>
  );
}

function Configuration({ service: { configuration, environment, secrets, needs } }: { service: ServiceInfo }) {
  const rows = [
    ...Object.entries(configuration).map(
      ([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)] as const,
    ),
    ...Object.entries(environment).map(([key, value]) => [`environment ${key}`, value] as const),
    ...secrets.map((name) => [`secret ${name}`, 'value is not shown'] as const),
    ...(needs.length > 0 ? [['needs', needs.join(', ')] as const] : []),
  ];
  if (rows.length === 0) return <Typography color="textSecondary">Nothing beside the defaults.</Typography>;
  return <Facts label="Configuration" rows={rows} />;
}
