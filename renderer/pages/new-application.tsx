/** A new application: take a ready-made one, drop a manifest or paste one; see the plan; apply it; watch the steps. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useEffect, useState } from 'react';
import { DraftPlan } from '../application/draft-plan.tsx';
import { takeManifest } from '../components/drop-anywhere.tsx';
import { DropZone } from '../components/drop-zone.tsx';
import { Page } from '../components/page.tsx';
import { ReadyMadeList } from '../components/ready-made-list.tsx';
import { desktop } from '../hub/desktop.ts';
import { clearDraft, offerManifest, useDraft } from '../stores/draft.ts';

export function NewApplicationPage() {
  const draft = useDraft((store) => store.draft);
  // Leaving the page drops the draft: coming back starts anew.
  useEffect(() => clearDraft, []);
  return (
    <Page title="New application" up={{ label: 'Applications', route: { page: 'applications' } }}>
      {draft ? <DraftPlan key={JSON.stringify(draft.source)} draft={draft} /> : <Choices />}
    </Page>
  );
}

function Choices() {
  const [text, setText] = useState('');
  const choose = async () => {
    const offers = await desktop.chooseFiles('manifest');
    if (offers.length > 0) await takeManifest({ offers, files: [] });
  };
  return (
    <Box sx={{ maxWidth: 760, display: 'flex', flexDirection: 'column', gap: 4 }}>
      <section>
        <Heading>Ready-made</Heading>
        <ReadyMadeList />
      </section>
      <section>
        <Heading>Your own manifest</Heading>
        <DropZone label="Drop a manifest here" onDrop={(dropped) => void takeManifest(dropped)}>
          <Button variant="outlined" onClick={() => void choose()}>
            Choose a file…
          </Button>
        </DropZone>
        <Box
          component="form"
          onSubmit={(event) => {
            event.preventDefault();
            if (text.trim()) offerManifest({ from: 'text', text }, 'pasted text');
          }}
          sx={{ mt: 2 }}
        >
          <TextField
            label="Or paste it"
            multiline
            fullWidth
            minRows={4}
            maxRows={14}
            value={text}
            onChange={({ target }) => setText(target.value)}
            slotProps={{ htmlInput: { spellCheck: false, style: { fontFamily: 'monospace', fontSize: 13 } } }}
          />
          <Button type="submit" variant="outlined" disabled={!text.trim()} sx={{ mt: 1.5 }}>
            Show the plan
          </Button>
        </Box>
      </section>
    </Box>
  );
}

function Heading({ children }: { children: string }) {
  return (
    <Typography component="h2" variant="h2" sx={{ mb: 1.5 }}>
      {children}
    </Typography>
  );
}
