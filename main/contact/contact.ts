/**
 * The first contact with a machine by SSH. Its host key was made here and given to it by user-data, where others on the
 * machine can read it: so the first contact has the machine make one of its own, and only that counts afterwards.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type Contact, contactDirectory } from '../../remote/core/clouds/machines/contact.ts';
import type { Transport } from '../../remote/core/clouds/machines/transport.ts';
import { ConpaasError, toFailure } from '../../remote/core/contract/errors.ts';
import type { Connection } from './connection.ts';
import { type ContactRecord, type ContactStore, createKeyPair, type HostKeys, keyOf } from './keys.ts';

export interface ContactOptions {
  readonly store: ContactStore;
  /** Of the machines; 22 and root on real ones. */
  readonly port?: number | undefined;
  readonly user?: string | undefined;
  /** Where {@link contactDirectory} is on the machine. */
  readonly directory?: string | undefined;
  /** How long a machine may take to boot, milliseconds. */
  readonly bootMs?: number | undefined;
  /** Told while a machine is waited for. */
  readonly onWait?: ((why: string) => void) | undefined;
}

/** A machine that boots, has its packages brought up to date by its image's own doing, and only then runs our script. */
const usualBootMs = 8 * 60_000;
const longestPauseMs = 3000;

export function createContact(options: ContactOptions): Contact {
  const { store } = options;
  return {
    async keys(name) {
      const [freshClient, freshHost] = [await createKeyPair(), await createKeyPair()];
      const { client, hosts } = await store.update((record) => {
        const present = record?.hosts[name];
        const host = { ...present, pending: present?.pending ?? freshHost };
        return { client: record?.client ?? freshClient, hosts: { ...record?.hosts, [name]: host } };
      });
      const pending = hosts[name]?.pending;
      if (!pending) throw new ConpaasError('internal', 'The host key was not kept.');
      return { hostKey: pending.private, authorizedKey: keyOf(client.public) };
    },
    transport: (find) => createTransport(options, find),
  };
}

function createTransport(options: ContactOptions, find: Parameters<Contact['transport']>[0]): Transport {
  const { bootMs = usualBootMs, onWait } = options;
  const open = new Map<string, Promise<Connection>>();

  /** Waits for a machine that boots; keeps the connection for what comes next. */
  async function patiently(server: string, signal: AbortSignal): Promise<Connection> {
    const begunAt = performance.now();
    let limitMs = bootMs;
    for (let pause = 200; ; pause = Math.min(pause * 1.5, longestPauseMs)) {
      try {
        const found = await find(server, signal);
        if (!found) throw new ConpaasError('not_found', 'The machine is gone.');
        const { name, host, patience = 1 } = found;
        limitMs = bootMs * patience;
        if (host === undefined)
          throw new ConpaasError('unreachable', 'The machine has no address yet.', { retry: true });
        return await connectAndRotate(options, name, host, signal);
      } catch (error) {
        signal.throwIfAborted();
        const { code, message } = toFailure(error);
        // Another host key: the image's own sshd, until our script has run. Nothing is sent to it.
        const waits = code === 'unreachable' || code === 'unauthenticated';
        if (!waits || performance.now() - begunAt > limitMs) throw error;
        onWait?.(message);
      }
      await delay(pause, undefined, { signal });
    }
  }

  async function connected(server: string, signal: AbortSignal): Promise<Connection> {
    const present = await open.get(server)?.catch(() => undefined); // whoever asked for it was told
    if (present?.isOpen) return present;
    const opening = patiently(server, signal);
    open.set(server, opening);
    try {
      return await opening;
    } catch (error) {
      if (open.get(server) === opening) open.delete(server);
      throw error;
    }
  }

  /** A connection that ends in the middle is opened again: what is done here may be done twice. */
  async function on<T>(server: string, signal: AbortSignal, work: (connection: Connection) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      const connection = await connected(server, signal);
      try {
        return await work(connection);
      } catch (error) {
        signal.throwIfAborted();
        if (connection.isOpen || attempt >= 3) throw error;
      }
    }
  }

  return {
    copy: (server, files, signal) => on(server, signal, (connection) => connection.copy(files, signal)),
    run: (server, command, input, signal) => on(server, signal, (connection) => connection.run(command, input, signal)),
    endsInput: true,
    async [Symbol.asyncDispose]() {
      const all = await Promise.allSettled(open.values());
      open.clear();
      for (const one of all) if (one.status === 'fulfilled') one.value[Symbol.dispose]();
    },
  };
}

/** A connection to a machine that has a host key of its own; one that has not yet makes one. */
async function connectAndRotate(
  options: ContactOptions,
  name: string,
  host: string,
  signal: AbortSignal,
): Promise<Connection> {
  const { store, port = 22, user = 'root', directory = contactDirectory } = options;
  const record = required(await store.read());
  const keys = record.hosts[name] ?? {};
  const target = { host, port, user, key: record.client.private, accepted: acceptedOf(keys) };
  // Loaded when it is first needed: most clouds have a way in of their own.
  const { openConnection } = await import('./connection.ts');
  const connection = await openConnection(target, signal);
  try {
    const is = (line: string | undefined): boolean => line !== undefined && keyOf(line) === connection.hostKey;
    if (is(keys.known)) return connection;
    if (is(keys.next)) {
      // Its own key is in place: the one that was in user-data is not accepted any more.
      await store.update((now) => withKeys(now, name, { known: connection.hostKey }));
      return connection;
    }
    const rotate = ['/bin/sh', `${directory}/rotate`];
    const prepared = await connection.run([...rotate, 'prepare'], '', signal);
    if (prepared.code !== 0 || !prepared.output.startsWith('ssh-ed25519 ')) {
      throw new ConpaasError('cloud_failed', 'The machine could not make a host key of its own.', {
        retry: true,
        log: prepared.errors.trimEnd().split('\n').slice(-10),
      });
    }
    // On record before it is in place: whichever it answers with after a crash is known.
    await store.update((now) => withKeys(now, name, { ...keys, next: keyOf(prepared.output) }));
    await connection.run([...rotate, 'commit'], '', signal);
  } catch (error) {
    connection[Symbol.dispose]();
    throw error;
  }
  connection[Symbol.dispose]();
  // sshd begins anew with the next key; whoever answers with the first one meanwhile is asked again.
  throw new ConpaasError('unreachable', 'The machine is changing its host key.', { retry: true });
}

function acceptedOf({ known, next, pending }: HostKeys): string[] {
  return [known, next, pending?.public].filter((line) => line !== undefined);
}

function withKeys(record: ContactRecord | undefined, name: string, keys: HostKeys): ContactRecord {
  const { client, hosts } = required(record);
  return { client, hosts: { ...hosts, [name]: keys } };
}

function required(record: ContactRecord | undefined): ContactRecord {
  if (record) return record;
  throw new ConpaasError(
    'not_found',
    'The vault has no key for the machines of this deployment. Restore it from a copy.',
  );
}
