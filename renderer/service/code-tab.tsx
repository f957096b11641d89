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
import { useCodeTexts } from './code/texts.ts';
import { versionActions } from './code/version-actions.ts';
import { VersionTable } from './code/version-table.tsx';
import type { ServiceTabProps } from './tabs.ts';

/** Versions, the newest, that the palette knows too. */
const offered = 30;

export function CodeTab({ application, service, onChanged }: ServiceTabProps) {
  const texts = useCodeTexts();
  const [deleting, setDeleting] = useState<CodeVersion>();
  const [comparing, setComparing] = useState<CodeVersion>();
  const { active, previous, versions = [] } = service.code ?? {};
  const where = { application: application.id, service: service.name };
  const makeLive = (version: string) =>
    hub.manager(application.id, 'activate_code_version', { service: service.name, version });
  const activate = useAction(async (version: string) => {
    await withUndo({
      said: texts.activating(version, service.name),
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
    say(texts.saved(target.name, sizeText(bytes)));
  });
  const actionsOf = (version: CodeVersion) =>
    versionActions(
      version,
      { application: application.name, service: service.name, active, versions, busy: activate.busy, texts },
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
      title: texts.actions.archive(service.name),
      shortcut: 'D',
      command: `conpaas code upload ${application.name} ARCHIVE --service ${service.name}`,
      run: () => chooseCode(where, 'archive'),
    },
    {
      id: 'service.deploy-folder',
      title: texts.actions.folder(service.name),
      shortcut: 'Shift+D',
      command: `conpaas code upload ${application.name} FOLDER --service ${service.name}`,
      run: () => chooseCode(where, 'folder'),
    },
    {
      id: 'service.roll-back',
      title: previous === undefined ? texts.actions.rollBack : texts.actions.rollBackTo(service.name, previous),
      command: `conpaas code rollback ${application.name} --service ${service.name}`,
      disabled: previous === undefined || activate.busy,
      run: () => previous !== undefined && activate.run(previous),
    },
    ...versions.slice(0, offered).flatMap((version) => actionsOf(version)),
  ]);
  return (
    <Section
      title={texts.title}
      text={texts.text}
      actions={
        <>
          {previous !== undefined && (
            <Button variant="outlined" disabled={activate.busy} onClick={() => activate.run(previous)}>
              {texts.rollBack(previous)}
            </Button>
          )}
          <Button variant="outlined" onClick={() => void chooseCode(where, 'archive')}>
            {texts.archive}
          </Button>
          <Button variant="contained" onClick={() => void chooseCode(where, 'folder')}>
            {texts.folder}
          </Button>
        </>
      }
    >
      {[activate.failure, download.failure].map(
        (failure) => failure && <FailureNotice key={failure.message} failure={failure} sx={{ mb: 1.5 }} />,
      )}
      {versions.length === 0 ? (
        <Nothing>{texts.empty}</Nothing>
      ) : (
        <VersionTable versions={versions} active={active} actionsOf={actionsOf} />
      )}
      {comparing && (
        <CompareVersions {...where} version={comparing} versions={versions} onClose={() => setComparing(undefined)} />
      )}
      {deleting && (
        <ConfirmByName
          title={texts.delete.title(deleting.id, service.name)}
          text={texts.delete.text(deleting.description || deleting.name)}
          name={deleting.id}
          action={texts.delete.action}
          onConfirm={async () => {
            await hub.manager(application.id, 'delete_code_version', { service: service.name, version: deleting.id });
            say(texts.deleted(deleting.id));
            onChanged();
          }}
          onClose={() => setDeleting(undefined)}
        />
      )}
    </Section>
  );
}
