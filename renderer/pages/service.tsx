/** One service: how it is, and its tabs. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import { CurrentOperations } from '../application/recent-operations.tsx';
import { useApplication } from '../application/use-application.ts';
import { AddressLink } from '../components/address-link.tsx';
import { FailureNotice } from '../components/failure-notice.tsx';
import { Page } from '../components/page.tsx';
import { StateLabel } from '../components/state-label.tsx';
import { LazyTabs } from '../components/tabs.tsx';
import { useAction } from '../components/use-action.ts';
import { hub } from '../hub/client.ts';
import { serviceTabs } from '../service/tabs.ts';
import { useApplications } from '../stores/applications.ts';
import { logTab, openInDock } from '../stores/dock.ts';
import { hrefOf, type Route } from '../stores/route.ts';

type ServiceRoute = Extract<Route, { page: 'service' }>;

export function ServicePage({ route: { application, service: name, tab } }: { route: ServiceRoute }) {
  const summary = useApplications(({ byId }) => byId.get(application));
  const { value: info, failure, reload } = useApplication(application);
  const service = info?.services.find((each) => each.name === name);
  const toggle = useAction(async () =>
    hub.manager(application, service?.running ? 'stop' : 'startup', { service: name }),
  );
  const up = { label: summary?.name ?? application, route: { page: 'application', application } } as const;
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
            onClick={() => openInDock(logTab({ title: service.name, application, service: service.name }))}
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
      {summary && (
        <LazyTabs
          label={`Parts of ${service.name}`}
          tabs={serviceTabs}
          current={tab}
          hrefOf={(chosen) => hrefOf({ page: 'service', application, service: name, tab: chosen })}
          given={{ application: summary, service, onChanged: reload }}
        />
      )}
    </Page>
  );
}
