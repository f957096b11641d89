/** One application: what runs, what is wrong, what changed; scale it from here. */
import MoreHoriz from '@mui/icons-material/MoreHoriz';
import Button from '@mui/material/Button';
import IconButton from '@mui/material/IconButton';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import { useMemo, useState } from 'react';
import type { ApplicationSummary } from '../../remote/core/contract/application.ts';
import { copyAddress, openAddress } from '../actions/address.ts';
import { argument } from '../actions/command.ts';
import { useActions } from '../actions/use-actions.ts';
import { useStartStop } from '../actions/use-start-stop.ts';
import { DuplicateDialog } from '../application/duplicate-dialog.tsx';
import { CurrentOperations } from '../application/recent-operations.tsx';
import { RenameDialog } from '../application/rename-dialog.tsx';
import { RunningHealth } from '../application/running-health.tsx';
import { applicationTabs } from '../application/tabs.ts';
import { useApplicationTexts } from '../application/texts.ts';
import { attentionOf, newestOperations } from '../applications/attention.ts';
import { useApplicationsTexts } from '../applications/texts.ts';
import { useMend } from '../applications/use-mend.ts';
import { AddressLink } from '../components/address-link.tsx';
import { ConfirmByName } from '../components/confirm-by-name.tsx';
import { Page } from '../components/page.tsx';
import { StateLabel } from '../components/state-label.tsx';
import { LazyTabs } from '../components/tabs.tsx';
import { useAction } from '../components/use-action.ts';
import { HubError, hub } from '../hub/client.ts';
import { desktop } from '../hub/desktop.ts';
import { MoveDialog } from '../move/move-dialog.tsx';
import { MoveLine } from '../move/move-line.tsx';
import { useMoveTexts } from '../move/texts.ts';
import { useApplications } from '../stores/applications.ts';
import { logTab, openInDock } from '../stores/dock.ts';
import { say } from '../stores/notices.ts';
import { useOperations } from '../stores/operations.ts';
import { go, hrefOf, type Route } from '../stores/route.ts';

type ApplicationRoute = Extract<Route, { page: 'application' }>;

const upTo = (label: string) => ({ label, route: { page: 'applications' } }) as const;

export function ApplicationPage({ route: { application: id, tab } }: { route: ApplicationRoute }) {
  const texts = useApplicationTexts();
  const up = upTo(texts.up);
  const summary = useApplications(({ byId }) => byId.get(id));
  const loaded = useApplications((store) => store.loaded);
  if (!summary && loaded) return <GonePage id={id} />;
  if (!summary)
    return (
      <Page title={texts.title} up={up}>
        <Skeleton variant="rounded" height={220} />
      </Page>
    );
  return (
    <Page
      key={id}
      title={summary.name}
      up={up}
      beside={
        <>
          <StateLabel state={summary.state} />
          {summary.address && <AddressLink application={id} address={summary.address} />}
        </>
      }
      actions={<Actions application={summary} />}
    >
      <ApplicationHealth application={summary} />
      <MoveLine application={id} />
      <CurrentOperations application={id} />
      <LazyTabs
        label={texts.parts(summary.name)}
        tabs={applicationTabs(texts.tabs)}
        current={tab}
        hrefOf={(chosen) => hrefOf({ page: 'application', application: id, tab: chosen })}
        given={{ application: summary }}
      />
    </Page>
  );
}

interface ActionsProps {
  readonly application: ApplicationSummary;
}

function Actions({ application: { id, name, address, cloud, state } }: ActionsProps) {
  const texts = useApplicationTexts();
  const { actions, buttons } = texts;
  const stopped = state === 'stopped';
  const move = useMoveTexts();
  const [anchor, setAnchor] = useState<HTMLElement>();
  const [dialog, setDialog] = useState<'rename' | 'duplicate' | 'move' | 'delete'>();
  const toggle = useStartStop({
    name,
    running: !stopped,
    start: () => hub.director('start_application', { application: id }),
    stop: () => hub.director('stop_application', { application: id }),
  });
  const exportManifest = async () => {
    const manifest = await hub.director('export_manifest', { application: id });
    if (await desktop.saveText(`${name}.json`, `${JSON.stringify(manifest, undefined, 2)}\n`)) say(texts.manifestSaved);
  };
  const exported = useAction(exportManifest);
  const deploy = useAction(() => openService(id, 'code', texts.takesNoCode));
  const scale = useAction(() => openService(id, 'nodes', texts.cannotBeScaled));
  const failure = toggle.failure ?? exported.failure ?? deploy.failure ?? scale.failure;
  const logs = () => openInDock(logTab({ title: name, application: id }));
  const quoted = argument(name);
  useActions([
    {
      id: 'application.deploy',
      title: actions.deploy(name),
      shortcut: 'D',
      command: `conpaas code upload ${quoted} PATH`,
      run: () => deploy.run(),
    },
    {
      id: 'application.scale',
      title: actions.scale(name),
      shortcut: 'S',
      command: `conpaas nodes add ${quoted} SERVICE`,
      run: () => scale.run(),
    },
    {
      id: 'application.toggle',
      title: stopped ? actions.start(name) : actions.stop(name),
      command: `conpaas app ${stopped ? 'start' : 'stop'} ${quoted}`,
      disabled: toggle.busy,
      run: () => toggle.run(),
    },
    {
      id: 'application.logs',
      title: actions.logs(name),
      shortcut: 'L',
      command: `conpaas logs ${quoted} --follow`,
      run: logs,
    },
    ...(address === undefined
      ? []
      : [
          {
            id: 'application.open',
            title: actions.open(name),
            shortcut: 'O',
            command: `conpaas open ${quoted}`,
            run: () => openAddress(id),
          },
          { id: 'application.copy', title: actions.copy(name), run: () => copyAddress(address) },
        ]),
    {
      id: 'application.rename',
      title: actions.rename(name),
      shortcut: 'F2',
      command: `conpaas app rename ${quoted} NEW-NAME`,
      run: () => setDialog('rename'),
    },
    {
      id: 'application.duplicate',
      title: actions.duplicate(name),
      command: `conpaas app duplicate ${quoted} NEW-NAME`,
      run: () => setDialog('duplicate'),
    },
    {
      id: 'application.move',
      title: move.action(name),
      command: `conpaas move ${quoted} --to PLACE`,
      run: () => setDialog('move'),
    },
    {
      id: 'application.history',
      title: actions.history(name),
      command: `conpaas history list ${quoted}`,
      run: () => go({ page: 'application', application: id, tab: 'history' }),
    },
    {
      id: 'application.export',
      title: actions.export(name),
      command: `conpaas export ${quoted}`,
      run: () => exported.run(),
    },
    {
      id: 'application.delete',
      title: actions.delete(name),
      command: `conpaas app delete ${quoted}`,
      run: () => setDialog('delete'),
    },
  ]);
  const choose = (work: () => void) => () => {
    setAnchor(undefined);
    work();
  };
  return (
    <>
      {failure && (
        <Typography variant="body2" color="error" role="alert" sx={{ maxWidth: 360 }}>
          {failure.message}
        </Typography>
      )}
      <Button variant="contained" disabled={deploy.busy} onClick={() => deploy.run()} aria-keyshortcuts="D">
        {buttons.deploy}
      </Button>
      <Button variant="outlined" disabled={scale.busy} onClick={() => scale.run()} aria-keyshortcuts="S">
        {buttons.scale}
      </Button>
      <Button variant="outlined" onClick={logs}>
        {buttons.logs}
      </Button>
      <Button variant="outlined" disabled={toggle.busy} onClick={() => toggle.run()}>
        {stopped ? buttons.start : buttons.stop}
      </Button>
      <IconButton
        aria-label={buttons.more}
        aria-haspopup="menu"
        aria-expanded={anchor !== undefined}
        onClick={({ currentTarget }) => setAnchor(currentTarget)}
      >
        <MoreHoriz />
      </IconButton>
      <Menu open={anchor !== undefined} {...(anchor ? { anchorEl: anchor } : {})} onClose={() => setAnchor(undefined)}>
        <MenuItem onClick={choose(() => setDialog('rename'))}>{buttons.rename}</MenuItem>
        <MenuItem onClick={choose(() => setDialog('duplicate'))}>{buttons.duplicate}</MenuItem>
        <MenuItem onClick={choose(() => setDialog('move'))}>{move.button}</MenuItem>
        <MenuItem onClick={choose(() => exported.run())}>{buttons.export}</MenuItem>
        <MenuItem onClick={choose(() => setDialog('delete'))} sx={{ color: 'error.main' }}>
          {buttons.delete}
        </MenuItem>
      </Menu>
      {dialog === 'rename' && <RenameDialog id={id} name={name} onClose={() => setDialog(undefined)} />}
      {dialog === 'duplicate' && (
        <DuplicateDialog id={id} name={name} cloud={cloud} onClose={() => setDialog(undefined)} />
      )}
      {dialog === 'move' && <MoveDialog id={id} name={name} onClose={() => setDialog(undefined)} />}
      {dialog === 'delete' && (
        <ConfirmByName
          title={texts.delete.title(name)}
          text={texts.delete.text}
          name={name}
          action={texts.delete.action}
          onConfirm={async () => {
            await hub.director('delete_application', { application: id, confirm: name });
            go({ page: 'applications' });
          }}
          onClose={() => setDialog(undefined)}
        />
      )}
    </>
  );
}

function ApplicationHealth({ application }: { application: ApplicationSummary }) {
  const { buttons } = useApplicationTexts();
  const { attention } = useApplicationsTexts();
  const { id, name, state, cause, nodes, services } = application;
  const unwell = services.find((service) => !['running', 'stopped'].includes(service.state)) ?? services[0];
  // What failed last has a line of its own, with its Retry.
  const operations = useOperations((store) => store.byId);
  const mend = useMemo(() => attentionOf(application, newestOperations(operations))?.mend, [application, operations]);
  const clicked = mend?.kind === 'retry' ? undefined : mend;
  const mending = useMend(id, clicked);
  const mends = (
    <>
      {clicked && (
        <Button disabled={mending.busy} onClick={() => mending.run()}>
          {attention.mend(clicked)}
        </Button>
      )}
      {unwell && (
        <Button onClick={() => go({ page: 'service', application: id, service: unwell.name })}>
          {buttons.show(unwell.name)}
        </Button>
      )}
      <Button onClick={() => openInDock(logTab({ title: name, application: id }))}>{buttons.lastLines}</Button>
    </>
  );
  return (
    <RunningHealth
      state={state}
      running={nodes.running}
      wanted={nodes.wanted}
      cause={mending.failure?.message ?? cause}
      mends={mends}
    />
  );
}

/** Opens the page of the first service that takes code, or can be scaled. @throws HubError when there is none */
async function openService(application: string, tab: 'code' | 'nodes', none: string): Promise<void> {
  const { services } = await hub.director('get_application', { application });
  const service = services.find(({ code, roles }) =>
    tab === 'code' ? code !== undefined : roles.some(({ scalable }) => scalable),
  );
  if (!service) throw new HubError({ code: 'conflict', message: none });
  go({ page: 'service', application, service: service.name, tab });
}

function GonePage({ id }: { id: string }) {
  const texts = useApplicationTexts();
  return (
    <Page title={texts.gone} up={upTo(texts.up)}>
      <Typography color="textSecondary">{texts.goneText(id)}</Typography>
    </Page>
  );
}
