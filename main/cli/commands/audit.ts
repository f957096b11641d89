/** audit …, activity: who changed what, and what happened. */
import type { Command } from 'commander';
import { ConpaasError } from '../../../remote/core/contract/errors.ts';
import type { AuditEntry, HistoryEvent } from '../../../remote/core/contract/index.ts';
import type { Run } from '../program.ts';
import { formatTime, table } from '../terminal.ts';
import { parseCount, parseTime, printable } from './observation.ts';

interface PageOptions {
  readonly app?: string;
  readonly since?: string;
  readonly limit: string;
}

/** The server gives at most so many at once. */
const pageSize = 1000;

export function auditCommands(program: Command, run: Run): void {
  const audit = program
    .command('audit')
    .option('--app <name>', 'about one application only')
    .option('--user <name>', 'of one user only')
    .option('--method <name>', 'one method only, e.g. open_terminal')
    .option('--outcome <outcome>', 'done or failed')
    .option('--since <time>', 'from this time: 10m, 2h, 1d, or 2026-01-31T12:00')
    .option('--limit <count>', 'at most this many', '50')
    .description('Who changed what, opened terminals or read secrets, newest first')
    .action(
      run(async (session, options: PageOptions & { user?: string; method?: string; outcome?: string }) => {
        const { user, method } = options;
        const outcome = outcomeOf(options.outcome);
        const director = await session.director();
        const filter = {
          ...common(options),
          ...(user === undefined ? {} : { user }),
          ...(method === undefined ? {} : { method }),
          ...(outcome === undefined ? {} : { outcome }),
        };
        const all = await pages(count(options.limit), async (limit, before) => {
          const { entries, next } = await director.call(
            'list_audit',
            { ...filter, limit, ...(before === undefined ? {} : { before }) },
            { signal: session.signal },
          );
          return { items: entries, next };
        });
        session.terminal.list(
          all,
          () => table(['time', 'who', 'what', 'about', 'outcome', 'from'], all.map(auditRow)),
          'There is no such entry.',
        );
      }),
    );

  audit
    .command('verify')
    .description('Check that no entry was changed or removed; exit code 1 where one was')
    .action(
      run(async (session) => {
        const director = await session.director();
        const answer = await director.call('verify_audit', {}, { signal: session.signal });
        session.terminal.result(answer, () =>
          answer.intact
            ? `${answer.entries} entries are as they were written. The last is number ${answer.last}, its hash ${answer.head}.`
            : `Entry ${answer.brokenAt} is not what was written, or is missing.`,
        );
        return answer.intact ? 0 : 1;
      }),
    );

  program
    .command('activity')
    .option('--app <name>', 'of one application only')
    .option('--kind <kind>', 'application, machine, certificate or alert')
    .option('--since <time>', 'from this time: 10m, 2h, 1d, or 2026-01-31T12:00')
    .option('--limit <count>', 'at most this many', '50')
    .description('What happened: states of applications, machines, certificates, alerts, newest first')
    .action(
      run(async (session, options: PageOptions & { kind?: string }) => {
        const director = await session.director();
        const kind = options.kind as HistoryEvent['kind'] | undefined;
        const all = await pages(count(options.limit), async (limit, before) => {
          const { events, next } = await director.call(
            'list_events',
            {
              ...common(options),
              limit,
              ...(kind === undefined ? {} : { kind }),
              ...(before === undefined ? {} : { before }),
            },
            { signal: session.signal },
          );
          return { items: events, next };
        });
        session.terminal.result(all, () =>
          table(
            ['time', 'kind', 'what'],
            all.map(({ time, kind: of, text }) => [formatTime(time), of, printable(text)]),
          ),
        );
      }),
    );
}

function common({ app, since }: PageOptions) {
  return {
    ...(app === undefined ? {} : { application: app }),
    ...(since === undefined ? {} : { since: parseTime(since, Date.now()) }),
  };
}

function outcomeOf(text: string | undefined): 'done' | 'failed' | undefined {
  if (text === undefined || text === 'done' || text === 'failed') return text;
  throw new ConpaasError('invalid_request', `--outcome is done or failed, not "${text}".`);
}

const count = (text: string): number => parseCount('--limit', text);

/** As many as wanted, page by page. */
async function pages<T>(
  wanted: number,
  read: (limit: number, before: number | undefined) => Promise<{ items: T[]; next?: number | undefined }>,
): Promise<T[]> {
  const all: T[] = [];
  for (let before: number | undefined; all.length < wanted; ) {
    const page = await read(Math.min(pageSize, wanted - all.length), before);
    all.push(...page.items);
    if (page.next === undefined) break;
    before = page.next;
  }
  return all;
}

function auditRow(entry: AuditEntry): string[] {
  const about = Object.entries(entry.target).map(([key, value]) => `${key} ${value}`);
  const duration = entry.durationMs === undefined ? '' : ` (${Math.round(entry.durationMs / 1000)} s)`;
  return [
    formatTime(entry.time),
    entry.who,
    entry.method,
    printable(about.join(', ')),
    `${entry.outcome}${duration}`,
    printable(`${entry.from}${entry.client === undefined ? '' : ` ${entry.client}`}`),
  ];
}
