import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ConpaasError } from '../../remote/core/contract/errors.ts';
import { openVault, unlockVault } from '../vault/index.ts';
import { testKeychain } from '../vault/keychain.fixture.ts';
import { findKeychainOfApp, serveKeychain } from './index.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), 'keychain-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const never = new AbortController().signal;
const nobody = async (): Promise<void> => {
  throw new ConpaasError('unreachable', 'No app.');
};

test('a command opens a keychain vault through the app, and starts the app where it is not running', async () => {
  const keychain = testKeychain();
  (await openVault(directory, { kind: 'keychain', keychain }))[Symbol.dispose]();
  let server: Awaited<ReturnType<typeof serveKeychain>> | undefined;
  const startApp = async (): Promise<void> => {
    server = await serveKeychain({ dataDirectory: directory, findKeychain: async () => keychain });
  };
  const find = () => findKeychainOfApp({ dataDirectory: directory, startApp, signal: never });
  using vault = await unlockVault(directory, {}, find);
  expect(vault.protection).toBe('keychain');
  await vault.set('a', 'one');
  expect(server).toBeDefined();
  expect((await stat(path.join(directory, 'keychain'))).mode & 0o777).toBe(0o700);
  expect((await stat(path.join(directory, 'keychain/socket'))).mode & 0o777).toBe(0o600);
  // Nothing is left of the proofs.
  expect(await readdir(path.join(directory, 'keychain'))).toEqual(['socket']);
  await server?.[Symbol.asyncDispose]();
  await expect(findKeychainOfApp({ dataDirectory: directory, startApp: nobody, signal: never })).rejects.toThrow(
    'No app',
  );
});

test('whoever cannot make a file as the user is told nothing', async () => {
  const asked: string[] = [];
  const keychain = testKeychain();
  await using _server = await serveKeychain({
    dataDirectory: directory,
    findKeychain: async () => {
      asked.push('keychain');
      return keychain;
    },
  });
  const say = async (before: (nonce: string) => Promise<void>): Promise<unknown> => {
    const socket = createConnection(path.join(directory, 'keychain/socket'));
    try {
      let first = true;
      for await (const line of createInterface({ input: socket })) {
        const message = JSON.parse(line);
        if (!first) return message;
        first = false;
        await before(message.prove);
        socket.write(`${JSON.stringify({ ask: 'backend', text: '' })}\n`);
      }
      return undefined;
    } finally {
      socket.destroy();
    }
  };
  const forbidden = { failure: { code: 'forbidden' } };
  expect(await say(async () => undefined)).toMatchObject(forbidden);
  // The right name in the wrong place, and another's nonce.
  expect(await say((nonce) => writeFile(path.join(directory, `proof-${nonce}`), ''))).toMatchObject(forbidden);
  expect(await say(() => writeFile(path.join(directory, 'keychain/proof-00'), ''))).toMatchObject(forbidden);
  expect(asked).toEqual([]);
  await say((nonce) => writeFile(path.join(directory, `keychain/proof-${nonce}`), ''));
  expect(asked).toEqual(['keychain']);
});

test('a file of another user proves nothing', async () => {
  await using _server = await serveKeychain({
    dataDirectory: directory,
    findKeychain: async () => testKeychain(),
    uid: 12_345,
  });
  await expect(findKeychainOfApp({ dataDirectory: directory, startApp: nobody, signal: never })).rejects.toMatchObject({
    code: 'forbidden',
  });
});

test('a data directory whose path is too long for a socket is no trouble', async () => {
  const deep = path.join(directory, 'x'.repeat(60), 'y'.repeat(60));
  const keychain = testKeychain();
  await using _server = await serveKeychain({ dataDirectory: deep, findKeychain: async () => keychain });
  const found = await findKeychainOfApp({ dataDirectory: deep, startApp: nobody, signal: never });
  expect(await found.unwrap(await found.wrap('text'))).toBe('text');
});
