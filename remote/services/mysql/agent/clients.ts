/** MariaDB's own programs, in the node's sandbox; data streams through them, nothing is held in memory. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { newId } from '../../../core/contract/ids.ts';
import type { NodeContext } from '../../../core/service/agent.ts';
import { engineFailure } from './failure.ts';
import { openInput, openOutput } from './fifo.ts';
import type { Layout } from './layout.ts';

export interface ClientResult {
  readonly code: number | undefined;
  /** Last lines of what it wrote: answers and errors, in order. */
  readonly lines: readonly string[];
}

export interface Clients {
  /** Runs statements as root. They may hold passwords: they are fed, never on a command line. */
  query(statements: string, signal: AbortSignal): Promise<ClientResult>;
  /**
   * Runs a stream of SQL as root, in `database` until it says otherwise; ends at the first error.
   * @throws what `sql` throws (a damaged gzip file)
   */
  load(sql: Readable, database: string | undefined, signal: AbortSignal): Promise<ClientResult>;
  /** Output of mariadb-dump; fails with its last lines where it fails, ends it when destroyed. */
  dump(options: readonly string[], signal: AbortSignal): Promise<Readable>;
}

/** A dump of many gigabytes takes hours; calls end by their signal, long before. */
const longest = 86_400_000;

export function createClients(context: NodeContext, layout: Layout): Clients {
  async function run(program: string, options: readonly string[], signal: AbortSignal, input?: number) {
    const log = join(layout.logs, `${newId('client')}.log`);
    try {
      const { code, lastLines } = await context.run(
        {
          executable: `/usr/bin/${program}`,
          arguments: [`--defaults-file=${layout.clientConfiguration}`, ...options],
          directory: layout.run,
          // `\e` in a dump would start an editor.
          environment: { HOME: layout.run, TMPDIR: layout.temporary, EDITOR: '/bin/false', VISUAL: '/bin/false' },
          sandbox: { writable: [layout.run, layout.temporary], readable: [layout.clientConfiguration] },
          log,
          timeoutMs: longest,
          ...(input === undefined ? {} : { input }),
        },
        signal,
      );
      return { code, lines: lastLines };
    } finally {
      await rm(log, { force: true });
    }
  }

  async function load(sql: Readable, database: string | undefined, signal: AbortSignal): Promise<ClientResult> {
    const { input, stream } = await openInput(join(layout.run, newId('in')));
    const ended = new AbortController();
    try {
      const fed = pipeline(sql, stream, { signal: AbortSignal.any([signal, ended.signal]) }).then(
        () => undefined,
        (error: unknown) => ({ error }),
      );
      const result = await run(
        'mariadb',
        [
          '--batch',
          '--skip-column-names',
          // It would print passwords, and rows of a megabyte.
          '--loose-skip-print-query-on-error',
          '--default-character-set=utf8mb4',
          '--max-allowed-packet=1G',
          ...(database === undefined ? [] : [`--database=${database}`]),
        ],
        signal,
        input.fd,
      );
      // A source that breaks off in the middle is the cause, whatever the client says of what it got; only where the
      // client ended first, the source was merely told to stop.
      if (result.code !== 0) ended.abort();
      const broken = await fed;
      if (broken && !ended.signal.aborted) throw broken.error;
      if (broken && broken.error instanceof Error && broken.error.name !== 'AbortError') throw broken.error;
      return result;
    } finally {
      ended.abort();
      stream.destroy();
      sql.destroy();
      await input.close();
    }
  }

  return {
    load,
    query: (statements, signal) => load(Readable.from([Buffer.from(statements)]), undefined, signal),
    async dump(options, signal) {
      const path = join(layout.run, newId('out'));
      const { stream, end } = await openOutput(path);
      await context.own(path);
      const closed = new AbortController();
      stream.once('close', () => closed.abort());
      const arguments_ = ['--default-character-set=utf8mb4', '--max-allowed-packet=1G', `--result-file=${path}`];
      run('mariadb-dump', [...arguments_, ...options], AbortSignal.any([signal, closed.signal]))
        .then((result) => {
          if (result.code !== 0) stream.destroy(engineFailure('The data could not be dumped', result.lines));
        })
        .catch((error: unknown) => stream.destroy(error instanceof Error ? error : new Error(String(error))))
        .finally(end);
      return stream;
    },
  };
}
