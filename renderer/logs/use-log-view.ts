/** The life of a view at the hub: opened, chosen anew, closed; what it says is handed on, never kept. */
import { type RefObject, useEffect, useRef, useState } from 'react';
import type { HubParams, LineLevel, LogNews, LogRow } from '../../main/hub/protocol.ts';
import type { Failure } from '../../remote/core/contract/errors.ts';
import { failureOf, hub } from '../hub/client.ts';
import { LogScreen } from './log-screen.ts';
import { useLogTexts } from './texts.ts';

/** What is shown. Absent: everything. */
export interface LogChoice {
  readonly services?: readonly string[] | undefined;
  readonly nodes?: readonly string[] | undefined;
  readonly logs?: readonly string[] | undefined;
  readonly levels?: readonly LineLevel[] | undefined;
  /** Milliseconds since the epoch; `until` is left out. */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
}

/** What stands below the rows; without the rows. */
export type LogStatus = Omit<LogNews, 'tail'>;

export interface LogViewState {
  readonly view: RefObject<string | undefined>;
  /** Raised when the view was opened, at first and again: what was asked of an earlier one is asked anew. */
  readonly openings: number;
  readonly screen: RefObject<LogScreen | undefined>;
  readonly status: LogStatus | undefined;
  readonly following: boolean;
  readonly failure: Failure | undefined;
  readonly fail: (thrown: unknown) => void;
  readonly retry: () => void;
}

/** The line below the rows is written this often at most, ms. */
const statusMs = 250;

export function useLogView(
  application: string,
  choice: LogChoice,
  viewport: RefObject<HTMLDivElement | null>,
  scrollbar: RefObject<HTMLDivElement | null>,
  asked: {
    readonly showWhole: (row: LogRow) => void;
    readonly copy: () => void;
  },
): LogViewState {
  const texts = useLogTexts();
  const view = useRef<string>(undefined);
  const screen = useRef<LogScreen>(undefined);
  const [status, setStatus] = useState<LogStatus>();
  const [following, setFollowing] = useState(true);
  const [failure, setFailure] = useState<Failure>();
  const [attempt, setAttempt] = useState(0);
  const [openings, setOpenings] = useState(0);
  // With a new port there is a new hub, which knows nothing of this view: it is opened anew.
  useEffect(() => hub.onConnect(() => setAttempt((before) => before + 1)), []);
  const newest = useRef(asked);
  newest.current = asked;
  const chosen = JSON.stringify(choice);
  const opened = useRef(chosen);
  const fail = (thrown: unknown): void => setFailure(failureOf(thrown));

  // biome-ignore lint/correctness/useExhaustiveDependencies: another choice is told to the same view below
  useEffect(() => {
    const rows = viewport.current;
    const bar = scrollbar.current;
    if (!rows || !bar) return;
    setFailure(undefined);
    setStatus(undefined);
    let closed = false;
    let wantedRows = 0;
    /** After a failure of the hub nobody answers: the retry opens anew. */
    const quietly = (work: Promise<unknown>): void => void work.catch((thrown: unknown) => !closed && fail(thrown));
    const drawn = new LogScreen({
      viewport: rows,
      scrollbar: bar,
      texts: texts.row,
      source: {
        lines: async (first, count, anchor) =>
          view.current === undefined
            ? { first: 0, count: 0, rows: [] }
            : hub.call('lines', { view: view.current, first, count, ...(anchor ? { anchor } : {}) }),
        follow: (count) => {
          wantedRows = count;
          if (view.current !== undefined) quietly(hub.call('follow_log', { view: view.current, rows: count }));
        },
        drawn: () => {
          if (view.current !== undefined) quietly(hub.call('log_drawn', { view: view.current }));
        },
      },
      onFollowing: setFollowing,
      onShowWhole: (row) => newest.current.showWhole(row),
      onCopy: () => newest.current.copy(),
      onFailure: (thrown) => !closed && fail(thrown),
    });
    screen.current = drawn;
    setFollowing(true);
    let shownAt = 0;
    let told: LogStatus | undefined;
    let timer: number | undefined;
    const showStatus = (): void => {
      timer = undefined;
      shownAt = performance.now();
      if (told) setStatus(told);
      setFailure(told?.failure);
    };
    const stop = hub.onPush((push) => {
      if (push.push !== 'log' || push.view !== view.current) return;
      drawn.news(push);
      const { tail: _rows, ...rest } = push;
      told = rest;
      timer ??= window.setTimeout(showStatus, Math.max(0, statusMs - (performance.now() - shownAt)));
    });
    opened.current = chosen;
    hub.call('open_log', { application, ...(choice as HubParams<'choose_logs'>) }).then(
      (answer) => {
        if (closed) {
          quietly(hub.call('close_log', { view: answer.view }));
          return;
        }
        view.current = answer.view;
        setOpenings((before) => before + 1);
        quietly(hub.call('log_drawn', { view: answer.view }));
        if (wantedRows > 0) quietly(hub.call('follow_log', { view: answer.view, rows: wantedRows }));
      },
      (thrown: unknown) => !closed && fail(thrown),
    );
    return () => {
      closed = true;
      window.clearTimeout(timer);
      stop();
      drawn.close();
      screen.current = undefined;
      if (view.current !== undefined) quietly(hub.call('close_log', { view: view.current }));
      view.current = undefined;
    };
  }, [application, attempt, texts]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `chosen` stands for the choice
  useEffect(() => {
    if (opened.current === chosen || view.current === undefined) return;
    opened.current = chosen;
    screen.current?.reset();
    hub
      .call('choose_logs', { view: view.current, ...(choice as Omit<HubParams<'choose_logs'>, 'view'>) })
      .then(() => screen.current?.chosen(), fail);
  }, [chosen]);

  return { view, openings, screen, status, following, failure, fail, retry: () => setAttempt(attempt + 1) };
}
