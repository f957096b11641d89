/** All applications: is everything well, and what is not. */
import Add from '@mui/icons-material/Add';
import Search from '@mui/icons-material/Search';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import InputAdornment from '@mui/material/InputAdornment';
import Link from '@mui/material/Link';
import Paper from '@mui/material/Paper';
import Skeleton from '@mui/material/Skeleton';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableContainer from '@mui/material/TableContainer';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useDeferredValue, useMemo, useRef, useState } from 'react';
import type { ApplicationSummary } from '../../remote/core/contract/application.ts';
import type { Operation } from '../../remote/core/contract/operation.ts';
import { AddressLink } from '../components/address-link.tsx';
import { Page } from '../components/page.tsx';
import { ReadyMadeList } from '../components/ready-made-list.tsx';
import { RunningOperation } from '../components/running-operation.tsx';
import { StateLabel } from '../components/state-label.tsx';
import { countText, timeText } from '../components/time.ts';
import { useShortcut } from '../components/use-shortcut.ts';
import { useApplications } from '../stores/applications.ts';
import { useOperations } from '../stores/operations.ts';
import { go, hrefOf } from '../stores/route.ts';
import { useSession } from '../stores/session.ts';

/** Rows shown at once; with more, the search narrows them down. */
const shown = 200;

export function ApplicationsPage() {
  const { byId, loaded } = useApplications();
  const [search, setSearch] = useState('');
  const sought = useDeferredValue(search);
  const field = useRef<HTMLInputElement>(null);
  useShortcut('/', () => field.current?.focus());
  const all = useMemo(() => [...byId.values()].sort((a, b) => a.name.localeCompare(b.name)), [byId]);
  const found = useMemo(() => all.filter((application) => matches(application, sought)), [all, sought]);
  // What is not live says so.
  const asOf = useSession(({ session }) =>
    session?.state === 'lost' || session?.state === 'resuming' ? `as of ${timeText(session.since)}` : 'as of now',
  );
  const create = (
    <Button variant="contained" startIcon={<Add />} onClick={() => go({ page: 'new' })}>
      New application
    </Button>
  );
  if (loaded && all.length === 0) return <EmptyPage />;
  return (
    <Page
      title="Applications"
      actions={
        <>
          <TextField
            inputRef={field}
            placeholder="Search"
            value={search}
            onChange={({ target }) => setSearch(target.value)}
            slotProps={{
              htmlInput: { 'aria-label': 'Search applications', type: 'search' },
              input: {
                startAdornment: (
                  <InputAdornment position="start">
                    <Search fontSize="small" />
                  </InputAdornment>
                ),
              },
            }}
            sx={{ width: 220 }}
          />
          {create}
        </>
      }
    >
      <TableContainer component={Paper}>
        <Table size="small" aria-label="Applications">
          <TableHead>
            <TableRow>
              <TableCell>Name</TableCell>
              <TableCell>State</TableCell>
              <TableCell>Address</TableCell>
              <TableCell>Services</TableCell>
              <TableCell align="right">Nodes</TableCell>
            </TableRow>
          </TableHead>
          <TableBody>
            {loaded ? (
              found.slice(0, shown).map((application) => <Row key={application.id} application={application} />)
            ) : (
              <Loading />
            )}
            {loaded && found.length === 0 && (
              <TableRow>
                <TableCell colSpan={5} sx={{ py: 4, textAlign: 'center', color: 'text.secondary' }}>
                  No application matches “{sought}”.
                </TableCell>
              </TableRow>
            )}
          </TableBody>
        </Table>
      </TableContainer>
      {loaded && (
        <Typography variant="body2" color="textSecondary" sx={{ mt: 1.5 }}>
          {summaryText(all)} · {asOf}
          {found.length > shown ? ` · the first ${shown} of ${found.length} are shown: search for the others` : ''}
        </Typography>
      )}
    </Page>
  );
}

function matches(application: ApplicationSummary, sought: string): boolean {
  const text = [
    application.name,
    application.state,
    application.cause,
    application.address,
    ...application.services.map(({ type }) => type),
  ];
  return text.join(' ').toLowerCase().includes(sought.trim().toLowerCase());
}

function summaryText(all: readonly ApplicationSummary[]): string {
  const nodes = all.reduce((sum, application) => sum + application.nodes.running, 0);
  const unwell = all.filter(
    ({ state }) => state === 'degraded' || state === 'failed' || state === 'unreachable',
  ).length;
  const well = unwell === 0 ? 'all well' : `${unwell} ${unwell === 1 ? 'needs' : 'need'} you`;
  return `${countText(all.length, 'application')} · ${countText(nodes, 'node')} running · ${well}`;
}

/** The operation that is under way for an application, newest first. */
function runningFor(operations: ReadonlyMap<string, Operation>, id: string): Operation | undefined {
  let newest: Operation | undefined;
  for (const operation of operations.values()) {
    if (operation.state !== 'running' || operation.target.application !== id) continue;
    if (!newest || operation.startedAt > newest.startedAt) newest = operation;
  }
  return newest;
}

function Row({ application }: { application: ApplicationSummary }) {
  const operation = useOperations(({ byId }) => runningFor(byId, application.id));
  return (
    <TableRow hover>
      <TableCell sx={{ fontWeight: 600 }}>
        <Link href={hrefOf({ page: 'application', application: application.id })}>{application.name}</Link>
      </TableCell>
      <TableCell sx={{ maxWidth: 380 }}>
        {operation ? (
          <RunningOperation operation={operation} />
        ) : (
          <StateLabel state={application.state} cause={application.cause} />
        )}
      </TableCell>
      <TableCell>
        {application.address ? (
          <AddressLink application={application.id} address={application.address} />
        ) : (
          <Typography variant="body2" color="textSecondary">
            none yet
          </Typography>
        )}
      </TableCell>
      <TableCell>{application.services.map(({ type }) => type).join(' ')}</TableCell>
      <TableCell align="right" sx={{ fontVariantNumeric: 'tabular-nums' }}>
        {application.nodes.running}/{application.nodes.wanted}
      </TableCell>
    </TableRow>
  );
}

function Loading() {
  return [60, 45, 70].map((width) => (
    <TableRow key={width} aria-hidden>
      {[width, 40, 55, 30, 20].map((cell) => (
        <TableCell key={cell}>
          <Skeleton width={`${cell}%`} />
        </TableCell>
      ))}
    </TableRow>
  ));
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
