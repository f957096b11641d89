/** Where things of a MySQL node are: below its own directory, and its data on its volume where it has one. */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { NodeContext } from '../../../core/service/agent.ts';

export interface Layout {
  readonly directory: string;
  /** Of the data: the directory, or what is on a volume. Sockets lie there too: their paths are relative to the data. */
  readonly dataDirectory: string;
  /** Ours: configuration and passwords. The engine reads single files of it. */
  readonly etc: string;
  readonly data: string;
  /** A data directory in the making; renamed to `data` when complete. */
  readonly newData: string;
  readonly run: string;
  readonly temporary: string;
  readonly files: string;
  readonly logs: string;
  /** Of the engine, in a directory that it may write to; the other logs are written for it. */
  readonly slowLog: string;
  readonly serverConfiguration: string;
  readonly initFile: string;
  readonly clientConfiguration: string;
  /** What the running server was last told of passwords; see Server. */
  readonly applied: string;
  readonly pidFile: string;
  /** All databases as they were before a dump is loaded; there as long as the load is not known to have ended well. */
  readonly safetyCopy: string;
}

export function layoutOf({ directory, dataDirectory }: Pick<NodeContext, 'directory' | 'dataDirectory'>): Layout {
  const etc = join(directory, 'etc');
  const run = join(dataDirectory, 'run');
  return {
    directory,
    dataDirectory,
    etc,
    data: join(dataDirectory, 'data'),
    newData: join(dataDirectory, 'data.new'),
    run,
    temporary: join(directory, 'tmp'),
    files: join(directory, 'files'),
    logs: join(directory, 'log'),
    slowLog: join(directory, 'slow', 'slow.log'),
    serverConfiguration: join(etc, 'server.cnf'),
    initFile: join(etc, 'init.sql'),
    clientConfiguration: join(etc, 'client.cnf'),
    applied: join(etc, 'applied'),
    pidFile: join(run, 'mariadbd.pid'),
    safetyCopy: join(dataDirectory === directory ? etc : dataDirectory, 'before-load.sql.gz'),
  };
}

/**
 * The socket as server (which works in its data directory) and clients (which work in `run`) name it: a whole path may
 * be longer than the 107 characters that a socket's name can have.
 */
export const socketFromData = '../run/server.sock';
export const socketFromRun = 'server.sock';

/** Makes the directories; those of the engine belong to its user, `etc` stays ours. */
export async function makeDirectories(layout: Layout, context: NodeContext): Promise<void> {
  await mkdir(layout.etc, { recursive: true, mode: 0o755 });
  await mkdir(layout.logs, { recursive: true, mode: 0o755 });
  for (const path of [dirname(layout.slowLog), layout.run, layout.temporary, layout.files]) {
    await mkdir(path, { recursive: true, mode: 0o700 });
    await context.own(path);
  }
}
