/** All applications: is everything well, what is not, what does it cost. */
import Add from '@mui/icons-material/Add';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Link from '@mui/material/Link';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import { useMemo, useRef } from 'react';
import { useActions } from '../actions/use-actions.ts';
import { ApplicationGrid } from '../applications/application-grid.tsx';
import { AttentionLine } from '../applications/attention-line.tsx';
import { BulkBar } from '../applications/bulk-bar.tsx';
import { Arrangement, everything } from '../applications/query.ts';
import { Toolbar } from '../applications/toolbar.tsx';
import { Totals } from '../applications/totals.tsx';
import { Page } from '../components/page.tsx';
import { ReadyMadeList } from '../components/ready-made-list.tsx';
import { useApplications } from '../stores/applications.ts';
import { changeQuery, select, useApplicationsView } from '../stores/applications-view.ts';
import { usePainted } from '../stores/painted.ts';
import { prefer, usePreferences } from '../stores/preferences.ts';
import { go, hrefOf } from '../stores/route.ts';

export function ApplicationsPage() {
  const { byId, loaded } = useApplications();
  const { query, selected } = useApplicationsView();
  const density = usePreferences((store) => store.density);
  const isPainted = usePainted();
  const field = useRef<HTMLInputElement>(null);
  const arrangement = useRef(new Arrangement());
  const shown = useMemo(() => arrangement.current.arrange(byId, query), [byId, query]);
  const clouds = useMemo(() => [...new Set([...byId.values()].flatMap(({ cloud }) => cloud ?? []))].sort(), [byId]);
  const chosen = useMemo(
    () => [...selected].map((id) => byId.get(id)).filter((application) => application !== undefined),
    [selected, byId],
  );
  const other = density === 'compact' ? 'comfortable' : 'compact';
  useActions([
    { id: 'applications.search', title: 'Search applications', shortcut: '/', run: () => field.current?.focus() },
    { id: 'applications.new', title: 'New application', shortcut: 'N', run: () => go({ page: 'new' }) },
    {
      id: 'applications.needing',
      title: 'Show what needs you',
      command: 'conpaas app list',
      run: () => changeQuery({ ...everything, state: 'needs-you' }),
    },
    { id: 'applications.all', title: 'Show all applications', run: () => changeQuery(everything) },
    {
      id: 'applications.select',
      title: 'Select all applications that are shown',
      run: () => select(shown.map(({ id }) => id)),
    },
    { id: 'applications.density', title: `Make the list ${other}`, run: () => prefer({ density: other }) },
  ]);
  if (loaded && byId.size === 0) return <EmptyPage />;
  return (
    <Page
      fill
      title="Applications"
      actions={
        <>
          {isPainted && <Toolbar clouds={clouds} searchField={field} />}
          <Button variant="contained" startIcon={<Add />} onClick={() => go({ page: 'new' })}>
            New application
          </Button>
        </>
      }
    >
      {loaded && <AttentionLine />}
      {chosen.length > 0 && <BulkBar applications={chosen} />}
      {loaded ? (
        <>
          <ApplicationGrid applications={shown} nothing={nothingText(query.search)} />
          <Totals all={byId} shown={shown.length} />
        </>
      ) : (
        <Loading />
      )}
    </Page>
  );
}

function nothingText(search: string): string {
  return search === '' ? 'No application is in that state.' : `No application matches “${search}”.`;
}

function Loading() {
  return (
    <Box aria-busy="true" aria-label="Reading the applications">
      {['first', 'second', 'third', 'fourth'].map((row) => (
        <Skeleton key={row} variant="rounded" height={38} sx={{ mb: 0.75 }} />
      ))}
    </Box>
  );
}

function EmptyPage() {
  return (
    <Page title="Applications">
      <Box sx={{ maxWidth: 720 }}>
        <Typography color="textSecondary" sx={{ mb: 3 }}>
          Nothing runs yet. Take a ready-made application to see how it goes, drop a manifest on this window, or{' '}
          <Link underline="always" href={hrefOf({ page: 'new' })}>
            write one of your own
          </Link>
          .
        </Typography>
        <ReadyMadeList />
      </Box>
    </Page>
  );
}
