/** A new application: of a ready-made manifest, of your own, or of an archive or folder alone; its plan; its steps. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { type ReactNode, useEffect } from 'react';
import type { Offer } from '../../main/hub/protocol.ts';
import { DraftPlan } from '../application/draft-plan.tsx';
import { takeManifest } from '../components/drop-anywhere.tsx';
import { type Dropped, DropZone } from '../components/drop-zone.tsx';
import { FailureNotice } from '../components/failure-notice.tsx';
import { Page } from '../components/page.tsx';
import { ReadyMadeList } from '../components/ready-made-list.tsx';
import { useAction } from '../components/use-action.ts';
import { hub } from '../hub/client.ts';
import { desktop } from '../hub/desktop.ts';
import { clearDraft, offerManifest, useDraft } from '../stores/draft.ts';
import { editManifest } from '../stores/edit.ts';
import { say } from '../stores/notices.ts';
import { useNewApplicationTexts } from './texts/new-application.ts';

export function NewApplicationPage() {
  const texts = useNewApplicationTexts();
  const draft = useDraft((store) => store.draft);
  // Leaving the page drops the draft: coming back starts anew.
  useEffect(() => clearDraft, []);
  return (
    <Page title={texts.title} up={{ label: texts.up, route: { page: 'applications' } }}>
      {draft ? <DraftPlan key={JSON.stringify(draft.source)} draft={draft} /> : <Choices />}
    </Page>
  );
}

function Choices() {
  const texts = useNewApplicationTexts();
  const choose = useAction(async () => {
    const offers = await desktop.chooseFiles('manifest');
    if (offers.length > 0) await takeManifest({ offers, files: [] });
  });
  const write = useAction(() => editManifest({ from: 'template' }));
  const failure = choose.failure ?? write.failure;
  return (
    <Box sx={{ maxWidth: 760, display: 'flex', flexDirection: 'column', gap: 4 }}>
      <section>
        <Heading>{texts.readyMade}</Heading>
        <ReadyMadeList />
      </section>
      <section>
        <Heading>{texts.own}</Heading>
        {failure && <FailureNotice title={texts.notOpened} failure={failure} />}
        <DropZone label={texts.drop} onDrop={(dropped) => void takeManifest(dropped)}>
          <Button variant="outlined" onClick={() => choose.run()}>
            {texts.choose}
          </Button>
          <Button variant="outlined" onClick={() => write.run()}>
            {texts.write}
          </Button>
        </DropZone>
      </section>
      <CodeAlone />
    </Box>
  );
}

/** An archive or folder by itself: an application with one PHP service, called like it. */
function CodeAlone() {
  const texts = useNewApplicationTexts();
  const take = useAction(async (offer: Offer) => {
    const { id, text } = await hub.call('open_document', { source: { from: 'archive', ticket: offer.ticket } });
    offerManifest({ from: 'document', document: id, text }, offer.name);
  });
  const choose = async (what: 'archive' | 'folder'): Promise<void> => {
    const [offer] = await desktop.chooseFiles(what);
    if (offer) take.run(offer);
  };
  const drop = ({ offers }: Dropped): void => {
    const offer = offers.find(({ kind, name }) => kind === 'folder' || !/\.(json|conpaas)$/i.test(name));
    if (offer) take.run(offer);
    else say(texts.wrong, { level: 'warning' });
  };
  return (
    <section>
      <Heading>{texts.code}</Heading>
      {take.failure && <FailureNotice title={texts.unusable} failure={take.failure} />}
      <DropZone label={texts.dropCode} onDrop={drop}>
        <Button variant="outlined" onClick={() => void choose('archive')}>
          {texts.chooseArchive}
        </Button>
        <Button variant="outlined" onClick={() => void choose('folder')}>
          {texts.chooseFolder}
        </Button>
      </DropZone>
    </section>
  );
}

function Heading({ children }: { children: ReactNode }) {
  return (
    <Typography component="h2" variant="h2" sx={{ mb: 1.5 }}>
      {children}
    </Typography>
  );
}
