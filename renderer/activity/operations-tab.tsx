/** All operations, newest first: what runs, what failed and why, with its way out. */
import Link from '@mui/material/Link';
import Skeleton from '@mui/material/Skeleton';
import { useEffect, useMemo, useState } from 'react';
import type { Operation } from '../../remote/core/contract/operation.ts';
import { Nothing } from '../components/nothing.tsx';
import { OperationRow } from '../components/operation-row.tsx';
import { useApplications } from '../stores/applications.ts';
import { openInDock, operationTab } from '../stores/dock.ts';
import { markSeen, newestFirst, useOperations } from '../stores/operations.ts';
import { hrefOf } from '../stores/route.ts';
import { commandOf, isFiltered, noFilters, passes } from './filters.ts';
import { LongList } from './long-list.tsx';
import { useActivityTexts } from './texts.ts';
import { Toolbar } from './toolbar.tsx';

export function OperationsTab() {
  const texts = useActivityTexts();
  const { byId, loaded } = useOperations();
  const [filters, setFilters] = useState(noFilters);
  const nameOf = useApplications(({ byId: applications }) => applications.get(filters.application)?.name);
  // Who looks at this page has seen what failed, also what fails while he looks.
  useEffect(() => {
    if (byId.size > 0) markSeen();
  }, [byId]);
  const all = useMemo(() => newestFirst(byId.values()), [byId]);
  const found = useMemo(() => all.filter((operation) => passes(operation, filters, Date.now())), [all, filters]);
  const kinds = useMemo(
    () => Object.fromEntries([...new Set(all.map(({ kind }) => kind))].sort().map((kind) => [kind, words(kind)])),
    [all],
  );
  const users = useMemo(() => [...new Set(all.map(({ requestedBy }) => requestedBy))].sort(), [all]);
  return (
    <>
      <Toolbar
        filters={filters}
        onChange={setFilters}
        states={texts.operations.states}
        kinds={kinds}
        users={users}
        command={commandOf('op list', { app: nameOf, state: filters.state })}
      />
      {!loaded && <Skeleton variant="rounded" height={220} />}
      {loaded && found.length === 0 && (
        <Nothing>{isFiltered(filters) ? texts.operations.filtered : texts.operations.empty}</Nothing>
      )}
      {found.length > 0 && (
        <LongList
          label={texts.tabs.operations}
          items={found}
          keyOf={({ id }) => id}
          estimate={58}
          row={(operation, place) => (
            <OperationRow
              key={operation.id}
              operation={operation}
              place={place}
              about={<About operation={operation} />}
            />
          )}
        />
      )}
    </>
  );
}

const words = (kind: string) => kind.replaceAll('_', ' ');

function About({ operation }: { operation: Operation }) {
  const texts = useActivityTexts().operations;
  const id = operation.target.application;
  const name = useApplications(({ byId }) => (id === undefined ? undefined : byId.get(id)?.name));
  return (
    <>
      {id !== undefined && name !== undefined && (
        <>
          {' · '}
          <Link underline="always" href={hrefOf({ page: 'application', application: id })}>
            {name}
          </Link>
        </>
      )}
      {' · '}
      <Link
        component="button"
        variant="caption"
        underline="always"
        aria-label={texts.showInDock(operation.title)}
        onClick={() => openInDock(operationTab(operation))}
        sx={{ verticalAlign: 'baseline' }}
      >
        {texts.inDock}
      </Link>
    </>
  );
}
