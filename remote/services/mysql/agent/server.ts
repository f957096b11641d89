/** The database server of a node: its data directory, its process, its accounts. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { ConpaasError } from '../../../core/contract/errors.ts';
import { removeDurably, syncDirectory, writeFileAtomic } from '../../../core/files/index.ts';
import type { NodeContext } from '../../../core/service/agent.ts';
import type { Probe, Supervised } from '../../../core/supervisor/types.ts';
import { serverConfiguration } from '../configuration.ts';
import type { MysqlNodeConfiguration } from '../node-configuration.ts';
import type { Clients } from './clients.ts';
import { engineFailure } from './failure.ts';
import { type Layout, makeDirectories, socketFromData } from './layout.ts';
import { clientConfiguration, setupStatements } from './sql.ts';

export interface Wanted {
  readonly configuration: MysqlNodeConfiguration;
  readonly port: number;
  /** Another number restarts the server once. */
  readonly restarts: number;
}

export interface Server {
  /** Whether it is known to run. */
  readonly running: boolean;
  /** Makes it run as wanted, whatever was before; resolves when accounts and database are there. */
  bring(wanted: Wanted, signal: AbortSignal): Promise<void>;
  /** Sets accounts and passwords again: a dump may have brought others. */
  setAccounts(wanted: Wanted, signal: AbortSignal): Promise<void>;
  /** From now on nobody knows what the accounts are: the next `bring` sets them. */
  forgetAccounts(): Promise<void>;
  stop(): Promise<void>;
}

/** Crash recovery of a large database takes minutes, in which the server does not answer. */
const readyMs = 900_000;
const stopMs = 120_000;

export function createServer(context: NodeContext, layout: Layout, clients: Clients): Server {
  let supervised: Supervised | undefined;

  /** The data directory, made elsewhere and then renamed: one that was only half made is never used. */
  async function install(signal: AbortSignal): Promise<void> {
    if (existsSync(layout.data)) {
      // It may have come from another machine, where this role was another user.
      if (context.uid !== undefined && (await stat(layout.data)).uid !== context.uid) await context.own(layout.data);
      return;
    }
    await rm(layout.newData, { recursive: true, force: true });
    await mkdir(layout.newData, { mode: 0o700 });
    await context.own(layout.newData);
    context.log('making the data directory');
    const { code, lastLines } = await context.run(
      {
        executable: '/usr/bin/mariadb-install-db',
        arguments: [
          // Without the user's settings: what is wrong with those, the server itself says best.
          '--no-defaults',
          '--innodb-log-file-size=32M',
          `--datadir=${layout.newData}`,
          '--auth-root-authentication-method=normal',
          '--skip-test-db',
          '--skip-name-resolve',
        ],
        directory: layout.temporary,
        environment: { HOME: layout.temporary, TMPDIR: layout.temporary },
        sandbox: {
          writable: [layout.newData, layout.temporary, layout.run, layout.files],
          readable: [],
        },
        log: join(layout.logs, 'setup.log'),
        timeoutMs: 300_000,
      },
      signal,
    );
    if (code !== 0) {
      await rm(layout.newData, { recursive: true, force: true });
      throw engineFailure('The data directory could not be made', lastLines);
    }
    await rename(layout.newData, layout.data);
    await syncDirectory(layout.dataDirectory);
  }

  async function start({ configuration, port, restarts }: Wanted, signal: AbortSignal): Promise<void> {
    const text = configurationText(configuration, port);
    await writeForEngine(layout.initFile, setupStatements(configuration));
    const probe: Probe = {
      kind: 'custom',
      check: (probing) => greets(context.address, port, probing),
      timeoutMs: 5_000,
    };
    supervised = await context.start({
      name: 'mariadbd',
      executable: '/usr/sbin/mariadbd',
      arguments: [`--defaults-file=${layout.serverConfiguration}`],
      directory: layout.run,
      // Not read by the engine: another configuration is another specification, which restarts it.
      environment: {
        HOME: layout.run,
        TMPDIR: layout.temporary,
        CONPAAS_CONFIGURATION: hashOf(text),
        CONPAAS_RESTARTS: String(restarts),
      },
      sandbox: {
        writable: [layout.data, layout.run, layout.temporary, layout.files, dirname(layout.slowLog)],
        readable: [layout.serverConfiguration, layout.initFile],
      },
      ready: { ...probe, timeoutMs: readyMs },
      health: { probe, everyMs: 5_000, failures: 6 },
      stop: { signal: 'SIGTERM', timeoutMs: stopMs },
      log: { path: join(layout.logs, 'mariadb.log'), maxBytes: 10 * 1024 * 1024, keep: 3 },
      restart: { firstMs: 100, maxMs: 10_000, limit: 4, windowMs: 60_000 },
    });
    try {
      await supervised.ready(signal);
    } catch (error) {
      throw explain(error, port);
    }
  }

  function configurationText(configuration: MysqlNodeConfiguration, port: number): string {
    return serverConfiguration(
      {
        address: context.address,
        port,
        data: layout.data,
        socket: socketFromData,
        pidFile: layout.pidFile,
        temporary: layout.temporary,
        files: layout.files,
        initFile: layout.initFile,
        slowLog: layout.slowLog,
      },
      configuration.settings,
    );
  }

  async function writeForEngine(path: string, content: string): Promise<void> {
    if ((await readFile(path, 'utf8').catch(() => undefined)) === content) return;
    // Owned before it has its name: the engine never finds a file that it may not read.
    const fresh = `${path}.new`;
    await writeFileAtomic(fresh, content);
    await context.own(fresh);
    await rename(fresh, path);
  }

  async function setAccounts(wanted: Wanted, signal: AbortSignal): Promise<void> {
    const statements = setupStatements(wanted.configuration);
    await removeDurably(layout.applied);
    let result = await clients.query(statements, signal);
    if (result.code !== 0) {
      // The root password is not what we last knew (a dump of MariaDB's own tables): at its start the server sets
      // it from the init-file, before anybody can connect.
      context.log('restarting the server to set the accounts');
      await writeForEngine(layout.clientConfiguration, clientConfiguration(wanted.configuration.rootPassword));
      await supervised?.stop();
      await start(wanted, signal);
      result = await clients.query(statements, signal);
      if (result.code !== 0) throw engineFailure('Accounts and database could not be set up', result.lines);
    }
    await writeForEngine(layout.clientConfiguration, clientConfiguration(wanted.configuration.rootPassword));
    await writeFileAtomic(layout.applied, hashOf(statements));
  }

  return {
    get running() {
      return supervised?.state.kind === 'running';
    },
    setAccounts,
    forgetAccounts: () => removeDurably(layout.applied),
    async bring(wanted, signal) {
      await makeDirectories(layout, context);
      await writeForEngine(layout.serverConfiguration, configurationText(wanted.configuration, wanted.port));
      if (!existsSync(layout.clientConfiguration))
        await writeForEngine(layout.clientConfiguration, clientConfiguration(wanted.configuration.rootPassword));
      await install(signal);
      await start(wanted, signal);
      const applied = await readFile(layout.applied, 'utf8').catch(() => undefined);
      if (applied !== hashOf(setupStatements(wanted.configuration))) await setAccounts(wanted, signal);
    },
    async stop() {
      await supervised?.stop();
      supervised = undefined;
      await context.endLeftovers();
    },
  };
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Whether the server speaks first, as it does when it takes connections; a bound port alone says nothing. */
function greets(host: string, port: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (result: boolean) => {
      signal.removeEventListener('abort', onAbort);
      socket.destroy();
      resolve(result);
    };
    const onAbort = () => end(false);
    signal.addEventListener('abort', onAbort);
    socket.once('data', () => end(true));
    socket.once('error', () => end(false));
    socket.once('close', () => end(false));
  });
}

function explain(error: unknown, port: number): unknown {
  if (!(error instanceof ConpaasError) || error.code !== 'engine_failed') return error;
  const lines = error.failure.log ?? [];
  if (lines.some((line) => line.includes('Address already in use')))
    return new ConpaasError('port_in_use', `Port ${port} of the database is in use by another program.`, {
      retry: true,
      log: lines,
    });
  return engineFailure('The database server did not start', lines);
}
