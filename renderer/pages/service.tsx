/** One service: how it is, and its tabs. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import type { ServiceInfo } from '../../remote/core/contract/application.ts';
import { argument } from '../actions/command.ts';
import { useActions } from '../actions/use-actions.ts';
import { withUndo } from '../actions/with-undo.ts';
import { CurrentOperations } from '../application/recent-operations.tsx';
import { useApplication } from '../application/use-application.ts';
import { AddressLink } from '../components/address-link.tsx';
import { FailureNotice } from '../components/failure-notice.tsx';
import { Page } from '../components/page.tsx';
import { PageHealth } from '../components/page-health.tsx';
import { StateLabel } from '../components/state-label.tsx';
import { LazyTabs } from '../components/tabs.tsx';
import { countText } from '../components/time.ts';
import { useAction } from '../components/use-action.ts';
import { hub } from '../hub/client.ts';
import { DropOnService } from '../service/drop-on-service.tsx';
import { serviceTabs } from '../service/tabs.ts';
import { useApplications } from '../stores/applications.ts';
import { logTab, openInDock } from '../stores/dock.ts';
import { go, hrefOf, type Route } from '../stores/route.ts';

type ServiceRoute = Extract<Route, { page: 'service' }>;

export function ServicePage({ route: { application, service: name, tab } }: { route: ServiceRoute }) {
  const summary = useApplications(({ byId }) => byId.get(application));
  const { value: info, failure, reload } = useApplication(application);
  const service = info?.services.find((each) => each.name === name);
  const begin = () => hub.manager(application, 'startup', { service: name });
  const end = () => hub.manager(application, 'stop', { service: name });
  const running = service?.running ?? false;
  const toggle = useAction(() =>
    running
      ? withUndo({ act: end, undo: begin, said: `${name} stops. Its code and data are kept.` })
      : withUndo({ act: begin, undo: end, said: `${name} starts.` }),
  );
  const logs = () => openInDock(logTab({ title: name, application, service: name }));
  const target = `${argument(summary?.name ?? application)} ${argument(name)}`;
  useActions([
    {
      id: 'service.toggle',
      title: `${running ? 'Stop' : 'Start'} ${name}`,
      command: `conpaas service ${running ? 'stop' : 'start'} ${target}`,
      disabled: !service || toggle.busy,
      run: () => toggle.run(),
    },
    {
      id: 'service.logs',
      title: `Logs of ${name}`,
      shortcut: 'L',
      command: `conpaas logs ${target} --follow`,
      run: logs,
    },
    ...serviceTabs
      .filter(
        (one) => service && summary && (one.shown?.({ application: summary, service, onChanged: reload }) ?? true),
      )
      .map((one) => ({
        id: `service.tab.${one.id}`,
        title: `Go to ${one.title} of ${name}`,
        run: () => go({ page: 'service', application, service: name, tab: one.id }),
      })),
  ]);
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
    <DropOnService application={application} service={service}>
      <Page
        title={service.name}
        up={up}
        beside={
          <>
            <Typography color="textSecondary">{service.type}</Typography>
            <StateLabel state={service.state} />
            {service.address && (
              <AddressLink application={application} service={service.name} address={service.address} />
            )}
          </>
        }
        actions={
          <>
            <Button variant="outlined" onClick={logs}>
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
        <ServiceHealth service={service} onLogs={logs} />
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
    </DropOnService>
  );
}

function ServiceHealth({ service, onLogs }: { service: ServiceInfo; onLogs: () => void }) {
  const { state, nodes, cause } = service;
  const run = nodes.filter((node) => node.state === 'running').length;
  const counted = `${run} of ${countText(nodes.length, 'node runs', 'nodes run')}`;
  const mend = <Button onClick={onLogs}>Last lines</Button>;
  switch (state) {
    case 'running':
      return <PageHealth level="good" text={`All is well: ${counted}.`} />;
    case 'stopped':
      return <PageHealth level="off" text="It is stopped. Its code and data are kept." />;
    case 'creating':
    case 'starting':
    case 'stopping':
      return <PageHealth level="busy" text={`It is ${state}: ${counted}.`} why={cause} />;
    case 'failed':
      return <PageHealth level="bad" text="It does not run." why={cause} actions={mend} />;
    default:
      return <PageHealth level="warning" text={`Not all is well: ${counted}.`} why={cause} actions={mend} />;
  }
}
