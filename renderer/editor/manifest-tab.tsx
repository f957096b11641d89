/** The manifest of an application, as its director exports it, in the editor. */
import Button from '@mui/material/Button';
import Skeleton from '@mui/material/Skeleton';
import { useSyncExternalStore } from 'react';
import type { ApplicationTabProps } from '../application/tabs.ts';
import { FailureNotice } from '../components/failure-notice.tsx';
import { useLoaded } from '../components/use-loaded.ts';
import { failureOf } from '../hub/client.ts';
import { say } from '../stores/notices.ts';
import type { EditingSession } from './session.ts';
import { discardSession, openSession } from './sessions.ts';
import { useEditorTexts } from './texts.ts';
import { Workspace } from './workspace.tsx';

export function ManifestTab({ application }: ApplicationTabProps) {
  const texts = useEditorTexts().tab;
  const {
    value: session,
    failure,
    reload,
  } = useLoaded(() => openSession({ from: 'application', application: application.id }), [application.id]);
  if (failure && !session) return <FailureNotice title={texts.failed} failure={failure} onRetry={reload} />;
  if (!session) return <Skeleton variant="rounded" height={440} />;
  const startAnew = (): void => {
    discardSession(session.id).then(
      (undo) => {
        reload();
        say(texts.discarded, {
          undo: async () => {
            await undo();
            reload();
          },
        });
      },
      (thrown: unknown) => say(failureOf(thrown).message, { level: 'alert' }),
    );
  };
  return (
    <Workspace key={session.id} session={session}>
      <DiscardButton session={session} onClick={startAnew} />
    </Workspace>
  );
}

/** Takes back what was typed; there only where something was. */
function DiscardButton({ session, onClick }: { readonly session: EditingSession; readonly onClick: () => void }) {
  const { facts } = useSyncExternalStore(session.subscribe, session.snapshot);
  const texts = useEditorTexts().tab;
  if (!facts.changed) return null;
  return (
    <Button color="secondary" onClick={onClick}>
      {texts.discard}
    </Button>
  );
}
