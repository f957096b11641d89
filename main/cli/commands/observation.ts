/** logs, events, op …: what happens and what happened. */
import { stripVTControlCharacters } from 'node:util';
import { type Command, Option } from 'commander';
import { ConpaasError } from '../../../remote/core/contract/errors.ts';
import {
  type Event,
  type LogLine,
  Operation,
  OperationId,
  type RemovedNode,
} from '../../../remote/core/contract/index.ts';
import { linesOf } from '../../../remote/core/supervisor/tail.ts';
import type { Run } from '../program.ts';
import type { Session } from '../session.ts';
import { describeStep, formatTime, table } from '../terminal.ts';

export function observationCommands(program: Command, run: Run): void {
  program
    .command('logs')
    .argument('<app>')
    .argument('[service]')
    .option('--node <id>', 'of one node only; also of one that was removed, for 7 days')
    .option('--log <name>', 'one log only, e.g. error')
    .option('--follow', 'go on with new lines until Ctrl+C')
    .option('--since <time>', 'from this time: 10m, 2h, 1d, or 2026-01-31T12:00')
    .option('--tail <lines>', 'at most this many of the newest lines per log')
    .description('Log lines of nodes, merged by time')
    .action(
      run(
        async (
          session,
          options: { node?: string; log?: string; follow?: boolean; since?: string; tail?: string },
          application: string,
          service?: string,
        ) => {
          const params = {
            follow: options.follow === true,
            ...(service === undefined ? {} : { service }),
            ...(options.node === undefined ? {} : { node: options.node }),
            ...(options.log === undefined ? {} : { log: options.log }),
            ...(options.since === undefined ? {} : { since: parseTime(options.since, Date.now()) }),
            ...(options.tail === undefined ? {} : { tail: parseCount('--tail', options.tail, 0) }),
          };
          const manager = await session.manager(application);
          const show = (line: LogLine): void => session.terminal.line(line, () => formatLine(line));
          try {
            for await (const line of manager.stream('get_logs', params, { signal: session.signal })) show(line);
          } catch (error) {
            const removed =
              options.node === undefined ? undefined : await removedNode(session, application, options.node);
            if (!(error instanceof ConpaasError && error.code === 'not_found') || !removed) throw error;
            session.terminal.note(
              `${removed.node} is gone; its last lines are kept until ${formatTime(removed.until)}.`,
            );
            await showRemoved(session, application, removed, params, show);
          }
        },
      ),
    );

  program
    .command('events')
    .description('What changes from now on, until Ctrl+C')
    .action(
      run(async (session) => {
        const director = await session.director();
        for await (const event of director.stream('events', {}, { signal: session.signal })) {
          session.terminal.line(event, () => formatEvent(event));
        }
      }),
    );

  const op = program.command('op').description('Operations');
  op.command('list')
    .option('--app <name>', 'of one application only')
    .addOption(new Option('--state <state>', 'in this state').choices(['running', 'done', 'failed', 'cancelled']))
    .option('--limit <count>', 'at most this many', '20')
    .description('Operations, newest first')
    .action(
      run(async (session, options: { app?: string; state?: string; limit: string }) => {
        const limit = parseCount('--limit', options.limit);
        const director = await session.director();
        const all = await director.call(
          'list_operations',
          {
            limit,
            ...(options.app === undefined ? {} : { application: options.app }),
            ...(options.state === undefined ? {} : { state: options.state }),
          },
          { signal: session.signal },
        );
        session.terminal.list(
          all,
          () =>
            table(
              ['operation', 'state', 'started', 'by', 'what', 'cause'],
              all.map((one) => [
                one.id,
                one.state,
                formatTime(one.startedAt),
                one.requestedBy,
                one.title,
                one.failure?.message ?? '',
              ]),
            ),
          'There is no such operation.',
        );
      }),
    );
  op.command('show')
    .argument('<operation>')
    .option('--wait', 'follow it to its end')
    .description('One operation with its steps')
    .action(
      run(async (session, options: { wait?: boolean }, id: string) => {
        if (options.wait) await session.follow(operationId(id));
        const director = await session.director();
        const operation = await director.call(
          'get_operation',
          { operation: operationId(id) },
          { signal: session.signal },
        );
        session.terminal.result(operation, () => describeOperation(operation));
      }),
    );
  op.command('cancel')
    .argument('<operation>')
    .description('Ask a running operation to stop')
    .action(
      run(async (session, _options, id: string) => {
        const director = await session.director();
        await director.call('cancel_operation', { operation: operationId(id) }, { signal: session.signal });
        session.terminal.result({ operation: id }, () => 'It is cancelled.');
      }),
    );
  op.command('retry')
    .argument('<operation>')
    .description('Resume a failed operation at the step that failed')
    .action(
      run(async (session, _options, id: string) => {
        const director = await session.director();
        const { operation } = await director.call(
          'retry_operation',
          { operation: operationId(id) },
          { signal: session.signal },
        );
        await session.follow(operation);
        session.terminal.result({ operation }, () => 'Done.');
      }),
    );
}

/** A node that is gone and of which lines are kept. */
async function removedNode(session: Session, application: string, node: string): Promise<RemovedNode | undefined> {
  const director = await session.director();
  const all = await director.call('list_removed_nodes', { application }, { signal: session.signal });
  return all.find((one) => one.node === node);
}

async function showRemoved(
  session: Session,
  application: string,
  { node }: RemovedNode,
  { log, since = 0, tail }: { log?: string; since?: number; tail?: number },
  show: (line: LogLine) => void,
): Promise<void> {
  const director = await session.director();
  const params = { application, node, ...(log === undefined ? {} : { log }) };
  const perLog = new Map<string, LogLine[]>();
  for await (const batch of director.stream('read_removed_logs', params, { signal: session.signal })) {
    const lines = perLog.get(batch.log) ?? [];
    perLog.set(batch.log, lines);
    for (const line of linesOf(batch)) {
      if (line.time >= since) lines.push({ node, service: batch.service, log: batch.log, ...line });
    }
  }
  const newest = [...perLog.values()].flatMap((lines) => (tail === undefined ? lines : lines.slice(-tail)));
  // Stable: each log keeps its order.
  for (const line of newest.sort((a, b) => a.time - b.time)) show(line);
}

/**
 * How many, of an option.
 * @param least 0 where none makes sense, too: only what follows
 * @throws ConpaasError invalid_request
 */
export function parseCount(option: string, text: string, least: 0 | 1 = 1): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(number) && number >= least) return number;
  const wanted = least === 0 ? 'a whole number' : 'a whole number above 0';
  throw new ConpaasError('invalid_request', `${option} takes ${wanted}, not "${text}".`);
}

function operationId(text: string): OperationId {
  const parsed = OperationId.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new ConpaasError('not_found', `There is no operation "${text}". "conpaas op list" shows them.`);
}

/** `10m`, `2h`, `1d` before `now`, or a date; milliseconds since the epoch. */
export function parseTime(text: string, now: number): number {
  const match = /^(\d+)([smhd])$/.exec(text);
  if (match) {
    const units = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
    return now - Number(match[1]) * units[match[2] as keyof typeof units];
  }
  const time = Date.parse(text);
  if (Number.isNaN(time))
    throw new ConpaasError('invalid_request', `"${text}" is no time. Write 10m, 2h, 1d or 2026-01-31T12:00.`);
  return time;
}

function formatLine(line: LogLine): string {
  if (line.gap !== undefined) {
    const count = line.gap < 0 ? 'some lines were' : `${line.gap} lines were`;
    return `── ${line.node} ${line.log}: ${count} rotated away before they could be read`;
  }
  return `${formatTime(line.time)} ${line.node} ${line.log}  ${printable(line.text)}`;
}

/** Without escape sequences and control characters: a log must not be able to play tricks on a terminal. */
export function printable(text: string): string {
  return stripVTControlCharacters(text).replaceAll(/\p{Cc}/gu, (control) => (control === '\t' ? control : ''));
}

function formatEvent(event: Event): string {
  const now = formatTime(Date.now());
  switch (event.type) {
    case 'application':
      return `${now} ${event.application.name}: ${event.application.state}${event.application.cause ? `, ${event.application.cause}` : ''}`;
    case 'application_deleted':
      return `${now} ${event.id}: deleted`;
    case 'operation': {
      const operation = Operation.safeParse(event.operation);
      return operation.success ? `${now} ${operation.data.title}: ${operation.data.state}` : `${now} an operation`;
    }
    case 'vm':
      return `${now} machine ${event.vm.address ?? event.vm.id}: ${event.vm.state}`;
    case 'notice':
      return `${formatTime(event.time)} ${event.level}: ${event.text}`;
  }
}

function describeOperation(operation: Operation): string {
  return [
    `${operation.title}: ${operation.state}`,
    `started ${formatTime(operation.startedAt)} by ${operation.requestedBy}`,
    ...operation.steps.map((step) => `  ${describeStep(step)}${step.detail ? ` · ${step.detail}` : ''}`),
    ...(operation.failure
      ? [operation.failure.message, ...(operation.failure.log ?? []).map((line) => `  | ${line}`)]
      : []),
    ...(operation.retryable ? [`Retry with: conpaas op retry ${operation.id}`] : []),
  ].join('\n');
}
