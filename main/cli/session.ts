/** One run of the command: its terminal, and connections opened when they are first needed. */
import { ConpaasError } from '../../remote/core/contract/errors.ts';
import { type ApplicationId, OperationId } from '../../remote/core/contract/ids.ts';
import type { Operation } from '../../remote/core/contract/operation.ts';
import { productVersion } from '../../remote/core/release/index.ts';
import type { ServiceSpec } from '../../remote/core/service/spec.ts';
import {
  type Begun,
  begin,
  type Deployments,
  type DirectorClient,
  follow,
  locateRuntime,
  type ManagerClient,
  openDeployments,
} from '../deploy/index.ts';
import { findKeychainOfApp, startHiddenApplication } from '../keychain/index.ts';
import { openDataDirectory, ownerName } from '../store/index.ts';
import { type FindKeychain, unlockVault, type Vault } from '../vault/index.ts';
import type { Terminal } from './terminal.ts';

export interface Session extends AsyncDisposable {
  readonly terminal: Terminal;
  readonly stdin: NodeJS.ReadStream;
  readonly signal: AbortSignal;
  /** `--deployment`; undefined: the only one. */
  readonly deployment: string | undefined;
  readonly specs: Readonly<Record<string, ServiceSpec>>;
  readonly owner: string;
  deployments(): Promise<Deployments>;
  /** The vault of this desktop, opened. */
  vault(): Promise<Vault>;
  /** The keychain of the system, through the desktop application; starts that where need be. */
  readonly findKeychain: FindKeychain;
  dataDirectory(): Promise<string>;
  director(): Promise<DirectorClient>;
  /** Of an application by id or name. */
  manager(application: string): Promise<ManagerClient>;
  /**
   * Starts an operation. Where the answer got lost it asks again, under the same id, so that it is started once; where
   * nobody answers for half a minute, it gives up.
   */
  begin<T>(ask: (options: Begun) => Promise<T>): Promise<T>;
  /** Follows an operation to its end, showing progress; throws its failure. */
  follow(operation: string): Promise<Operation>;
  /** Has the manager of an application start something, and follows it to its end; throws its failure. */
  change(
    application: string,
    ask: (manager: ManagerClient, begun: Begun) => Promise<Pick<Begun, 'operation'>>,
  ): Promise<Operation>;
  /** Standard input to its end, as text. */
  input(): Promise<string>;
  /** A question on the terminal; refuses where there is none. */
  ask(question: string): Promise<string>;
  /** What the user answers must be this, unless `--yes` was given. */
  confirm(warning: string, expected: string, yes: boolean): Promise<void>;
}

export interface SessionOptions {
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  readonly deployment: string | undefined;
  readonly specs: Readonly<Record<string, ServiceSpec>>;
  readonly stdin: NodeJS.ReadStream;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export function openSession(options: SessionOptions): Session {
  const { terminal, signal, deployment, stdin, environment } = options;
  let opened: Promise<Deployments> | undefined;

  const findKeychain: FindKeychain = async () =>
    findKeychainOfApp({
      dataDirectory: await openDataDirectory(environment),
      startApp: () => startHiddenApplication(environment),
      signal,
    });

  async function openVault(): Promise<Vault> {
    return unlockVault(await openDataDirectory(environment), environment, findKeychain);
  }

  async function open(): Promise<Deployments> {
    const dataDirectory = await openDataDirectory(environment);
    const vault = await openVault();
    return openDeployments({
      ...{ dataDirectory, vault, ...locateRuntime(), client: `command ${productVersion}` },
      onAway: ({ name }) => terminal.note(`The director of ${name} does not answer; it is started again …`),
    });
  }

  const session: Session = {
    terminal,
    stdin,
    signal,
    deployment,
    specs: options.specs,
    owner: ownerName(environment),
    deployments: () => {
      opened ??= open();
      return opened;
    },
    vault: openVault,
    findKeychain,
    dataDirectory: () => openDataDirectory(environment),
    director: async () => (await session.deployments()).directorClient(deployment, signal),
    manager: async (application) => (await session.deployments()).managerClient(deployment, application, signal),
    begin: (ask) =>
      begin(ask, signal, undefined, ({ message }) => terminal.note(`${message} Asking again for half a minute …`)),
    follow: async (id) => {
      try {
        return await follow(() => session.director(), OperationId.parse(id), {
          signal,
          onProgress: (operation) => terminal.progress(operation),
          onLost: () => terminal.note('lost the director, connecting again …'),
        });
      } catch (error) {
        if (signal.aborted)
          terminal.note(`It goes on at the director all the same. To end it: conpaas op cancel ${id}`);
        throw error;
      }
    },
    change: async (application, ask) => {
      const { operation } = await session.begin(async (begun) => ask(await session.manager(application), begun));
      return session.follow(operation);
    },
    input: async () => {
      const parts: Buffer[] = [];
      for await (const part of stdin) parts.push(Buffer.from(part as Buffer));
      return Buffer.concat(parts).toString('utf8');
    },
    ask: async (question) => {
      if (!stdin.isTTY) {
        throw new ConpaasError(
          'invalid_request',
          'This needs a confirmation, and there is no terminal to ask on. Add --yes.',
        );
      }
      const { createInterface } = await import('node:readline/promises');
      using reader = disposable(createInterface({ input: stdin, output: process.stderr }));
      return reader.value.question(question, { signal });
    },
    confirm: async (warning, expected, yes) => {
      if (yes) return;
      terminal.note(warning);
      const answer = await session.ask(`Type ${expected} to go on: `);
      if (answer.trim() !== expected)
        throw new ConpaasError('cancelled', 'That was not what was asked for; nothing was done.');
    },
    [Symbol.asyncDispose]: async () => {
      if (opened) await (await opened.catch(() => undefined))?.[Symbol.asyncDispose]();
    },
  };
  return session;
}

function disposable<T extends { close(): void }>(value: T): Disposable & { readonly value: T } {
  return { value, [Symbol.dispose]: () => value.close() };
}

/** An application by id or name, as the director lists it. */
export async function findApplication(session: Session, idOrName: string) {
  const director = await session.director();
  const all = await director.call('list_applications', {}, { signal: session.signal });
  const found = all.find(({ id, name }) => id === (idOrName as ApplicationId) || name === idOrName);
  if (found) return found;
  const names = all.map(({ name }) => name).join(', ');
  throw new ConpaasError(
    'not_found',
    `There is no application "${idOrName}".${names ? ` There are: ${names}.` : ' Make one with: conpaas apply FILE'}`,
  );
}
