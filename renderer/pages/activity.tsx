/** What happened: all operations, newest first. */
import Link from '@mui/material/Link';
import Paper from '@mui/material/Paper';
import Skeleton from '@mui/material/Skeleton';
import ToggleButton from '@mui/material/ToggleButton';
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup';
import Typography from '@mui/material/Typography';
import { useEffect, useMemo, useState } from 'react';
import type { Operation } from '../../remote/core/contract/operation.ts';
import { OperationRow } from '../components/operation-row.tsx';
import { Page } from '../components/page.tsx';
import { useApplications } from '../stores/applications.ts';
import { newestFirst, useOperations } from '../stores/operations.ts';
import { hrefOf } from '../stores/route.ts';

type Filter = 'all' | Operation['state'];
const filters: readonly Filter[] = ['all', 'running', 'failed', 'done'];
/** Rows at once. */
const shown = 100;

export function ActivityPage() {
  const { byId, loaded } = useOperations();
  const [filter, setFilter] = useState<Filter>('all');
  // Who looks at this page has seen what failed.
  useEffect(() => {
    const seen = () => useOperations.setState({ seenUntil: Date.now() });
    seen();
    return seen;
  }, []);
  const found = useMemo(
    () => newestFirst(byId.values()).filter(({ state }) => filter === 'all' || state === filter),
    [byId, filter],
  );
  return (
    <Page
      title="Activity"
      actions={
        <ToggleButtonGroup
          size="small"
          exclusive
          aria-label="Show"
          value={filter}
          onChange={(_event, value: Filter | null) => value && setFilter(value)}
        >
          {filters.map((each) => (
            <ToggleButton
              key={each}
              value={each}
              sx={{ px: 1.5, py: 0.25, color: 'text.primary', textTransform: 'none' }}
            >
              {each}
            </ToggleButton>
          ))}
        </ToggleButtonGroup>
      }
    >
      {!loaded && <Skeleton variant="rounded" height={200} />}
      {loaded && found.length === 0 && (
        <Typography color="textSecondary">
          {filter === 'all' ? 'Nothing has happened yet.' : `No operation is ${filter}.`}
        </Typography>
      )}
      {found.length > 0 && (
        <Paper component="ul" aria-label="Operations" sx={{ listStyle: 'none', m: 0, p: 0 }}>
          {found.slice(0, shown).map((operation) => (
            <OperationRow
              key={operation.id}
              operation={operation}
              about={<About id={operation.target.application} />}
            />
          ))}
        </Paper>
      )}
    </Page>
  );
}

function About({ id }: { id: string | undefined }) {
  const name = useApplications(({ byId }) => (id === undefined ? undefined : byId.get(id)?.name));
  if (id === undefined || name === undefined) return null;
  return (
    <>
      {' · '}
      <Link underline="always" href={hrefOf({ page: 'application', application: id })}>
        {name}
      </Link>
    </>
  );
}
