/** One service: how it is, and its tabs. */
import Button from '@mui/material/Button';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import { argument } from '../actions/command.ts';
import { useActions } from '../actions/use-actions.ts';
import { useStartStop } from '../actions/use-start-stop.ts';
import { CurrentOperations } from '../application/recent-operations.tsx';
import { RunningHealth } from '../application/running-health.tsx';
import { useApplication } from '../application/use-application.ts';
import { OnCloud } from '../clouds/on-cloud.tsx';
import { AddressLink } from '../components/address-link.tsx';
import { FailureNotice } from '../components/failure-notice.tsx';
import { Page } from '../components/page.tsx';
import { StateLabel } from '../components/state-label.tsx';
import { LazyTabs } from '../components/tabs.tsx';
import { hub } from '../hub/client.ts';
import { DropOnService } from '../service/drop-on-service.tsx';
import { serviceTabs } from '../service/tabs.ts';
import { useServiceTexts } from '../service/texts.ts';
import { useRollBack } from '../service/use-roll-back.ts';
import { useApplications } from '../stores/applications.ts';
import { useSeveralClouds } from '../stores/clouds.ts';
import { logTab, openInDock } from '../stores/dock.ts';
import { go, hrefOf, type Route } from '../stores/route.ts';
import { type ServiceDrafts, useDraftsOf } from '../stores/service-drafts.ts';

type ServiceRoute = Extract<Route, { page: 'service' }>;

export function ServicePage({ route: { application, service: name, tab } }: { route: ServiceRoute }) {
  const texts = useServiceTexts();
  const { actions, buttons } = texts;
  const summary = useApplications(({ byId }) => byId.get(application));
  const { value: info, failure, reload } = useApplication(application);
  const service = info?.services.find((each) => each.name === name);
  const running = service?.running ?? false;
  const toggle = useStartStop({
    name,
    running,
    start: () => hub.manager(application, 'startup', { service: name }),
    stop: () => hub.manager(application, 'stop', { service: name }),
  });
  const rollBack = useRollBack(application, service);
  const logs = () => openInDock(logTab({ title: name, application, service: name }));
  const isSeveral = useSeveralClouds().length > 0;
  const drafts = useDraftsOf(application, name);
  const tabs = serviceTabs(texts);
  const target = `${argument(summary?.name ?? application)} ${argument(name)}`;
  useActions([
    {
      id: 'service.toggle',
      title: running ? actions.stop(name) : actions.start(name),
      command: `conpaas service ${running ? 'stop' : 'start'} ${target}`,
      disabled: !service || toggle.busy,
      run: () => toggle.run(),
    },
    {
      id: 'service.logs',
      title: actions.logs(name),
      shortcut: 'L',
      command: `conpaas logs ${target} --follow`,
      run: logs,
    },
    ...tabs
      .filter(
        (one) => service && summary && (one.shown?.({ application: summary, service, onChanged: reload }) ?? true),
      )
      .map((one) => ({
        id: `service.tab.${one.id}`,
        title: actions.goTo(one.title, name),
        run: () => go({ page: 'service', application, service: name, tab: one.id }),
      })),
  ]);
  const up = { label: summary?.name ?? application, route: { page: 'application', application } } as const;
  if (!service) {
    return (
      <Page title={name} up={up}>
        {failure && !info && <FailureNotice title={texts.failed} failure={failure} onRetry={reload} />}
        {!info && !failure && <Skeleton variant="rounded" height={220} />}
        {info && <Typography color="textSecondary">{texts.gone}</Typography>}
      </Page>
    );
  }
  const back = rollBack.version !== undefined && (
    <Button disabled={rollBack.busy} onClick={() => rollBack.run()}>
      {buttons.rollBack(rollBack.version)}
    </Button>
  );
  return (
    <DropOnService application={application} service={service}>
      <Page
        title={service.name}
        up={up}
        beside={
          <>
            <Typography color="textSecondary">
              {service.type}
              {isSeveral && <OnCloud cloud={service.cloud ?? summary?.cloud} />}
            </Typography>
            <StateLabel state={service.state} />
            {service.address && (
              <AddressLink application={application} service={service.name} address={service.address} />
            )}
          </>
        }
        actions={
          <>
            <Button variant="outlined" onClick={logs}>
              {buttons.logs}
            </Button>
            <Button variant="outlined" disabled={toggle.busy} onClick={() => toggle.run()}>
              {service.running ? buttons.stop : buttons.start}
            </Button>
          </>
        }
      >
        {toggle.failure && <FailureNotice failure={toggle.failure} onRetry={() => toggle.run()} sx={{ mb: 2 }} />}
        {rollBack.failure && (
          <FailureNotice
            title={texts.rollBack.failed}
            failure={rollBack.failure}
            onRetry={() => rollBack.run()}
            sx={{ mb: 2 }}
          />
        )}
        <RunningHealth
          state={service.state}
          running={service.nodes.filter((node) => node.state === 'running').length}
          wanted={service.nodes.length}
          cause={service.cause}
          mends={
            <>
              {back}
              <Button onClick={logs}>{buttons.lastLines}</Button>
            </>
          }
          recent={back ? { why: texts.rollBack.why(service.code?.active), actions: back } : undefined}
        />
        <CurrentOperations application={application} service={name} />
        {summary && (
          <LazyTabs
            label={texts.parts(service.name)}
            tabs={tabs}
            current={tab}
            hrefOf={(chosen) => hrefOf({ page: 'service', application, service: name, tab: chosen })}
            given={{ application: summary, service, onChanged: reload }}
            unsaved={unsavedTabs(drafts)}
          />
        )}
      </Page>
    </DropOnService>
  );
}

/** The tabs in which something was typed and not applied. */
function unsavedTabs({ methods, ...configuration }: ServiceDrafts): readonly string[] {
  return [...(Object.keys(configuration).length > 0 ? ['configuration'] : []), ...(methods ? ['methods'] : [])];
}
