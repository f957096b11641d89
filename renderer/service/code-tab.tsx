/** Code versions of a service: deploy, make another one live, go back, download, compare, delete. */
import Button from '@mui/material/Button';
import { useState } from 'react';
import type { CodeVersion } from '../../remote/core/contract/application.ts';
import { useActions } from '../actions/use-actions.ts';
import { withUndo } from '../actions/with-undo.ts';
import { ConfirmByName } from '../components/confirm-by-name.tsx';
import { FailureNotice } from '../components/failure-notice.tsx';
import { Nothing } from '../components/nothing.tsx';
import { Section } from '../components/section.tsx';
import { sizeText } from '../components/time.ts';
import { useAction } from '../components/use-action.ts';
import { chooseCode } from '../deploy/take-code.ts';
import { hub } from '../hub/client.ts';
import { desktop } from '../hub/desktop.ts';
import { say } from '../stores/notices.ts';
import { CompareVersions } from './code/compare-versions.tsx';
import { versionActions } from './code/version-actions.ts';
import { VersionTable } from './code/version-table.tsx';
import type { ServiceTabProps } from './tabs.ts';

/** Versions, the newest, that the palette knows too. */
const offered = 30;

export function CodeTab({ application, service, onChanged }: ServiceTabProps) {
  const [deleting, setDeleting] = useState<CodeVersion>();
  const [comparing, setComparing] = useState<CodeVersion>();
  const { active, previous, versions = [] } = service.code ?? {};
  const where = { application: application.id, service: service.name };
  const makeLive = (version: string) =>
    hub.manager(application.id, 'activate_code_version', { service: service.name, version });
  const activate = useAction(async (version: string) => {
    await withUndo({
      said: `${version} of ${service.name} is being made live.`,
      act: () => makeLive(version),
      undo: active === undefined ? undefined : () => makeLive(active),
    });
    onChanged();
  });
  const download = useAction(async (version: CodeVersion) => {
    const [target] = await desktop.chooseTarget(version.name || `${service.name}-${version.id}.tar.gz`);
    if (!target) return;
    const { bytes } = await hub.call('download', {
      application: application.id,
      method: 'download_code_version',
      params: { service: service.name, version: version.id },
      ticket: target.ticket,
      transfer: crypto.randomUUID(),
    });
    say(`${target.name}: ${sizeText(bytes)} saved.`);
  });
  const actionsOf = (version: CodeVersion) =>
    versionActions(
      version,
      { application: application.name, service: service.name, active, versions, busy: activate.busy },
      {
        activate: ({ id }) => activate.run(id),
        download: (one) => download.run(one),
        compare: setComparing,
        remove: setDeleting,
      },
    );
  useActions([
    {
      id: 'service.deploy-archive',
      title: `Deploy an archive to ${service.name}…`,
      shortcut: 'D',
      command: `conpaas code upload ${application.name} ARCHIVE --service ${service.name}`,
      run: () => chooseCode(where, 'archive'),
    },
    {
      id: 'service.deploy-folder',
      title: `Deploy a folder to ${service.name}…`,
      shortcut: 'Shift+D',
      command: `conpaas code upload ${application.name} FOLDER --service ${service.name}`,
      run: () => chooseCode(where, 'folder'),
    },
    {
      id: 'service.roll-back',
      title: previous === undefined ? 'Roll back' : `Roll ${service.name} back to ${previous}`,
      command: `conpaas code rollback ${application.name} --service ${service.name}`,
      disabled: previous === undefined || activate.busy,
      run: () => previous !== undefined && activate.run(previous),
    },
    ...versions.slice(0, offered).flatMap((version) => actionsOf(version)),
  ]);
  return (
    <Section
      title="Code versions"
      text="Drop an archive or a folder anywhere on this page, or choose one."
      actions={
        <>
          {previous !== undefined && (
            <Button variant="outlined" disabled={activate.busy} onClick={() => activate.run(previous)}>
              Roll back to {previous}
            </Button>
          )}
          <Button variant="outlined" onClick={() => void chooseCode(where, 'archive')}>
            Deploy an archive…
          </Button>
          <Button variant="contained" onClick={() => void chooseCode(where, 'folder')}>
            Deploy a folder…
          </Button>
        </>
      }
    >
      {[activate.failure, download.failure].map(
        (failure) => failure && <FailureNotice key={failure.message} failure={failure} sx={{ mb: 1.5 }} />,
      )}
      {versions.length === 0 ? (
        <Nothing>No version yet: the welcome page is served.</Nothing>
      ) : (
        <VersionTable versions={versions} active={active} actionsOf={actionsOf} />
      )}
      {comparing && (
        <CompareVersions {...where} version={comparing} versions={versions} onClose={() => setComparing(undefined)} />
      )}
      {deleting && (
        <ConfirmByName
          title={`Delete ${deleting.id} of ${service.name}`}
          text={`${deleting.description || deleting.name} is gone for good. It is not live, so nothing that runs changes.`}
          name={deleting.id}
          action="Delete"
          onConfirm={async () => {
            await hub.manager(application.id, 'delete_code_version', { service: service.name, version: deleting.id });
            say(`${deleting.id} is deleted.`);
            onChanged();
          }}
          onClose={() => setDeleting(undefined)}
        />
      )}
    </Section>
  );
}
