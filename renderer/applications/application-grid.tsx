/**
 * The list of applications as a grid: only the rows on the screen are in the page, so that thousands scroll smoothly.
 * One tab stop: arrows move from cell to cell, Enter opens, the space bar selects.
 */
import ArrowDownward from '@mui/icons-material/ArrowDownward';
import ArrowUpward from '@mui/icons-material/ArrowUpward';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type MouseEvent, memo, useEffect, useRef, useState } from 'react';
import type { ApplicationSummary } from '../../remote/core/contract/application.ts';
import { copyAddress, openAddress } from '../actions/address.ts';
import { signs } from '../components/state-label.tsx';
import { useComponentTexts } from '../components/texts/common.ts';
import { changeQuery, select, toggleSelected, useApplicationsView } from '../stores/applications-view.ts';
import { useOperations } from '../stores/operations.ts';
import { usePreferences } from '../stores/preferences.ts';
import { go } from '../stores/route.ts';
import { rowHeight } from '../theme/tokens.ts';
import { newestOperations } from './attention.ts';
import { moved } from './grid-keys.ts';
import { Grid } from './grid-style.ts';
import type { Column } from './query.ts';
import { cancelOperation, cellId, Row } from './row.tsx';
import { type ApplicationsTexts, useApplicationsTexts } from './texts.ts';

interface Head {
  readonly title: string;
  readonly sort?: Column;
  /** What one wants first of it: the most, or the first of the alphabet. */
  readonly most?: boolean;
  readonly className?: string;
  /** For the screen reader, where the title is short. */
  readonly label?: string;
}

const headsOf = (texts: ApplicationsTexts['heads']): readonly Head[] => [
  { title: '' },
  { title: texts.name, sort: 'name' },
  { title: texts.state, sort: 'state' },
  { title: texts.address },
  { title: texts.services, className: 'services' },
  { title: texts.nodes, sort: 'nodes', most: true, className: 'number', label: texts.nodesLabel },
  { title: texts.load, sort: 'load', most: true, className: 'load', label: texts.loadLabel },
  { title: texts.perHour, sort: 'cost', most: true, className: 'hour', label: texts.perHourLabel },
  { title: texts.perMonth, className: 'number', label: texts.perMonthLabel },
];
const columnCount = 9;
const lastColumn = columnCount - 1;
const headHeight = 34;

export interface ApplicationGridProps {
  /** As they are shown. */
  readonly applications: readonly ApplicationSummary[];
  /** Said where there is none. */
  readonly nothing: string;
}

export function ApplicationGrid({ applications, nothing }: ApplicationGridProps) {
  const texts = useApplicationsTexts();
  const common = useComponentTexts();
  const frame = useRef<HTMLDivElement>(null);
  const density = usePreferences((store) => store.density);
  const [at, setAt] = useState({ row: 0, column: 1 });
  const height = rowHeight[density];
  const rows = useVirtualizer({
    count: applications.length,
    getScrollElement: () => frame.current,
    estimateSize: () => height,
    getItemKey: (index) => applications[index]?.id ?? index,
    overscan: 5,
    scrollPaddingStart: headHeight,
    // Before anything is measured: the first paint has the rows in it, without being laid out once without them.
    initialRect: { width: window.innerWidth, height: window.innerHeight },
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another density is another height of all rows
  useEffect(() => rows.measure(), [height, rows]);
  const row = Math.min(at.row, applications.length - 1);
  const current = applications[row];

  const whole = headHeight + 2 + Math.max(1, applications.length) * height + (applications.length ? 0 : 40);
  const page = (): number => Math.max(1, Math.floor(((frame.current?.clientHeight ?? 0) - headHeight) / height) - 1);

  const pressed = (event: KeyboardEvent): void => {
    if (event.target !== frame.current || event.altKey || !current) return;
    const main = event.ctrlKey || event.metaKey;
    const last = { row: applications.length - 1, column: lastColumn };
    const to = moved(event.key, main, { row, column: at.column }, last, page());
    if (to) {
      setAt(to);
      rows.scrollToIndex(to.row);
    } else if (event.key === 'Enter') activate(current, at.column);
    else if (event.key === ' ') toggleSelected(current.id);
    else if (event.key === 'Escape') select([]);
    else if (main && event.key.toLowerCase() === 'a') select(applications.map(({ id }) => id));
    else if (main && event.key.toLowerCase() === 'c' && current.address !== undefined)
      void copyAddress(current.address);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  /** A click into a row is where the keyboard goes on. */
  const clicked = (event: MouseEvent): void => {
    const cell = event.target instanceof Element ? event.target.closest('[role="gridcell"]') : null;
    const index = Number(cell?.closest('[role="row"]')?.getAttribute('aria-rowindex')) - 2;
    if (cell && index >= 0) setAt({ row: index, column: Number(cell.getAttribute('aria-colindex')) - 1 });
  };

  return (
    <Grid
      ref={frame}
      role="grid"
      aria-label={texts.title}
      aria-rowcount={applications.length + 1}
      aria-colcount={columnCount}
      aria-multiselectable
      tabIndex={0}
      {...(current ? { 'aria-activedescendant': cellId(current.id, at.column) } : {})}
      onKeyDown={pressed}
      onClick={clicked}
      // A few rows are not more than they are; of many, some stay in sight where the window is low.
      style={{ height: whole, minHeight: Math.min(120, whole) }}
    >
      <LookSymbols />
      <div role="rowgroup" style={{ position: 'sticky', top: 0, zIndex: 2 }}>
        <HeadRow applications={applications} />
      </div>
      <div role="rowgroup" className="rows" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map(({ index, key, start }) => {
          const application = applications[index];
          if (!application) return null;
          return (
            <Row
              key={key}
              application={application}
              index={index}
              top={start}
              height={height}
              active={index === row ? at.column : undefined}
              texts={texts.row}
              common={common}
            />
          );
        })}
      </div>
      {applications.length === 0 && (
        <div role="rowgroup">
          <div role="row" aria-rowindex={2} style={{ padding: 24, textAlign: 'center' }}>
            <span role="gridcell" aria-colspan={columnCount} className="quiet">
              {nothing}
            </span>
          </div>
        </div>
      )}
    </Grid>
  );
}

/** The icons of states, once for all rows: a styled component in each would cost more than the rest of the row. */
const LookSymbols = memo(function LookSymbols() {
  return (
    <svg aria-hidden="true" style={{ position: 'absolute', width: 0, height: 0 }}>
      {Object.entries(signs).map(([state, { Icon }]) => (
        <symbol key={state} id={`look-${state}`} viewBox="0 0 24 24">
          <Icon style={{ width: 24, height: 24 }} />
        </symbol>
      ))}
    </svg>
  );
});

/** What Enter does in a cell. */
function activate(application: ApplicationSummary, column: number): void {
  const operation = newestOperations(useOperations.getState().byId).running.get(application.id);
  if (column === 0) toggleSelected(application.id);
  else if (column === 2 && operation?.cancellable) cancelOperation(operation.id);
  else if (column === 3 && application.address !== undefined) openAddress(application.id);
  else go({ page: 'application', application: application.id });
}

/** Drawn anew for other applications or another order, not for each step of scrolling. */
const HeadRow = memo(function HeadRow({ applications }: { applications: readonly ApplicationSummary[] }) {
  const texts = useApplicationsTexts().heads;
  const heads = headsOf(texts);
  const { sort, descending } = useApplicationsView((view) => view.query);
  const chosen = useApplicationsView(({ selected }) => selected.size);
  const isAll = chosen > 0 && chosen >= applications.length;
  const sortBy = (head: Head): void => {
    if (head.sort === undefined) return;
    const again = sort === head.sort;
    // The third click is the order of the beginning.
    const first = head.most ?? false;
    if (again && descending !== first) changeQuery({ sort: 'attention', descending: false });
    else changeQuery({ sort: head.sort, descending: again ? !descending : first });
  };
  return (
    <div role="row" aria-rowindex={1} className="row head">
      {heads.map((head, column) => (
        <div
          key={head.title}
          role="columnheader"
          aria-colindex={column + 1}
          className={`cell ${head.className ?? ''}`}
          {...(head.sort !== undefined && head.sort === sort
            ? { 'aria-sort': descending ? ('descending' as const) : ('ascending' as const) }
            : {})}
          title={head.label ?? ''}
        >
          {column === 0 ? (
            <input
              type="checkbox"
              aria-label={texts.selectAll}
              checked={isAll}
              ref={(box) => {
                if (box) box.indeterminate = chosen > 0 && !isAll;
              }}
              onChange={() => select(isAll ? [] : applications.map(({ id }) => id))}
            />
          ) : head.sort === undefined ? (
            head.title
          ) : (
            <button type="button" onClick={() => sortBy(head)}>
              {head.title}
              {head.sort === sort &&
                (descending ? <ArrowDownward className="icon" /> : <ArrowUpward className="icon" />)}
            </button>
          )}
        </div>
      ))}
    </div>
  );
});
