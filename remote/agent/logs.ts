/** Log lines of nodes as one stream. */
import type { LogLine } from '../core/contract/application.ts';
import { ConpaasError } from '../core/contract/errors.ts';
import { mergeByTime } from '../core/events/index.ts';
import { tailLog } from '../core/supervisor/index.ts';
import type { NodeRunner } from './node-runner.ts';
import type { Nodes } from './nodes.ts';

export interface LogRequest {
  readonly node?: string | undefined;
  readonly log?: string | undefined;
  readonly follow: boolean;
  readonly since?: number | undefined;
  readonly tail?: number | undefined;
}

/**
 * Lines of the logs asked for, by time. `tail` counts all of them together when not following, each log by itself
 * when following.
 * @throws ConpaasError not_found
 */
export async function* nodeLogs(nodes: Nodes, request: LogRequest, signal: AbortSignal): AsyncIterable<LogLine> {
  const runners = request.node === undefined ? nodes.all() : [nodes.get(request.node)];
  const found = runners.flatMap((runner) =>
    Object.entries(runner.logs())
      .filter(([log]) => request.log === undefined || log === request.log)
      .map(([log, path]) => ({ runner, log, path })),
  );
  if (request.log !== undefined && found.length === 0 && runners.length > 0) {
    const names = [...new Set(runners.flatMap((runner) => Object.keys(runner.logs())))].join(', ');
    throw new ConpaasError('not_found', `There is no log ${request.log}. There are: ${names}.`);
  }
  const { follow, tail } = request;
  const merged = mergeByTime(
    found.map(({ runner, log, path }) => lines(runner, log, path, request, signal)),
    follow,
  );
  if (follow || tail === undefined) {
    yield* merged;
    return;
  }
  const last: LogLine[] = [];
  for await (const line of merged) {
    last.push(line);
    if (last.length > tail) last.shift();
  }
  yield* last;
}

async function* lines(
  runner: NodeRunner,
  log: string,
  path: string,
  request: LogRequest,
  signal: AbortSignal,
): AsyncIterable<LogLine> {
  const { node, service } = runner.assignment;
  const { follow, since, tail } = request;
  for await (const { time, text, gap } of tailLog(path, { follow, since, tail, signal })) {
    yield { node, service, log, time, text, ...(gap === undefined ? {} : { gap }) };
  }
}
