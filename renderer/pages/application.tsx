/** One application: what runs, what is wrong, what changed; scale it from here. */
import MoreHoriz from '@mui/icons-material/MoreHoriz';
import Alert from '@mui/material/Alert';
import Button from '@mui/material/Button';
import IconButton from '@mui/material/IconButton';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { CurrentOperations } from '../application/recent-operations.tsx';
import { RenameDialog } from '../application/rename-dialog.tsx';
import { applicationTabs } from '../application/tabs.ts';
import { AddressLink } from '../components/address-link.tsx';
import { ConfirmByName } from '../components/confirm-by-name.tsx';
import { Page } from '../components/page.tsx';
import { StateLabel } from '../components/state-label.tsx';
import { LazyTabs } from '../components/tabs.tsx';
import { useAction } from '../components/use-action.ts';
import { hub } from '../hub/client.ts';
import { desktop } from '../hub/desktop.ts';
import { useApplications } from '../stores/applications.ts';
import { logTab, openInDock } from '../stores/dock.ts';
import { say } from '../stores/notices.ts';
import { go, hrefOf, type Route } from '../stores/route.ts';

type ApplicationRoute = Extract<Route, { page: 'application' }>;

const up = { label: 'Applications', route: { page: 'applications' } } as const;

export function ApplicationPage({ route: { application: id, tab } }: { route: ApplicationRoute }) {
  const summary = useApplications(({ byId }) => byId.get(id));
  const loaded = useApplications((store) => store.loaded);
  if (!summary && loaded) return <GonePage id={id} />;
  if (!summary)
    return (
      <Page title="Application" up={up}>
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
      actions={<Actions id={id} name={summary.name} stopped={summary.state === 'stopped'} />}
    >
      {summary.cause && (
        <Alert severity={summary.state === 'failed' ? 'error' : 'warning'} variant="outlined" sx={{ mb: 2 }}>
          {summary.cause}
        </Alert>
      )}
      <CurrentOperations application={id} />
      <LazyTabs
        label={`Parts of ${summary.name}`}
        tabs={applicationTabs}
        current={tab}
        hrefOf={(chosen) => hrefOf({ page: 'application', application: id, tab: chosen })}
        given={{ application: summary }}
      />
    </Page>
  );
}

function Actions({ id, name, stopped }: { id: string; name: string; stopped: boolean }) {
  const [anchor, setAnchor] = useState<HTMLElement>();
  const [dialog, setDialog] = useState<'rename' | 'delete'>();
  const toggle = useAction(async () =>
    hub.director(stopped ? 'start_application' : 'stop_application', { application: id }),
  );
  const exportManifest = async () => {
    const manifest = await hub.director('export_manifest', { application: id });
    if (await desktop.saveText(`${name}.json`, `${JSON.stringify(manifest, undefined, 2)}\n`)) say('Manifest saved.');
  };
  const exported = useAction(exportManifest);
  const failure = toggle.failure ?? exported.failure;
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
      <Button variant="outlined" onClick={() => openInDock(logTab({ title: name, application: id }))}>
        Logs
      </Button>
      <Button variant="outlined" disabled={toggle.busy} onClick={() => toggle.run()}>
        {stopped ? 'Start' : 'Stop'}
      </Button>
      <IconButton
        aria-label="More"
        aria-haspopup="menu"
        aria-expanded={anchor !== undefined}
        onClick={({ currentTarget }) => setAnchor(currentTarget)}
      >
        <MoreHoriz />
      </IconButton>
      <Menu open={anchor !== undefined} {...(anchor ? { anchorEl: anchor } : {})} onClose={() => setAnchor(undefined)}>
        <MenuItem onClick={choose(() => setDialog('rename'))}>Rename…</MenuItem>
        <MenuItem onClick={choose(() => exported.run())}>Export as a manifest…</MenuItem>
        <MenuItem onClick={choose(() => setDialog('delete'))} sx={{ color: 'error.main' }}>
          Delete…
        </MenuItem>
      </Menu>
      {dialog === 'rename' && <RenameDialog id={id} name={name} onClose={() => setDialog(undefined)} />}
      {dialog === 'delete' && (
        <ConfirmByName
          title={`Delete ${name}?`}
          text="Its services, code versions and data are deleted. There is no way back."
          name={name}
          action="Delete"
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

function GonePage({ id }: { id: string }) {
  return (
    <Page title="No such application" up={up}>
      <Typography color="textSecondary">The application {id} is not there (any more).</Typography>
    </Page>
  );
}
