/** Every method of the contract, from the same table that the servers and the command use. */
import Box from '@mui/material/Box';
import Paper from '@mui/material/Paper';
import Skeleton from '@mui/material/Skeleton';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useDeferredValue, useState } from 'react';
import type { MethodDescription } from '../../main/hub/protocol.ts';
import { FailureNotice } from '../components/failure-notice.tsx';
import { MethodHead } from '../components/method-head.tsx';
import { Page } from '../components/page.tsx';
import { Preformatted } from '../components/preformatted.tsx';
import { useLoaded } from '../components/use-loaded.ts';
import { hub } from '../hub/client.ts';
import { useMethodsPageTexts } from './texts/methods.ts';

const served = ['director', 'manager', 'agent'] as const;

export function MethodsPage() {
  const texts = useMethodsPageTexts();
  const { value, failure, reload } = useLoaded(() => hub.call('describe_methods', {}), []);
  const [search, setSearch] = useState('');
  const sought = useDeferredValue(search).trim().toLowerCase();
  const found = value?.filter(({ name, doc }) => `${name} ${doc}`.toLowerCase().includes(sought));
  return (
    <Page
      title={texts.title}
      up={{ label: texts.up, route: { page: 'help' } }}
      actions={
        <TextField
          placeholder={texts.searchHint}
          value={search}
          onChange={({ target }) => setSearch(target.value)}
          slotProps={{ htmlInput: { 'aria-label': texts.search, type: 'search' } }}
        />
      }
    >
      {failure && <FailureNotice title={texts.failed} failure={failure} onRetry={reload} />}
      {!value && !failure && <Skeleton variant="rounded" height={300} />}
      {found?.length === 0 && <Typography color="textSecondary">{texts.none}</Typography>}
      {served.map((by) => {
        const methods = found?.filter((method) => method.served === by) ?? [];
        if (methods.length === 0) return null;
        return (
          <Box component="section" key={by} sx={{ mb: 3 }}>
            <Typography component="h2" variant="h2" sx={{ mb: 1 }}>
              {texts.served[by]}
            </Typography>
            <Paper component="ul" sx={{ listStyle: 'none', m: 0, p: 0 }}>
              {methods.map((method) => (
                <Method key={method.name} method={method} />
              ))}
            </Paper>
          </Box>
        );
      })}
    </Page>
  );
}

function Method({ method }: { method: MethodDescription }) {
  const texts = useMethodsPageTexts();
  const [open, setOpen] = useState(false);
  return (
    <Box component="li" sx={{ '& + &': { borderTop: 1, borderColor: 'divider' } }}>
      <MethodHead method={method} open={open} onToggle={() => setOpen(!open)} />
      {open && (
        <Box sx={{ px: 2, pb: 1.5 }}>
          <Typography variant="body2">
            {texts.facts(method.callers, method.since)} · <code>POST /v1/{method.name}</code>
          </Typography>
          <Preformatted label={texts.parameters(method.name)} maxHeight={300} sx={{ mt: 1, whiteSpace: 'pre' }}>
            {JSON.stringify(method.params, undefined, 2)}
          </Preformatted>
        </Box>
      )}
    </Box>
  );
}
