/** For tests: a table with methods of each kind, servers that hold it, and clients of any identity. */
import { createHash } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { ConpaasError } from '../contract/errors.ts';
import type { Identity } from '../contract/identity.ts';
import { type Call, type Handlers, hello, method, nothing } from '../contract/method.ts';
import { createTrust, type Trust } from '../identity/fixtures.ts';
import { identifyPeer } from '../identity/peer.ts';
import { type Client, type ClientOptions, connect } from './client.ts';
import { serve } from './server.ts';
import type { AuthorizeRequest, RpcServer, ServerOptions } from './server-options.ts';

const common = { callers: ['user'], since: 1, doc: 'For tests.' } as const;

export const table = {
  hello,
  echo: method({
    ...common,
    kind: 'query',
    params: z.strictObject({ text: z.string(), times: z.number().int().default(1) }),
    result: z.object({ text: z.string(), user: z.string().optional(), caller: z.string().optional() }),
  }),
  fail: method({
    ...common,
    kind: 'command',
    params: z.strictObject({ how: z.enum(['typed', 'bug']) }),
    result: z.object({}),
  }),
  /** Waits for its abort; `begun` and `aborted` are emitted. */
  wait: method({ ...common, kind: 'command', params: nothing, result: z.object({}) }),
  count: method({
    ...common,
    kind: 'stream',
    params: z.strictObject({ to: z.number().int(), bytes: z.number().int().default(0), fail: z.boolean().optional() }),
    result: z.object({ n: z.number().int(), padding: z.string().optional() }),
  }),
  /** Emits nothing; `begun` and `aborted` are emitted. */
  watch: method({ ...common, kind: 'stream', params: nothing, result: z.object({}) }),
  put: method({
    ...common,
    kind: 'upload',
    params: z.strictObject({ label: z.string().optional() }),
    result: z.object({ size: z.number(), sha256: z.string(), name: z.string(), head: z.string() }),
    maxBytes: 64 * 1024 * 1024,
  }),
  get: method({
    ...common,
    kind: 'download',
    params: z.strictObject({ bytes: z.number().int(), how: z.enum(['known', 'unknown', 'wrong', 'broken']) }),
    result: z.void(),
  }),
  shout: method({ ...common, kind: 'duplex', params: z.strictObject({ prefix: z.string() }), result: z.void() }),
  /** A duplex that fails at the first byte. */
  refuse: method({ ...common, kind: 'duplex', params: nothing, result: z.void() }),
  /** A duplex that never reads; `channel` is emitted with it. */
  hold: method({ ...common, kind: 'duplex', params: nothing, result: z.void() }),
};
export type TestTable = typeof table;
export type TestClient = Client<TestTable>;

/** What the handlers saw. */
export interface Seen extends EventEmitter {
  /** Items that `count` was asked for. */
  pulled: number;
  /** `count` was closed before its end. */
  returned: number;
  /** Calls of `put`. */
  puts: number;
}

function newSeen(): Seen {
  return Object.assign(new EventEmitter(), { pulled: 0, returned: 0, puts: 0 });
}

export function testHandlers(seen: Seen): Omit<Handlers<TestTable>, 'hello'> {
  const untilAborted = async (call: Call) => {
    seen.emit('begun');
    if (!call.signal.aborted) await once(call.signal, 'abort');
    seen.emit('aborted', call.signal.reason);
    throw call.signal.reason;
  };
  return {
    echo: async ({ text, times }, call) => ({
      text: text.repeat(times),
      user: call.user,
      caller: call.caller?.kind,
      hidden: 'never leaves',
    }),
    fail: async ({ how }) => {
      if (how === 'bug') throw new TypeError('secret internals');
      throw new ConpaasError('engine_failed', 'The engine did not start.', { log: ['last words'], retry: true });
    },
    wait: async (_params, call) => untilAborted(call),
    async *count({ to, bytes, fail }, call) {
      let ended = false;
      const from = (call.after ?? 0) + 1;
      call.resumeAt?.(from);
      try {
        for (let n = from; n <= to; n += 1) {
          seen.pulled += 1;
          yield { n, ...(bytes > 0 && { padding: 'x'.repeat(bytes) }) };
        }
        if (fail) throw new ConpaasError('lagged', 'Too slow.');
        ended = true;
      } finally {
        if (!ended) {
          seen.returned += 1;
          seen.emit('returned');
        }
      }
    },
    async *watch(_params, call) {
      yield await untilAborted(call);
    },
    put: async (_params, file) => {
      seen.puts += 1;
      const content = await readFile(file.path);
      return {
        size: content.length,
        sha256: createHash('sha256').update(content).digest('hex'),
        name: file.name,
        head: content.subarray(0, 8).toString('hex'),
      };
    },
    get: async ({ bytes, how }) => {
      const sha256 = createHash('sha256').update(Buffer.alloc(bytes, how)).digest('hex');
      const piece = 64 * 1024;
      const stream = Readable.from(
        (function* () {
          const content = Buffer.alloc(bytes, how);
          for (let at = 0; at < bytes; at += piece) yield content.subarray(at, at + piece);
          if (how === 'broken') throw new ConpaasError('engine_failed', 'The dump broke off.', { log: ['gone'] });
        })(),
      );
      if (how === 'unknown' || how === 'broken') return { stream };
      return { stream, size: bytes, sha256: how === 'wrong' ? '0'.repeat(64) : sha256, name: 'a file.bin' };
    },
    shout: async ({ prefix }, open, call) => {
      if (prefix === 'refused') throw new ConpaasError('not_found', 'There is no such voice.');
      const channel = open();
      seen.emit('begun');
      call.signal.addEventListener('abort', () => seen.emit('aborted'));
      for await (const chunk of channel) channel.write(prefix + String(chunk).toUpperCase());
    },
    refuse: async (_params, open) => {
      await once(open(), 'data');
      throw new ConpaasError('conflict', 'Not now.');
    },
    hold: async (_params, open, call) => {
      seen.emit('channel', open());
      if (!call.signal.aborted) await once(call.signal, 'abort');
    },
  };
}

/** A deployment of test servers; disposing it ends them all. */
export interface World extends AsyncDisposable {
  readonly trust: Trust;
  readonly seen: Seen;
  readonly directory: string;
  readonly lines: string[];
  /** A server with the test table. */
  serve(options: Partial<ServerOptions<TestTable>> & { as: Identity }): Promise<RpcServer>;
  serveOnSocket(): Promise<{ server: RpcServer; path: string }>;
  /** A client of the server at a port of this host. */
  client(port: number, expect: Identity, as?: Identity, more?: Partial<ClientOptions>): Promise<TestClient>;
  /** Closes it with the world. */
  own<T extends AsyncDisposable>(thing: T): T;
}

/** Where the tests of this folder bind. */
export const host = '127.0.71.1';

/** Lets through whoever has an identity of the deployment. */
function anyIdentity({ identity }: AuthorizeRequest): void {
  if (!identity) throw new ConpaasError('unauthenticated', 'Who are you?');
}

export async function createWorld(): Promise<World> {
  const directory = await mkdtemp(join(tmpdir(), 'rpc-'));
  const trust = await createTrust('dep-test');
  const seen = newSeen();
  const lines: string[] = [];
  const owned: AsyncDisposable[] = [];
  const own = <T extends AsyncDisposable>(thing: T): T => {
    owned.unshift(thing);
    return thing;
  };
  let spools = 0;
  const base = () => {
    spools += 1;
    return {
      product: '1.2.3',
      table,
      handlers: testHandlers(seen),
      identify: (peer: { chain: readonly string[]; authorized: boolean }) =>
        identifyPeer({ ...peer, deployment: trust.deployment, revoked: new Set() }),
      spool: join(directory, `spool-${spools}`),
      log: (line: string) => lines.push(line),
    };
  };
  return {
    trust,
    seen,
    directory,
    lines,
    own,
    async serve({ as, ...options }) {
      const credentials = await trust.credentials(as);
      return own(
        await serve({
          role: as.kind === 'user' ? 'director' : as.kind,
          listen: { host, port: 0 },
          tls: { credentials },
          authorize: anyIdentity,
          ...base(),
          ...options,
        }),
      );
    },
    async serveOnSocket() {
      const path = join(directory, 'host.sock');
      const server = own(
        await serve({ role: 'host', listen: { socket: path }, authorize: () => undefined, ...base() }),
      );
      return { server, path };
    },
    async client(port, expect, as = trust.identities.user, more = {}) {
      const credentials = await trust.credentials(as);
      return own(connect(table, { address: { host, port }, expect, credentials: () => credentials, ...more }));
    },
    async [Symbol.asyncDispose]() {
      for (const thing of owned) await thing[Symbol.asyncDispose]();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The failure a promise ends with. */
export async function failureOf(promise: Promise<unknown>): Promise<ConpaasError['failure']> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof ConpaasError) return error.failure;
    throw error;
  }
  throw new Error('It succeeded, and should not have.');
}

/** All items of an async iterable. */
export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}
