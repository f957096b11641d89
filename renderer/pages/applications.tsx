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
import { useApplicationsTexts } from '../applications/texts.ts';
import { Toolbar } from '../applications/toolbar.tsx';
import { Totals } from '../applications/totals.tsx';
import { Page } from '../components/page.tsx';
import { ReadyMadeList } from '../components/ready-made-list.tsx';
import { Worded } from '../components/worded.tsx';
import { useApplications } from '../stores/applications.ts';
import { changeQuery, select, useApplicationsView } from '../stores/applications-view.ts';
import { usePainted } from '../stores/painted.ts';
import { prefer, usePreferences } from '../stores/preferences.ts';
import { go, hrefOf } from '../stores/route.ts';

export function ApplicationsPage() {
  const texts = useApplicationsTexts();
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
  const { pageActions } = texts;
  const other = density === 'compact' ? 'comfortable' : 'compact';
  useActions([
    { id: 'applications.search', title: pageActions.search, shortcut: '/', run: () => field.current?.focus() },
    { id: 'applications.new', title: texts.newApplication, shortcut: 'N', run: () => go({ page: 'new' }) },
    {
      id: 'applications.needing',
      title: pageActions.needing,
      command: 'conpaas app list',
      run: () => changeQuery({ ...everything, state: 'needs-you' }),
    },
    { id: 'applications.all', title: pageActions.all, run: () => changeQuery(everything) },
    {
      id: 'applications.select',
      title: pageActions.select,
      run: () => select(shown.map(({ id }) => id)),
    },
    { id: 'applications.density', title: pageActions[other], run: () => prefer({ density: other }) },
  ]);
  if (loaded && byId.size === 0) return <EmptyPage />;
  return (
    <Page
      fill
      title={texts.title}
      actions={
        <>
          {isPainted && <Toolbar clouds={clouds} searchField={field} />}
          <Button variant="contained" startIcon={<Add />} onClick={() => go({ page: 'new' })}>
            {texts.newApplication}
          </Button>
        </>
      }
    >
      {loaded && <AttentionLine />}
      {chosen.length > 0 && <BulkBar applications={chosen} />}
      {loaded ? (
        <>
          <ApplicationGrid
            applications={shown}
            nothing={query.search === '' ? texts.noneInState : texts.noneMatches(query.search)}
          />
          <Totals all={byId} shown={shown.length} />
        </>
      ) : (
        <Loading />
      )}
    </Page>
  );
}

function Loading() {
  const texts = useApplicationsTexts();
  return (
    <Box aria-busy="true" aria-label={texts.reading}>
      {['first', 'second', 'third', 'fourth'].map((row) => (
        <Skeleton key={row} variant="rounded" height={38} sx={{ mb: 0.75 }} />
      ))}
    </Box>
  );
}

function EmptyPage() {
  const { title, empty } = useApplicationsTexts();
  return (
    <Page title={title}>
      <Box sx={{ maxWidth: 720 }}>
        <Typography color="textSecondary" sx={{ mb: 3 }}>
          <Worded
            text={empty.text}
            values={[
              <Link key="link" underline="always" href={hrefOf({ page: 'new' })}>
                {empty.link}
              </Link>,
            ]}
          />
        </Typography>
        <ReadyMadeList />
      </Box>
    </Page>
  );
}
