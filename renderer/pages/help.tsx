/** Help: offline, searched as one types, opened at the page in question. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Link from '@mui/material/Link';
import Paper from '@mui/material/Paper';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useDeferredValue, useEffect, useState } from 'react';
import { showShortcuts } from '../actions/overlays.ts';
import { useActions } from '../actions/use-actions.ts';
import { Page } from '../components/page.tsx';
import { DiagnosticsDialog } from '../help/diagnostics-dialog.tsx';
import { useHelpTexts } from '../help/texts.ts';
import { type Block, findTopics, type Topic, useTopics } from '../help/topics.ts';
import { hrefOf, type Route } from '../stores/route.ts';

export function HelpPage({ route: { topic } }: { route: Extract<Route, { page: 'help' }> }) {
  const texts = useHelpTexts();
  const [sought, setSought] = useState('');
  const [diagnosing, setDiagnosing] = useState(false);
  const found = findTopics(useDeferredValue(sought), useTopics());
  useActions([{ id: 'help.diagnostics', title: texts.diagnostics, run: () => setDiagnosing(true) }]);
  useEffect(() => {
    const section = topic === undefined ? null : document.getElementById(`topic-${topic}`);
    section?.scrollIntoView({ block: 'start' });
  }, [topic]);
  return (
    <Page
      title={texts.title}
      actions={
        <TextField
          placeholder={texts.search}
          value={sought}
          onChange={({ target }) => setSought(target.value)}
          slotProps={{ htmlInput: { 'aria-label': texts.search, type: 'search' } }}
          sx={{ width: 240 }}
        />
      }
    >
      <Box sx={{ display: 'flex', gap: 4, alignItems: 'flex-start' }}>
        <Box
          component="nav"
          aria-label={texts.topics}
          sx={{ width: 184, flexShrink: 0, position: 'sticky', top: 24, display: { xs: 'none', md: 'block' } }}
        >
          <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0, '& li': { py: 0.5 } }}>
            {found.map(({ id, title }) => (
              <li key={id}>
                <Link
                  href={hrefOf({ page: 'help', topic: id })}
                  aria-current={id === topic ? 'true' : undefined}
                  variant="body2"
                >
                  {title}
                </Link>
              </li>
            ))}
          </Box>
        </Box>
        <Box sx={{ flex: 1, minWidth: 0, maxWidth: 720, display: 'flex', flexDirection: 'column', gap: 2 }}>
          {found.length === 0 && <Typography color="textSecondary">{texts.nothing(sought)}</Typography>}
          {found.map((each) => (
            <TopicSection key={each.id} topic={each} current={each.id === topic} />
          ))}
          <section>
            <Typography component="h2" variant="h2" sx={{ mb: 1 }}>
              {texts.more}
            </Typography>
            <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 1 }}>
              <Button variant="outlined" onClick={showShortcuts}>
                {texts.keys}
              </Button>
              <Button variant="outlined" href={hrefOf({ page: 'methods' })}>
                {texts.methods}
              </Button>
              <Button variant="outlined" onClick={() => setDiagnosing(true)}>
                {texts.diagnostics}
              </Button>
            </Box>
          </section>
        </Box>
      </Box>
      {diagnosing && <DiagnosticsDialog onClose={() => setDiagnosing(false)} />}
    </Page>
  );
}

function TopicSection({ topic: { id, title, blocks }, current }: { topic: Topic; current: boolean }) {
  return (
    <Paper
      component="section"
      id={`topic-${id}`}
      aria-labelledby={`title-${id}`}
      sx={{ px: 2.5, py: 2, ...(current ? { borderColor: 'primary.main' } : {}) }}
    >
      <Typography component="h2" variant="h2" id={`title-${id}`}>
        {title}
      </Typography>
      {blocks.map((block, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: blocks of a topic never change their order
        <BlockView key={index} block={block} />
      ))}
    </Paper>
  );
}

function BlockView({ block }: { block: Block }) {
  switch (block.kind) {
    case 'text':
      return <Typography sx={{ mt: 1, lineHeight: 1.6 }}>{block.text}</Typography>;
    case 'steps':
      return (
        <Box component="ol" sx={{ mt: 1, mb: 0, pl: 2.5, lineHeight: 1.8 }}>
          {block.steps.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </Box>
      );
    case 'command':
      return (
        <Box
          component="pre"
          sx={{ m: 0, mt: 1, px: 1.5, py: 1, bgcolor: 'sunken', borderRadius: 0.5, whiteSpace: 'pre-wrap' }}
        >
          {block.text}
        </Box>
      );
  }
}
