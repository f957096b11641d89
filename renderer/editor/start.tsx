/** What can be opened in the editor: drafts, recent files, ready-made manifests, a file, a new text. */
import Close from '@mui/icons-material/Close';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import IconButton from '@mui/material/IconButton';
import ListItemButton from '@mui/material/ListItemButton';
import Paper from '@mui/material/Paper';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';
import type { DocumentFacts, DocumentSource } from '../../main/hub/protocol.ts';
import { type Dropped, DropZone } from '../components/drop-zone.tsx';
import { FailureNotice } from '../components/failure-notice.tsx';
import { Page } from '../components/page.tsx';
import { timeText } from '../components/time.ts';
import { useAction } from '../components/use-action.ts';
import { useLoaded } from '../components/use-loaded.ts';
import { failureOf, hub } from '../hub/client.ts';
import { desktop } from '../hub/desktop.ts';
import { useDirectors } from '../stores/directors.ts';
import { editManifest, manifestOf } from '../stores/edit.ts';
import { say } from '../stores/notices.ts';
import { go } from '../stores/route.ts';
import { discardSession } from './sessions.ts';
import { type EditorTexts, editorTexts, useEditorTexts } from './texts.ts';

export function EditorStart() {
  const texts = useEditorTexts().start;
  const drafts = useLoaded(() => hub.call('list_documents', {}), []);
  const recent = useLoaded(() => hub.call('list_recent', {}), []);
  const readyMade = useLoaded(() => hub.call('list_ready_made', {}), []);
  const open = useAction(editManifest);
  const choose = async (): Promise<void> => {
    const [offer] = await desktop.chooseFiles('manifest');
    if (offer) open.run({ from: 'ticket', ticket: offer.ticket });
  };
  const drop = async (dropped: Dropped): Promise<void> => {
    const source = await manifestOf(dropped);
    if (source) open.run(source);
    else say(texts.dropWrong, { level: 'warning' });
  };
  const failure = open.failure ?? drafts.failure;
  return (
    <Page
      title={texts.title}
      actions={
        <Button variant="contained" onClick={() => open.run({ from: 'template' })}>
          {texts.make}
        </Button>
      }
    >
      <Box sx={{ maxWidth: 760, display: 'flex', flexDirection: 'column', gap: 4 }}>
        {failure && <FailureNotice title={texts.failed} failure={failure} onRetry={drafts.reload} />}
        {drafts.value && drafts.value.length > 0 && (
          <Choice title={texts.drafts}>
            {drafts.value.map((facts) => (
              <Entry
                key={facts.id}
                name={facts.name}
                about={texts.about(originText(facts, texts.origins), timeText(facts.keptAt))}
                onOpen={() => openDraft(facts)}
                onRemove={() => void discardDocument(facts, drafts.reload).then(drafts.reload)}
              />
            ))}
          </Choice>
        )}
        <section>
          <DropZone label={texts.drop} onDrop={(dropped) => void drop(dropped)}>
            <Button variant="outlined" onClick={() => void choose()}>
              {texts.openFile}
            </Button>
          </DropZone>
        </section>
        {recent.value && recent.value.length > 0 && (
          <Choice title={texts.recent}>
            {recent.value.map((file) => (
              <Entry
                key={file.ticket}
                name={file.name}
                about={texts.about(texts.origins.file(file.folder), timeText(file.openedAt))}
                onOpen={() => open.run({ from: 'ticket', ticket: file.ticket })}
              />
            ))}
          </Choice>
        )}
        {!readyMade.value && <Skeleton variant="rounded" height={168} />}
        {readyMade.value && (
          <Choice title={texts.readyMade}>
            {readyMade.value.map(({ id, name, description }) => (
              <Entry
                key={id}
                name={name}
                about={description}
                onOpen={() => open.run({ from: 'ready_made', id } satisfies DocumentSource)}
              />
            ))}
          </Choice>
        )}
      </Box>
    </Page>
  );
}

function openDraft({ id, origin }: DocumentFacts): void {
  // At another director the application's own page is not there; the editor says so, and leads there.
  const isHere = origin.from === 'application' && origin.director === useDirectors.getState().chosen;
  if (isHere) go({ page: 'application', application: origin.application, tab: 'manifest' });
  else go({ page: 'editor', document: id });
}

function originText({ origin }: DocumentFacts, texts: EditorTexts['start']['origins']): string {
  switch (origin.from) {
    case 'file':
      return texts.file(origin.folder);
    default:
      return texts[origin.from];
  }
}

/** Discards a draft, which can be taken back. */
export async function discardDocument({ id, name }: DocumentFacts, onRestored?: () => void): Promise<void> {
  try {
    const undo = await discardSession(id);
    say(editorTexts().start.discarded(name), {
      undo: async () => {
        await undo();
        onRestored?.();
      },
    });
  } catch (thrown) {
    say(failureOf(thrown).message, { level: 'alert' });
  }
}

function Choice({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <Typography component="h2" variant="h2" sx={{ mb: 1.5 }}>
        {title}
      </Typography>
      <Paper component="ul" aria-label={title} sx={{ listStyle: 'none', m: 0, p: 0, overflow: 'hidden' }}>
        {children}
      </Paper>
    </section>
  );
}

interface EntryProps {
  readonly name: string;
  readonly about: string;
  readonly onOpen: () => void;
  readonly onRemove?: () => void;
}

function Entry({ name, about, onOpen, onRemove }: EntryProps) {
  const texts = useEditorTexts().start;
  return (
    <Box
      component="li"
      sx={{ display: 'flex', alignItems: 'center', '& + &': { borderTop: 1, borderColor: 'divider' } }}
    >
      <ListItemButton onClick={onOpen} sx={{ py: 1.25, minWidth: 0 }}>
        <Box sx={{ minWidth: 0 }}>
          <Typography sx={{ fontWeight: 600 }} noWrap>
            {name}
          </Typography>
          <Typography variant="body2" color="textSecondary">
            {about}
          </Typography>
        </Box>
      </ListItemButton>
      {onRemove && (
        <IconButton aria-label={texts.discard(name)} onClick={onRemove} sx={{ mr: 1 }}>
          <Close fontSize="small" />
        </IconButton>
      )}
    </Box>
  );
}
