/** The manifest editor: a document, or what can be opened. */
import Button from '@mui/material/Button';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import { useSyncExternalStore } from 'react';
import { FailureNotice } from '../components/failure-notice.tsx';
import { Page } from '../components/page.tsx';
import { useLoaded } from '../components/use-loaded.ts';
import type { EditingSession } from '../editor/session.ts';
import { sessionOf } from '../editor/sessions.ts';
import { discardDocument, EditorStart } from '../editor/start.tsx';
import { Workspace } from '../editor/workspace.tsx';
import { go, type Route } from '../stores/route.ts';

const up = { label: 'Manifests', route: { page: 'editor' } } as const;

export function EditorPage({ route: { document } }: { route: Extract<Route, { page: 'editor' }> }) {
  if (document === undefined) return <EditorStart />;
  return <DocumentPage key={document} id={document} />;
}

function DocumentPage({ id }: { id: string }) {
  const { value: session, failure, reload } = useLoaded(() => sessionOf(id), [id]);
  if (session) return <OpenDocument session={session} />;
  return (
    <Page title="Manifest" up={up}>
      {failure ? (
        <FailureNotice title="This draft cannot be opened" failure={failure} onRetry={reload} />
      ) : (
        <Skeleton variant="rounded" height={440} />
      )}
    </Page>
  );
}

function OpenDocument({ session }: { session: EditingSession }) {
  const { facts } = useSyncExternalStore(session.subscribe, session.snapshot);
  const { origin } = facts;
  const where = origin.from === 'file' ? `in ${origin.folder}` : origin.from === 'ready_made' ? 'ready-made' : '';
  return (
    <Page
      title={facts.name}
      up={up}
      wide
      beside={
        <Typography variant="body2" color="textSecondary">
          {[where, facts.changed ? 'changed, kept as a draft' : ''].filter(Boolean).join(' · ')}
        </Typography>
      }
    >
      <Workspace session={session}>
        <Button
          color="secondary"
          onClick={() => {
            void discardDocument(facts);
            go({ page: 'editor' });
          }}
        >
          Discard
        </Button>
      </Workspace>
    </Page>
  );
}
