import { createServer, type Server } from 'node:net';
import { describe, expect, test } from 'vitest';
import { addressAt, createAllocator } from './addresses.ts';
import { claimNetwork } from './claim.ts';

const nobody = (): boolean => false;

function listenOn(host: string, port = 0): Promise<Server & AsyncDisposable> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => resolve(server));
  });
}

/** A port that no deployment of this computer uses for its claim. */
async function freePort(): Promise<number> {
  await using server = await listenOn('0.0.0.0');
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

describe('the claim on a network', () => {
  test('many at once get networks of their own, chosen at random', async () => {
    const port = await freePort();
    const claims = await Promise.all(Array.from({ length: 20 }, () => claimNetwork(undefined, nobody, port)));
    const networks = claims.map((claim) => claim.network);
    expect(new Set(networks).size).toBe(20);
    expect(networks.every((network) => network >= 16 && network <= 250)).toBe(true);
    expect(networks).not.toEqual(networks.toSorted((a, b) => a - b));
    expect(claims.every((claim) => claim.descriptor !== undefined)).toBe(true);
    await Promise.all(claims.map((claim) => claim[Symbol.asyncDispose]()));
  });

  test('the network on record is taken again, and refused while another program holds it', async () => {
    const port = await freePort();
    const first = await claimNetwork(undefined, nobody, port);
    await expect(claimNetwork(first.network, nobody, port)).rejects.toThrow(`pid ${process.pid}`);
    await first[Symbol.asyncDispose]();
    await using again = await claimNetwork(first.network, nobody, port);
    expect(again.network).toBe(first.network);
  });

  test('a claim that our own control processes have inherited is ours, though we do not hold it', async () => {
    const port = await freePort();
    await using held = await claimNetwork(undefined, nobody, port);
    await using ours = await claimNetwork(held.network, (pid) => pid === process.pid, port);
    expect(ours).toMatchObject({ network: held.network, descriptor: undefined });
  });

  test('a program on that port of all addresses gets an error of its own', async () => {
    await using wildcard = await listenOn('0.0.0.0');
    const address = wildcard.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const message = /on all addresses of this computer by pid/;
    await expect(claimNetwork(undefined, nobody, port)).rejects.toThrow(message);
    await expect(claimNetwork(77, nobody, port)).rejects.toThrow(message);
  });
});

describe('addresses', () => {
  test('are consecutive, skip network and broadcast numbers, and never reach the claim', () => {
    expect([0, 1, 253, 254].map((slot) => addressAt(20, slot))).toEqual([
      '127.20.0.1',
      '127.20.0.2',
      '127.20.0.254',
      '127.20.1.1',
    ]);
  });

  test('one on record is never given again; a freed one only after all others', () => {
    const allocator = createAllocator(['127.20.0.1', '127.20.0.3']);
    expect([allocator.take(), allocator.take()]).toEqual([3, 4]);
    allocator.free('127.20.0.1');
    expect(allocator.take()).toBe(5);
  });

  test('run out with a message', () => {
    const allocator = createAllocator([]);
    for (let slot = 0; slot < 255 * 254; slot += 1) allocator.take();
    expect(() => allocator.take()).toThrow('All addresses');
    allocator.free('127.20.1.1');
    expect(allocator.take()).toBe(254);
  });
});
