/** Ports of nodes, with real listeners. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createPorts, holds, listenersIn, type Ports } from './ports.ts';
import { openStore, type Store } from './store.ts';

const address = '127.0.0.1';
let directory: string;
let store: Store;
let ports: Ports;
let held: AsyncDisposableStack;
beforeEach(async () => {
  directory = await mkdtemp('/tmp/conpaas-ports-');
  store = openStore(join(directory, 'agent.db'));
  ports = createPorts(store, address);
  held = new AsyncDisposableStack();
});
afterEach(async () => {
  await held.disposeAsync();
  store[Symbol.dispose]();
  await rm(directory, { recursive: true });
});

const ask = (node: string, preferred: number, ...own: number[]) =>
  ports.port(node, 'http', preferred, { exact: false, own: () => new Set(own) });

async function listening(): Promise<{ server: Server; port: number }> {
  const server = createServer();
  server.listen(0, address);
  await once(server, 'listening');
  held.defer(() => new Promise((resolve) => server.close(() => resolve())));
  return { server, port: (server.address() as AddressInfo).port };
}

test('a node keeps its port while it exists, and no two nodes get the same', async () => {
  const { server, port } = await listening();
  await new Promise((resolve) => server.close(resolve));
  expect(await ask('a', port)).toBe(port);
  const other = await ask('b', port);
  expect(other).not.toBe(port);
  expect(await ask('b', port)).toBe(other);
  expect(await createPorts(store, address).port('a', 'http', 1, { exact: false, own: () => new Set() })).toBe(port);
});

test("a port that any of the node's own processes holds is the node's, whichever of them is found first", async () => {
  const { server, port } = await listening();
  await store.setPort('a', 'http', port);
  const worker = fork('/dev/null', [], {
    execArgv: ['--eval', 'process.on("message", (text, server) => process.send(server ? "held" : "nothing"))'],
  });
  held.defer(async () => {
    const exit = once(worker, 'exit');
    worker.kill('SIGKILL');
    await exit;
  });
  worker.send('take it', server);
  expect((await once(worker, 'message'))[0]).toBe('held');
  expect(await ask('a', port, process.pid)).toBe(port);
  expect(await ask('a', port, worker.pid ?? 0)).toBe(port);
  expect(await ask('a', port)).not.toBe(port);
});

test('a port that must be exactly this one is refused with who holds it', async () => {
  const { port } = await listening();
  await expect(ports.port('a', 'http', port, { exact: true, own: () => new Set() })).rejects.toMatchObject({
    code: 'port_in_use',
    message: expect.stringContaining(`(process ${process.pid})`),
  });
});

test('where the descriptors of other users may not be seen, as in a container, the user of the socket tells whose it is', () => {
  const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0B004D0A:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  4711        0 48213 1 0000000000000000 100 0 0 10 0
   1: 0B004D0A:1F90 0C004D0A:9C40 01 00000000:00000000 00:00000000 00000000  4711        0 48300 1 0000000000000000 20 4 30 10 -1
   2: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000  4712        0 48214 1 0000000000000000 100 0 0 10 0
`;
  const sockets = new Map(listenersIn(table, '10.77.0.11', 8080));
  expect([...sockets]).toEqual([['socket:[48213]', 4711]]);
  expect(listenersIn(table, '10.77.0.11', 80)).toEqual([['socket:[48214]', 4712]]);
  expect(holds(sockets, { links: ['/dev/null', 'socket:[48213]'], user: 4711 })).toBe(true);
  // Who can be seen is known not to hold it, whoever runs it.
  expect(holds(sockets, { links: ['/dev/null'], user: 4711 })).toBe(false);
  expect(holds(sockets, { links: undefined, user: 4711 })).toBe(true);
  expect(holds(sockets, { links: undefined, user: 4712 })).toBe(false);
  expect(holds(sockets, { links: undefined, user: undefined })).toBe(false);
  expect(holds(new Map(), { links: undefined, user: 4711 })).toBe(false);
});
