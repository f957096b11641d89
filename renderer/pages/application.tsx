/** One application: what runs, what is wrong, what changed; scale it from here. */
import MoreHoriz from '@mui/icons-material/MoreHoriz';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import IconButton from '@mui/material/IconButton';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { CurrentOperations, RecentOperations } from '../application/recent-operations.tsx';
import { RenameDialog } from '../application/rename-dialog.tsx';
import { ServiceSection } from '../application/service-section.tsx';
import { useApplication } from '../application/use-application.ts';
import { AddressLink } from '../components/address-link.tsx';
import { ConfirmByName } from '../components/confirm-by-name.tsx';
import { FailureNotice } from '../components/failure-notice.tsx';
import { Page } from '../components/page.tsx';
import { StateLabel } from '../components/state-label.tsx';
import { useAction } from '../components/use-action.ts';
import { hub } from '../hub/client.ts';
import { desktop } from '../hub/desktop.ts';
import { useApplications } from '../stores/applications.ts';
import { followLog } from '../stores/dock.ts';
import { say } from '../stores/notices.ts';
import { go } from '../stores/route.ts';

const up = { label: 'Applications', route: { page: 'applications' } } as const;

export function ApplicationPage({ id }: { id: string }) {
  const summary = useApplications(({ byId }) => byId.get(id));
  const loaded = useApplications((store) => store.loaded);
  const { value: info, failure, reload } = useApplication(id);
  if (!summary && loaded) return <GonePage id={id} />;
  if (!summary)
    return (
      <Page title="Application" up={up}>
        {null}
      </Page>
    );
  return (
    <Page
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
      {info?.warnings.map((warning) => (
        <Alert key={warning} severity="info" variant="outlined" sx={{ mb: 2 }}>
          {warning}
        </Alert>
      ))}
      <Box
        sx={{
          display: 'grid',
          gridTemplateColumns: { xs: '1fr', lg: 'minmax(0, 1fr) 288px' },
          gap: 3,
          alignItems: 'start',
        }}
      >
        <Box sx={{ display: 'flex', flexDirection: 'column', gap: 2.5, minWidth: 0 }}>
          {failure && !info && (
            <FailureNotice title="The application could not be read" failure={failure} onRetry={reload} />
          )}
          {!info && !failure && <Skeleton variant="rounded" height={220} />}
          {info?.description && <Typography color="textSecondary">{info.description}</Typography>}
          {info?.services.map((service) => (
            <ServiceSection key={service.id} application={id} service={service} onChanged={reload} />
          ))}
          {info?.services.length === 0 && <Typography color="textSecondary">It has no services yet.</Typography>}
        </Box>
        <RecentOperations application={id} />
      </Box>
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
      <Button variant="outlined" onClick={() => followLog({ title: name, application: id })}>
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
