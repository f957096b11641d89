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
import { useEditorPageTexts } from './texts/editor.ts';

const upTo = (label: string) => ({ label, route: { page: 'editor' } }) as const;

export function EditorPage({ route: { document } }: { route: Extract<Route, { page: 'editor' }> }) {
  if (document === undefined) return <EditorStart />;
  return <DocumentPage key={document} id={document} />;
}

function DocumentPage({ id }: { id: string }) {
  const texts = useEditorPageTexts();
  const { value: session, failure, reload } = useLoaded(() => sessionOf(id), [id]);
  if (session) return <OpenDocument session={session} />;
  return (
    <Page title={texts.title} up={upTo(texts.up)}>
      {failure ? (
        <FailureNotice title={texts.failed} failure={failure} onRetry={reload} />
      ) : (
        <Skeleton variant="rounded" height={440} />
      )}
    </Page>
  );
}

function OpenDocument({ session }: { session: EditingSession }) {
  const texts = useEditorPageTexts();
  const { facts } = useSyncExternalStore(session.subscribe, session.snapshot);
  const { origin } = facts;
  const where =
    origin.from === 'file' ? texts.inFolder(origin.folder) : origin.from === 'ready_made' ? texts.readyMade : '';
  return (
    <Page
      title={facts.name}
      up={upTo(texts.up)}
      wide
      beside={
        <Typography variant="body2" color="textSecondary">
          {[where, facts.changed ? texts.changed : ''].filter(Boolean).join(' · ')}
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
          {texts.discard}
        </Button>
      </Workspace>
    </Page>
  );
}
