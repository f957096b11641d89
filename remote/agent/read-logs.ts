/** Logs of nodes in batches, and their search: what stands in `contract/logs.ts`, at the place where the logs lie. */
import { setTimeout as delay } from 'node:timers/promises';
import { ConpaasError } from '../core/contract/errors.ts';
import type { LogBatch, LogHits, LogQuery, LogSource } from '../core/contract/logs.ts';
import { createSearcher, type Searcher } from '../core/log-search/index.ts';
import { type LogPiece, type LogReader, openLogReader, pollMs } from '../core/supervisor/index.ts';
import type { Nodes } from './nodes.ts';

export interface ReadLogsRequest {
  readonly sources: readonly LogSource[];
  readonly tail?: number | undefined;
  readonly since?: number | undefined;
  readonly follow: boolean;
}

interface Open {
  readonly source: LogSource;
  readonly service: string;
  readonly reader: LogReader;
}

/**
 * Batches of all sources in turn, each in its own order. Nothing is read ahead: who takes slowly is read for later, from
 * the files, and what rotation takes meanwhile is a gap with its count. Sources whose node is not here are passed over.
 */
export async function* readLogs(nodes: Nodes, request: ReadLogsRequest, signal: AbortSignal): AsyncIterable<LogBatch> {
  const { follow, since, tail } = request;
  let open = request.sources.flatMap((source): Open[] => {
    const found = findLog(nodes, source);
    if (!found) return [];
    return [{ source, service: found.service, reader: openLogReader(found.path, { from: source.from, since, tail }) }];
  });
  while (!signal.aborted && open.length > 0) {
    let quiet = true;
    const ended = new Set<Open>();
    for (const one of open) {
      const piece = await one.reader.read(!follow);
      if (piece) {
        quiet = false;
        const { until } = one.source;
        const cut = until === undefined ? piece : upTo(piece, until);
        if (cut) yield batch(one, cut);
        if (until !== undefined && piece.next.seq >= until) ended.add(one);
      } else if (!follow) ended.add(one);
      if (signal.aborted) return;
    }
    if (ended.size > 0) open = open.filter((one) => !ended.has(one));
    else if (quiet) await delay(pollMs, undefined, { signal }).catch(() => undefined); // aborted: the loop ends
  }
}

/** Numbers of matching lines, piece by piece; an item with none says how far it is. */
export async function* searchLogs(
  nodes: Nodes,
  request: {
    readonly sources: readonly LogSource[];
    readonly query: LogQuery;
    readonly since?: number | undefined;
    readonly until?: number | undefined;
  },
  signal: AbortSignal,
): AsyncIterable<LogHits> {
  const { since, until = Number.POSITIVE_INFINITY } = request;
  await using searcher = createSearcher(request.query);
  for (const source of request.sources) {
    const path = findLog(nodes, source)?.path;
    if (path === undefined) continue;
    const reader = openLogReader(path, { from: source.from, since });
    for (;;) {
      signal.throwIfAborted();
      const whole = await reader.read(true);
      const piece = whole && source.until !== undefined ? upTo(whole, source.until) : whole;
      if (!piece) break;
      yield { node: source.node, log: source.log, ...(await matches(searcher, piece, since ?? 0, until)) };
    }
  }
}

async function matches(searcher: Searcher, piece: LogPiece, since: number, until: number) {
  const seqs: number[] = [];
  const times: number[] = [];
  if (piece.count > 0) {
    const indices = await searcher.find({ text: piece.text });
    for (const index of indices) {
      const time = timeAt(piece.times, index);
      if (time < since || time > until) continue;
      seqs.push(piece.seq + index);
      times.push(time);
    }
  }
  return { seqs, times, searched: piece.count };
}

function timeAt(times: readonly number[], index: number): number {
  let time = times[1] ?? 0;
  for (let at = 0; at < times.length && (times[at] ?? 0) <= index; at += 2) time = times[at + 1] ?? time;
  return time;
}

/** The lines of a piece before a number; undefined where there are none. */
function upTo(piece: LogPiece, seq: number): LogPiece | undefined {
  if (piece.seq >= seq) return undefined;
  if (piece.seq + piece.count <= seq) return piece;
  const count = seq - piece.seq;
  const text = piece.text.split('\n').slice(0, count).join('\n');
  const times = piece.times.filter((_, at) => (piece.times[at - (at % 2)] ?? 0) < count);
  return { ...piece, count, text, times };
}

function batch({ source, service }: Open, { seq, count, text, times, gap, behind, next }: LogPiece): LogBatch {
  const { node, log } = source;
  return {
    node,
    service,
    log,
    seq,
    count,
    text,
    times: [...times],
    ...(gap === undefined ? {} : { gap }),
    behind,
    next,
  };
}

function findLog(nodes: Nodes, { node, log }: LogSource): { path: string; service: string } | undefined {
  const runner = nodes.all().find((one) => one.node === node);
  if (!runner) return undefined;
  const logs = runner.logs();
  const path = Object.hasOwn(logs, log) ? logs[log] : undefined;
  if (path === undefined) {
    throw new ConpaasError('not_found', `${node} has no log ${log}. It has: ${Object.keys(logs).join(', ')}.`);
  }
  return { path, service: runner.assignment.service };
}
