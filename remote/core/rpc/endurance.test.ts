/** Broken connections, slow readers, many callers, and the end of a server. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import http from 'node:http';
import { connect as connectSocket, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { type Duplex, Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { Identity } from '../contract/identity.ts';
import { connect } from './client.ts';
import { all, createWorld, failureOf, host, table, testHandlers, type World } from './fixtures.ts';

let world: World;
let director: Identity;

beforeAll(async () => {
  world = await createWorld();
  director = world.trust.identities.director;
});
afterAll(async () => world[Symbol.asyncDispose]());
afterEach(() => vi.useRealTimers());

/** Passes connections on, and cuts them when told. */
async function openProxy(target: number) {
  const sockets = new Set<Socket>();
  const state = { sent: 0, port: 0, onSent: (_bytes: number): void => undefined };
  const server = createServer((near) => {
    const far = connectSocket(target, host);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.on('data', (chunk) => {
      state.sent += chunk.length;
      state.onSent(chunk.length);
    });
    near.pipe(far);
    far.pipe(near);
  });
  server.listen(0, host);
  await once(server, 'listening');
  const address = server.address();
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return Object.assign(state, {
    port: typeof address === 'object' && address ? address.port : 0,
    cut,
    async [Symbol.asyncDispose]() {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

/** Waits until a condition holds. */
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  await vi.waitFor(async () => expect(await condition()).toBe(true), { timeout: 10_000, interval: 20 });
}

test('an upload goes on where the connection was cut', async () => {
  const size = 12_000_000;
  const path = join(world.directory, 'resumed');
  await writeFile(path, randomBytes(size));
  const server = await world.serve({ as: director });
  const proxy = world.own(await openProxy(server.port));
  const client = await world.client(proxy.port, director);
  let cuts = 0;
  let since = 0;
  proxy.onSent = (bytes) => {
    since += bytes;
    if (cuts < 3 && since > 3_000_000) {
      cuts += 1;
      since = 0;
      proxy.cut();
    }
  };
  const before = world.seen.puts;
  const answer = await client.upload('put', {}, { path });
  expect(answer.size).toBe(size);
  expect(cuts).toBe(3);
  expect(world.seen.puts).toBe(before + 1);
  // what was cut off on its way is sent again, what had arrived is not
  expect(proxy.sent).toBeLessThan(size * 1.6);
});

test('an upload whose answer was lost is not carried out twice', async () => {
  const path = join(world.directory, 'answered');
  await writeFile(path, randomBytes(100_000));
  let calls = 0;
  const handled: (() => void)[] = [];
  const handlers = testHandlers(world.seen);
  const server = await world.serve({
    as: director,
    handlers: {
      ...handlers,
      put: async (params, file, call) => {
        calls += 1;
        if (calls === 1) await new Promise<void>((resolve) => handled.push(resolve));
        return handlers.put(params, file, call);
      },
    },
  });
  const proxy = world.own(await openProxy(server.port));
  const client = await world.client(proxy.port, director);
  const answer = client.upload('put', {}, { path });
  await until(() => handled.length === 1);
  proxy.cut();
  handled[0]?.();
  expect((await answer).size).toBe(100_000);
  expect(calls).toBe(1);
});

test('two uploads of the same content at once do not disturb each other, and leave nothing behind', async () => {
  const path = join(world.directory, 'twice');
  await writeFile(path, randomBytes(4_000_000));
  const spool = join(world.directory, 'spool-twice');
  const server = await world.serve({ as: director, spool });
  const client = await world.client(server.port, director);
  const answers = await Promise.all(Array.from({ length: 4 }, () => client.upload('put', {}, { path })));
  expect(new Set(answers.map(({ sha256 }) => sha256)).size).toBe(1);
  expect(await readdir(spool)).toEqual([]);
});

test('a file that changes while it is sent is noticed', async () => {
  const path = join(world.directory, 'changing');
  await writeFile(path, Buffer.alloc(1_000_000, 'a'));
  const server = await world.serve({ as: director });
  const client = await world.client(server.port, director);
  let changed: Promise<void> | undefined;
  const proxy = world.own(await openProxy(server.port));
  const through = await world.client(proxy.port, director);
  // the first bytes of the TLS handshake come after the file has been hashed
  proxy.onSent = () => {
    changed ??= writeFile(path, Buffer.alloc(1_000_000, 'b'));
  };
  const failure = await failureOf(through.upload('put', {}, { path }));
  await changed;
  expect(failure.code).toBe('checksum_mismatch');
  expect((await client.upload('put', {}, { path })).size).toBe(1_000_000);
  expect((await failureOf(client.upload('put', {}, { path: `${path}-not` }))).code).toBe('not_found');
});

test('an upload is cancelled', async () => {
  const path = join(world.directory, 'cancelled');
  await writeFile(path, randomBytes(8_000_000));
  const server = await world.serve({ as: director });
  const client = await world.client(server.port, director);
  const controller = new AbortController();
  const onProgress = (sent: number) => {
    if (sent > 1_000_000) controller.abort();
  };
  const failure = await failureOf(client.upload('put', {}, { path }, { signal: controller.signal, onProgress }));
  expect(failure.code).toBe('cancelled');
});

test.each(['straight', 'through a relay'])('a slow reader holds the writer back, %s', async (way) => {
  const { manager } = world.trust.identities;
  const server = await world.serve({ as: manager });
  const credentials = await world.trust.credentials(director);
  const relay = await world.serve({
    as: director,
    relay: async () => ({ host, port: server.port, expect: manager, credentials }),
  });
  const client =
    way === 'straight'
      ? await world.client(server.port, manager)
      : await world.client(relay.port, director, undefined, { application: 'app-one' });
  const bytes = 64 * 1024;
  world.seen.pulled = 0;
  const items = client.stream('count', { to: 1_000_000, bytes })[Symbol.asyncIterator]();
  expect((await items.next()).value?.n).toBe(1);
  let before = -1;
  await vi.waitFor(
    () => {
      const standing = world.seen.pulled === before;
      before = world.seen.pulled;
      expect(standing).toBe(true);
    },
    { timeout: 10_000, interval: 300 },
  );
  // what sockets and streams of this machine take, far from the 64 GB there are
  expect(world.seen.pulled * bytes).toBeLessThan(64 * 1024 * 1024);
  expect((await items.next()).value?.n).toBe(2);
  const returned = once(world.seen, 'returned');
  await items.return?.();
  await returned;
});

test('a duplex nobody reads takes one window and no more', async () => {
  const server = await world.serve({ as: director });
  const client = await world.client(server.port, director);
  const given = once(world.seen, 'channel');
  const channel = await client.duplex('hold', {});
  const [far] = (await given) as [Duplex];
  Readable.from(
    (function* () {
      for (;;) yield Buffer.alloc(16 * 1024);
    })(),
  ).pipe(channel);
  await until(() => far.readableLength >= 256 * 1024);
  // one window, and what Node asks for to fill the buffer of the stream
  await until(() => channel.writableNeedDrain);
  expect(far.readableLength).toBeLessThanOrEqual(320 * 1024);
  const broken = once(far, 'error');
  channel.destroy();
  expect((await broken)[0]).toMatchObject({ failure: { code: 'unreachable' } });
});

test('a quiet stream says every 10 s that it lives; one that does not is given up (clock faked)', async () => {
  const server = await world.serve({ as: director });
  const client = await world.client(server.port, director);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
  const begun = once(world.seen, 'begun');
  const items = client.stream('watch', {})[Symbol.asyncIterator]();
  let ended = false;
  const waiting = items.next().finally(() => {
    ended = true;
  });
  await begun;
  for (let round = 0; round < 10; round += 1) {
    vi.advanceTimersByTime(10_000);
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }
  expect(ended).toBe(false);
  await items.return?.();
  await waiting;

  const mute = http.createServer((_request, response) => response.writeHead(200).flushHeaders());
  const path = join(world.directory, 'mute.sock');
  mute.listen(path);
  await once(mute, 'listening');
  const deaf = world.own(connect(table, { address: { socket: path } }));
  const failed = failureOf(all(deaf.stream('watch', {})));
  for (let round = 0; round < 5; round += 1) {
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    vi.advanceTimersByTime(10_000);
  }
  expect(await failed).toMatchObject({ code: 'unreachable', retry: true });
  mute.closeAllConnections();
  mute.close();
});

test('a stream that is cut off is not taken for a complete one', async () => {
  const server = await world.serve({ as: director });
  const proxy = world.own(await openProxy(server.port));
  const client = await world.client(proxy.port, director);
  const items = client.stream('count', { to: 100_000, bytes: 1000 })[Symbol.asyncIterator]();
  await items.next();
  proxy.cut();
  const failure = await failureOf(
    (async () => {
      for (;;) if ((await items.next()).done) return;
    })(),
  );
  expect(failure).toMatchObject({ code: 'unreachable', retry: true });
});

test('a server that ends lets short calls answer and tells the others', async () => {
  const handlers = testHandlers(world.seen);
  let stopped: Promise<void> | undefined;
  const server = await world.serve({
    as: director,
    handlers: {
      ...handlers,
      fail: async () => {
        stopped = Promise.resolve(server[Symbol.asyncDispose]());
        return {};
      },
    },
  });
  const client = await world.client(server.port, director);
  const begun = once(world.seen, 'begun');
  const stream = failureOf(all(client.stream('watch', {})));
  await begun;
  const channel = await client.duplex('shout', { prefix: '' });
  const broken = once(channel, 'error');
  await client.call('fail', { how: 'bug' });
  expect(await stream).toMatchObject({ code: 'unreachable', retry: true });
  await broken;
  await stopped;
});

test('a socket that a killed process left behind is taken over; one in use is not', async () => {
  const left = join(world.directory, 'host.sock');
  const program = `require('net').createServer().listen(${JSON.stringify(left)}, () => console.log('up'))`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  expect((await failureOf(world.serveOnSocket())).code).toBe('port_in_use');
  child.kill('SIGKILL');
  await once(child, 'exit');
  const { path } = await world.serveOnSocket();
  const client = world.own(connect(table, { address: { socket: path } }));
  expect((await client.call('hello', {})).role).toBe('host');
});

test('a port that is taken is an error, or another one is used', async () => {
  const first = await world.serve({ as: director });
  const taken = { host, port: first.port };
  expect((await failureOf(world.serve({ as: director, listen: taken }))).code).toBe('port_in_use');
  const other = await world.serve({ as: director, listen: { ...taken, fallback: true } });
  expect(other.port).not.toBe(first.port);
});
