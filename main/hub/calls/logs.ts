/**
 * Logs: a view is a mixture of logs, merged by time. Its rows are asked for; pushed is how many there are, and, while
 * it follows, the last of them, one batch at a time: the next comes when the page has said that it has drawn.
 */
import { z } from 'zod';
import type { Failure } from '../../../remote/core/contract/errors.ts';
import type { LogQuery } from '../../../remote/core/contract/logs.ts';
import type { RemovedNode } from '../../../remote/core/contract/removed-logs.ts';
import { application, ticket } from './common.ts';

const view = z.string().max(64);
const names = z.array(z.string().max(200)).max(1_000).optional();

/** Levels that a line can have; `other` where it says none. */
export const LineLevel = z.enum(['other', 'debug', 'info', 'warning', 'error']);
export type LineLevel = z.infer<typeof LineLevel>;

const choice = {
  /** Names of services; all where left out. */
  services: names,
  nodes: names,
  logs: names,
  levels: z.array(LineLevel).max(5).optional(),
  /** Milliseconds since the epoch; `until` is left out. */
  since: z.number().optional(),
  until: z.number().optional(),
};

const query = z.strictObject({ text: z.string().min(1).max(1_000), regex: z.boolean(), caseSensitive: z.boolean() });

/** A row, wherever the others go: the log's name and the line's number in it. */
const anchor = z.strictObject({ node: z.string().max(200), log: z.string().max(200), seq: z.number().int() });
export type LogAnchor = z.infer<typeof anchor>;

export const logCalls = {
  /** Opens a view. A node that is gone is among `nodes` by its name, if the director still keeps its lines. */
  open_log: z.strictObject({ application, ...choice }),
  /** Shows something else in a view. */
  choose_logs: z.strictObject({ view, ...choice }),
  /** Rows from `first` on; with an anchor, `first` counts from that row. */
  lines: z.strictObject({
    view,
    first: z.number().int(),
    count: z.number().int().min(0).max(500),
    anchor: anchor.optional(),
  }),
  /** From now on the last `rows` rows come with each push; 0: none. */
  follow_log: z.strictObject({ view, rows: z.number().int().min(0).max(500) }),
  /** The last push has been drawn. */
  log_drawn: z.strictObject({ view }),
  /** One line whole, where `lines` has cut it. */
  whole_line: z.strictObject({ view, ...anchor.shape }),
  /** Reads what the nodes still have and the spool has not. */
  load_older: z.strictObject({ view }),
  /** Searches in a view; without a query, ends the search. */
  search_log: z.strictObject({ view, query: query.optional() }),
  /** While something is searched for, hits alone with so many lines of their own log around them; without: all rows. */
  show_hits: z.strictObject({ view, context: z.number().int().min(0).max(100).optional() }),
  /** The hit of a number (by time), or the nearest before or after a row. */
  find_hit: z.strictObject({
    view,
    hit: z.number().int().min(0).optional(),
    from: z.strictObject({ row: z.number().int().min(0), direction: z.enum(['next', 'previous']) }).optional(),
  }),
  /** Where hits and events lie, for the bar beside the rows. */
  log_bar: z.strictObject({ view, buckets: z.number().int().min(1).max(1_000) }),
  /** Number of the first row at or after a time. */
  row_at: z.strictObject({ view, time: z.number() }),
  /** The text of rows, for the clipboard. */
  copy_lines: z.strictObject({ view, first: z.number().int().min(0), count: z.number().int().min(1).max(20_000) }),
  /** Writes all rows of a view to a file; each line once, each log in its order. */
  save_log: z.strictObject({ view, ticket }),
  list_logs: z.strictObject({ application }),
  close_log: z.strictObject({ view }),
  log_spool: z.strictObject({ capBytes: z.number().int().min(64_000_000).max(1_000_000_000_000).optional() }),
} as const;

/** A row as a page gets it. */
export interface LogRow {
  readonly node: string;
  readonly service: string;
  readonly log: string;
  readonly seq: number;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly level: LineLevel | 'gap' | 'event' | 'left-out';
  /** At most 4,000 characters of it. A gap: empty. An event: what happened. */
  readonly text: string;
  /** Characters of the whole line, where it was cut. */
  readonly length?: number | undefined;
  /**
   * Where the expression that is searched for is found, as begins and ends by turns, in characters of the text without
   * its control sequences. For a text that is searched for the page finds them itself.
   */
  readonly marks?: readonly number[] | undefined;
  /** Lines that went before they could be read; -1: unknown, perhaps none. */
  readonly gap?: number | undefined;
  /** Lines of this log that are not shown here, where hits alone are: this row stands for them. */
  readonly leftOut?: number | undefined;
}

export interface LogRows {
  readonly first: number;
  readonly count: number;
  readonly rows: readonly LogRow[];
  /** Number of the anchor's row now; undefined where none was given, or its line is no longer here. */
  readonly anchor?: number | undefined;
}

export interface LogBar {
  /** Hits in each part of the rows. */
  readonly hits: readonly number[];
  readonly events: readonly { readonly row: number; readonly text: string; readonly state: string }[];
}

export interface LogSourceInfo {
  readonly node: string;
  readonly service: string;
  readonly logs: readonly string[];
  /** A node that is gone: until when its lines can be read. */
  readonly until?: number | undefined;
}

export interface LogResults {
  open_log: { readonly view: string };
  choose_logs: null;
  lines: LogRows;
  follow_log: null;
  log_drawn: null;
  whole_line: { readonly text: string };
  load_older: null;
  search_log: null;
  show_hits: null;
  /** `row` holds as long as none comes before it; `line` for good. */
  find_hit: { readonly hit: number; readonly row: number; readonly line: LogAnchor } | null;
  log_bar: LogBar;
  row_at: { readonly row: number };
  copy_lines: { readonly text: string; readonly lines: number };
  save_log: { readonly lines: number };
  list_logs: readonly LogSourceInfo[];
  close_log: null;
  log_spool: { readonly bytes: number; readonly capBytes: number };
}

export interface LogNews {
  readonly view: string;
  /** Rows that can be asked for: 0 … count - 1. */
  readonly count: number;
  /** Milliseconds that what is here is behind. */
  readonly lag: number;
  /** Lines a second that come now. */
  readonly rate: number;
  readonly spool: { readonly bytes: number; readonly capBytes: number };
  /** Whether nodes have older lines that are not here yet. */
  readonly older: boolean;
  /** Whether older lines are being read from the nodes. */
  readonly reading: boolean;
  readonly search?:
    | {
        readonly count: number;
        /** Hits that can be stepped through and shown alone. */
        readonly kept: number;
        readonly busy: boolean;
        readonly failure?: Failure | undefined;
      }
    | undefined;
  readonly failure?: Failure | undefined;
  /** The last rows, while following. */
  readonly tail?: readonly LogRow[] | undefined;
}

export type LogPush = { readonly push: 'log' } & LogNews;
export type { LogQuery, RemovedNode };
