/**
 * A stand-in for a director and the manager of its applications, for showing states of the window that are hard to
 * bring about: it serves the real contract over real mutual TLS, but what it tells is a script, and nothing runs.
 *
 * Each subject scripts its methods in a file of its own, put in by one line below.
 */
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { ApplicationInfo } from '../../../remote/core/contract/application.ts';
import { type DirectorMethods, directorMethods } from '../../../remote/core/contract/director.ts';
import { ConpaasError, type Failure } from '../../../remote/core/contract/errors.ts';
import { ApplicationId } from '../../../remote/core/contract/ids.ts';
import { type ManagerMethods, managerMethods } from '../../../remote/core/contract/manager.ts';
import type { Handlers, Method } from '../../../remote/core/contract/method.ts';
import type { Operation } from '../../../remote/core/contract/operation.ts';
import { createTrust } from '../../../remote/core/identity/fixtures.ts';
import { identifyPeer } from '../../../remote/core/identity/index.ts';
import { serve } from '../../../remote/core/rpc/index.ts';
import { spec as mysql } from '../../../remote/services/mysql/spec.ts';
import { spec as php } from '../../../remote/services/php/spec.ts';
import { openHome } from '../home.ts';
import { activityMethods, type ScriptedHistory } from './activity.ts';
import { applicationSettings } from './application-settings.ts';
import { applicationMethods } from './applications.ts';
import { backupMethods } from './backups.ts';
import { writeDeployment } from './deployment.ts';
import { domainMethods, webAuthorityMethods } from './domains.ts';
import { historyMethods } from './history.ts';
import { type ScriptedLogs, scriptLogs } from './logs.ts';
import { manifestMethods } from './manifests.ts';
import { metricsMethods } from './metrics.ts';
import { freezingMethods, movingMethods } from './moving.ts';
import { openScript, type Script, type Scripted } from './script.ts';
import { cloudMethods, securityMethods } from './security.ts';
import { servicePageMethods, serviceSecrets, typeMethods } from './service-page.ts';
import { serviceMethods } from './services.ts';
import { type ScriptedTerminals, terminalMethods } from './terminals.ts';
import { volumeMethods } from './volumes.ts';

export * from './model.ts';

/** Test-only addresses, away from those that deployments choose. */
const host = '127.90.7.1';

export interface ScriptedDirector extends AsyncDisposable {
  /** A data directory with this deployment. */
  readonly dataDirectory: string;
  /** Its deployment's id. */
  readonly deployment: string;
  readonly script: Script;
  readonly applications: Script['applications'];
  readonly calls: Script['calls'];
  /** What the Activity page finds, oldest first. */
  readonly history: ScriptedHistory;
  /** Every terminal that was opened, oldest first. */
  readonly terminals: ScriptedTerminals;
  /** What a method fails with from now on; undefined: it works again. */
  fail(method: string, failure: Failure | undefined): void;
  /** From now on these methods do not answer; what is returned lets them. */
  hold(methods: readonly string[]): () => void;
  /** From now on these answers leave as `spoil` makes them, whatever the contract says. */
  spoil(methods: readonly string[], spoil: (answer: unknown) => unknown): void;
  put(info: ApplicationInfo): void;
  remove(id: string): void;
  putOperation(operation: Operation): void;
  /** A line in the log of `web-backend-1`. */
  log(text: string): void;
  readonly logs: ScriptedLogs;
  /** Closes every connection and answers no more. */
  stop(): Promise<void>;
  /** The same, and the desktop cannot start another in its place: there is no room for the local cloud's files. */
  die(): Promise<void>;
  /** After `die`: it answers again, as it was. */
  revive(): Promise<void>;
}

export interface ScriptedOptions {
  readonly name?: string;
  /** An existing data directory, which stays when this ends; else one of its own. */
  readonly dataDirectory?: string;
  /** The user's name for it: unique in a data directory. */
  readonly deployment?: string;
}

export async function startScriptedDirector(options: ScriptedOptions = {}): Promise<ScriptedDirector> {
  const home = options.dataDirectory === undefined ? await openHome() : undefined;
  const dataDirectory = options.dataDirectory ?? home?.directory ?? '';
  const trust = await createTrust(options.deployment ?? 'd-scripted');
  const script = openScript();
  const terminals: ScriptedTerminals = [];
  const history: ScriptedHistory = { audit: [], events: [], brokenAt: undefined };
  const { applications, calls, failures, events } = script;
  const logs = scriptLogs(script);

  const director: Scripted<DirectorMethods> = {
    get_status: async () => ({
      deployment: trust.deployment,
      cloud: 'local',
      product: '0.1.0',
      startedAt: Date.now(),
      applications: applications.size,
      vms: 1,
      user: 'ann',
    }),
    async *events(_params, { signal }) {
      yield* events.subscribe(signal);
    },
    ...applicationMethods(script),
    ...manifestMethods(script),
    ...movingMethods(script),
    ...metricsMethods(script),
    ...historyMethods(script),
    ...securityMethods(script),
    ...webAuthorityMethods(script),
    ...backupMethods(script),
    ...cloudMethods(script),
    ...volumeMethods(script),
    ...activityMethods(script, history),
    ...logs.director,
    ...serviceSecrets(script),
  };
  const manager: Scripted<ManagerMethods> = {
    ...serviceMethods(script),
    ...servicePageMethods(script),
    ...applicationSettings(script),
    ...terminalMethods(script, terminals),
    ...domainMethods(script),
    ...freezingMethods(script),
    ...logs.manager,
  };

  const spool = path.join(dataDirectory, 'spool', trust.deployment);
  const identified = (peer: { chain: readonly string[]; authorized: boolean }) =>
    identifyPeer({ ...peer, deployment: trust.deployment, revoked: new Set() });
  const managerIdentity = {
    kind: 'manager',
    deployment: trust.deployment,
    application: ApplicationId.parse('app-guestbook'),
    epoch: 1,
  } as const;
  const directorIdentity = { kind: 'director', deployment: trust.deployment } as const;
  const [directorCredentials, managerCredentials] = await Promise.all([
    trust.credentials(directorIdentity),
    trust.credentials(managerIdentity),
  ]);
  const common = { product: '0.1.0', identify: identified, authorize: () => undefined, log: () => undefined };
  const managerServer = await serve({
    ...common,
    role: 'manager',
    table: spoilable(script, { ...mysql.managerMethods, ...php.managerMethods, ...managerMethods } as ManagerMethods),
    handlers: { ...typeMethods(script), ...complete(script, managerMethods, manager) },
    listen: { host, port: 0 },
    tls: { credentials: managerCredentials },
    spool: path.join(spool, 'manager'),
  });
  const serveDirector = (port: number) =>
    serve({
      ...common,
      role: 'director',
      table: spoilable(script, directorMethods),
      handlers: complete(script, directorMethods, director),
      listen: { host, port },
      tls: { credentials: directorCredentials },
      spool: path.join(spool, 'director'),
      relay: async () => ({
        host,
        port: managerServer.port,
        expect: managerIdentity,
        credentials: directorCredentials,
      }),
    });
  let directorServer = await serveDirector(0);

  await writeDeployment(dataDirectory, trust, {
    name: options.name ?? 'this-computer',
    host,
    port: directorServer.port,
  });
  let dead = false;
  const place = path.join(dataDirectory, 'deployments', trust.deployment);
  let stopped = false;
  const stop = async (): Promise<void> => {
    if (stopped) return;
    stopped = true;
    await Promise.all([directorServer[Symbol.asyncDispose](), managerServer[Symbol.asyncDispose]()]);
  };
  const makeRoom = async (): Promise<void> => {
    if (!dead) return;
    dead = false;
    await rm(place, { force: true });
    await rename(`${place}.aside`, place);
  };
  return {
    dataDirectory,
    applications,
    calls,
    terminals,
    history,
    deployment: trust.deployment,
    script,
    fail: (name, failure) => void (failure ? failures.set(name, failure) : failures.delete(name)),
    hold(methods) {
      const { promise, resolve } = Promise.withResolvers<void>();
      for (const name of methods) script.held.set(name, promise);
      return () => {
        for (const name of methods) script.held.delete(name);
        resolve();
      };
    },
    spoil(methods, spoil) {
      for (const name of methods) script.spoilt.set(name, spoil);
    },
    put: script.put,
    putOperation: script.putOperation,
    remove(id) {
      applications.delete(id);
      events.publish({ type: 'application_deleted', id: ApplicationId.parse(id) });
    },
    log: (text) => logs.write([text]),
    logs,
    stop,
    async die() {
      dead = true;
      await mkdir(place, { recursive: true });
      await rename(place, `${place}.aside`);
      await writeFile(place, '');
      await directorServer[Symbol.asyncDispose]();
    },
    async revive() {
      directorServer = await serveDirector(directorServer.port);
      await makeRoom();
    },
    async [Symbol.asyncDispose]() {
      await stop();
      await makeRoom();
      // The window starts the local host of any deployment on this computer: it goes with this.
      await home?.[Symbol.asyncDispose]();
    },
  };
}

/** A table whose answers are checked as ever, but for those that the script spoils. */
function spoilable<Table extends DirectorMethods | ManagerMethods>(script: Script, table: Table): Table {
  const all = Object.entries<Method>(table).map(([name, method]) => {
    const result = z.unknown().transform((answer) => {
      const spoil = script.spoilt.get(name);
      return spoil ? spoil(answer) : method.result.parse(answer);
    });
    return [name, { ...method, result }];
  });
  return Object.fromEntries(all) as Table;
}

/** Every method of a table: those of the script, and for the others a refusal. */
function complete<Table extends DirectorMethods | ManagerMethods>(
  script: Script,
  table: Table,
  scripted: Scripted<Table>,
): Omit<Handlers<Table>, 'hello'> {
  const refuse = async (): Promise<never> => {
    throw new ConpaasError('unknown_method', 'The stand-in does not do this.');
  };
  const refuseStream = async function* (): AsyncGenerator<never> {
    yield await refuse();
  };
  const answers = scripted as Record<string, ((...given: unknown[]) => Promise<unknown>) | undefined>;
  const all = Object.entries(table).map(([name, { kind }]) => {
    const answer = answers[name];
    if (!answer) return [name, kind === 'stream' ? refuseStream : refuse];
    if (kind !== 'query' && kind !== 'command') return [name, answer];
    const waiting = async (...given: unknown[]) => {
      await script.held.get(name);
      return answer(...given);
    };
    return [name, waiting];
  });
  return Object.fromEntries(all) as unknown as Omit<Handlers<Table>, 'hello'>;
}
