/** A row of the list: how it is, where it is, what it costs; a running operation in the row itself. */
import { memo } from 'react';
import type { ApplicationSummary } from '../../remote/core/contract/application.ts';
import type { Operation } from '../../remote/core/contract/operation.ts';
import { copyAddress, openAddress } from '../actions/address.ts';
import { hourText, monthText } from '../components/money.ts';
import { signs } from '../components/state-label.tsx';
import type { ComponentTexts } from '../components/texts/common.ts';
import { durationText } from '../components/time.ts';
import { useNow } from '../components/use-now.ts';
import { failureOf, hub } from '../hub/client.ts';
import { toggleSelected, useApplicationsView } from '../stores/applications-view.ts';
import { say } from '../stores/notices.ts';
import { useOperations } from '../stores/operations.ts';
import { hrefOf } from '../stores/route.ts';
import { newestOperations } from './attention.ts';
import { Sparkline } from './sparkline.tsx';
import type { ApplicationsTexts } from './texts.ts';

export interface RowProps {
  readonly application: ApplicationSummary;
  readonly index: number;
  /** Where it begins, in pixels from the first row. */
  readonly top: number;
  readonly height: number;
  /** The column that the keyboard is at; undefined: it is at another row. */
  readonly active: number | undefined;
  /** Handed down: rows come and go while one scrolls, and each that asked for its texts itself would delay that. */
  readonly texts: ApplicationsTexts['row'];
  readonly common: ComponentTexts;
}

/** Id of a cell in the page. */
export function cellId(application: string, column: number): string {
  return `cell-${application}-${column}`;
}

export function cancelOperation(operation: string): void {
  hub
    .director('cancel_operation', { operation: operation as Operation['id'] })
    .catch((thrown: unknown) => say(failureOf(thrown).message, { level: 'warning' }));
}

export const Row = memo(function Row({ application, index, top, height, active, texts, common }: RowProps) {
  const { id, name, address, services, nodes, costPerHour } = application;
  const operation = useOperations(({ byId }) => newestOperations(byId).running.get(id));
  const selected = useApplicationsView((view) => view.selected.has(id));
  const cell = (column: number, more = '') => ({
    role: 'gridcell',
    id: cellId(id, column),
    'aria-colindex': column + 1,
    className: `cell ${more}${active === column ? ' active' : ''}`,
  });
  // While something is done to it and it has no address yet, what is done takes the room.
  const wide = operation !== undefined && address === undefined;
  return (
    <div role="row" aria-rowindex={index + 2} aria-selected={selected} className="row" style={{ height, top }}>
      <div {...cell(0)}>
        <input
          type="checkbox"
          tabIndex={-1}
          checked={selected}
          aria-label={texts.select(name)}
          onChange={() => toggleSelected(id)}
        />
      </div>
      <div {...cell(1)}>
        <a className="name text" tabIndex={-1} href={hrefOf({ page: 'application', application: id })} title={name}>
          {name}
        </a>
      </div>
      <div {...cell(2, wide ? 'wide' : '')}>
        {operation ? (
          <Running operation={operation} texts={texts} />
        ) : (
          <State application={application} states={common.states} />
        )}
      </div>
      {!wide && (
        <>
          <div {...cell(3)}>
            {address === undefined ? (
              <span className="quiet">{texts.noAddress}</span>
            ) : (
              <>
                <button
                  type="button"
                  className="link text"
                  tabIndex={-1}
                  title={common.openInBrowser}
                  onClick={() => openAddress(id)}
                >
                  {address}
                </button>
                <button
                  type="button"
                  className="small"
                  tabIndex={-1}
                  title={common.copyAddress}
                  aria-label={common.copyThis(address)}
                  onClick={() => void copyAddress(address)}
                >
                  <CopyIcon />
                </button>
              </>
            )}
          </div>
          <div {...cell(4, 'services')}>
            <span className="text" title={services.map((one) => `${one.name} (${one.type})`).join(', ')}>
              {services.map(({ type }) => type).join(' ')}
            </span>
          </div>
        </>
      )}
      <div {...cell(5, 'number')}>
        {nodes.running}/{nodes.wanted}
      </div>
      <div {...cell(6, 'load')}>
        <Sparkline load={application.load} textOf={texts.load} />
      </div>
      <div {...cell(7, 'hour')}>
        <span className={costPerHour === undefined ? 'quiet' : ''}>{hourText(costPerHour)}</span>
      </div>
      <div {...cell(8, 'number')}>
        <span className={costPerHour === undefined ? 'quiet' : ''}>{monthText(costPerHour)}</span>
      </div>
    </div>
  );
});

/** As Material's ContentCopy, without a styled component: a row is made for every few pixels of scrolling. */
function CopyIcon() {
  return (
    <svg className="icon glyph" viewBox="0 0 24 24" aria-hidden="true">
      <path d="M16 1H4c-1.1 0-2 .9-2 2v14h2V3h12zm3 4H8c-1.1 0-2 .9-2 2v14c0 1.1.9 2 2 2h11c1.1 0 2-.9 2-2V7c0-1.1-.9-2-2-2m0 16H8V7h11z" />
    </svg>
  );
}

interface StateProps {
  readonly application: ApplicationSummary;
  readonly states: ComponentTexts['states'];
}

function State({ application: { state, cause }, states }: StateProps) {
  const { color } = signs[state];
  return (
    <>
      <svg className={`icon glyph ${color}`} aria-hidden="true">
        <use href={`#look-${state}`} />
      </svg>
      <span className={`word ${color}`}>{states[state]}</span>
      {cause && (
        <span className="text quiet" title={cause}>
          {cause}
        </span>
      )}
    </>
  );
}

function Running({ operation, texts }: { operation: Operation; texts: ApplicationsTexts['row'] }) {
  const now = useNow(1000);
  const { steps, title, startedAt } = operation;
  const { color, Icon } = signs.starting;
  const done = steps.filter(({ state }) => state === 'done' || state === 'skipped').length;
  const current = steps.find(({ state }) => state === 'running');
  const text = [
    steps.length > 1 ? `${done}/${steps.length}` : undefined,
    current?.title ?? title,
    current?.detail,
    durationText(now - startedAt),
  ]
    .filter(Boolean)
    .join(' · ');
  return (
    <>
      <Icon titleAccess={texts.underWay} className={`icon ${color}`} />
      <span className="text" title={`${title}: ${text}`}>
        {text}
      </span>
      {operation.cancellable && (
        <button
          type="button"
          className="small cancel"
          tabIndex={-1}
          aria-label={texts.cancelThis(title)}
          onClick={() => cancelOperation(operation.id)}
        >
          {texts.cancel}
        </button>
      )}
    </>
  );
}
