import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ApplicationId } from '../core/contract/ids.ts';
import { type Journal, openJournal } from '../core/journal/index.ts';
import { BlobStore } from './blobs.ts';
import { SecretStore } from './secrets.ts';
import { StateStore } from './states.ts';
import { migrations } from './store.ts';

let directory: string;
let journal: Journal;
beforeEach(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), 'director-'));
  journal = openJournal({ path: path.join(directory, 'a.db'), name: 'test', migrations });
});
afterEach(() => {
  journal[Symbol.dispose]();
  rmSync(directory, { recursive: true, force: true });
});

const app = ApplicationId.parse('app-a');
const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 'stored',
    (error: { code?: string }) => error.code,
  );

describe('desired states at the director', () => {
  test('of a manager that went on while there was no director, are taken over where they are newer', async () => {
    const states = new StateStore(journal);
    await states.put(app, 2, 1, { a: 1 });
    expect(await states.recover(app, 2, 1, { a: 'other' })).toBe(false);
    expect(await states.recover(app, 2, 5, { a: 5, blob: 'c'.repeat(64) })).toBe(true);
    expect(states.get(app)).toMatchObject({ epoch: 2, n: 5, document: { a: 5 } });
    expect([...states.blobsOf(app)]).toEqual(['c'.repeat(64)]);
    // It goes on from there.
    expect(await code(states.put(app, 2, 6, { a: 6 }))).toBe('stored');
    expect(await states.recover(app, 2, 5, { a: 5 })).toBe(false);
  });

  test('are stored in order, by compare-and-set, and never by a manager that was replaced', async () => {
    const states = new StateStore(journal);
    expect(await code(states.put(app, 1, 1, { a: 1 }))).toBe('stored');
    expect(await code(states.put(app, 1, 1, { a: 1 }))).toBe('stored');
    expect(await code(states.put(app, 1, 1, { a: 2 }))).toBe('conflict');
    expect(await code(states.put(app, 1, 3, { a: 3 }))).toBe('conflict');
    expect(await code(states.put(app, 2, 2, { a: 2 }))).toBe('stored');
    expect(await code(states.put(app, 1, 3, { a: 3 }))).toBe('superseded');
    expect(states.get(app)).toEqual({ epoch: 2, n: 2, document: { a: 2 } });
  });
});

describe('blobs at the director', () => {
  test('are kept as long as a state names them, and for a day after they arrived', async () => {
    const blobs = new BlobStore(path.join(directory, 'blobs'));
    const states = new StateStore(journal);
    const add = async (content: string) => {
      const file = path.join(directory, 'upload');
      writeFileSync(file, content);
      const sha256 = createHash('sha256').update(content).digest('hex');
      await blobs.add({ path: file, sha256 });
      return sha256;
    };
    const [used, unused] = [await add('used'), await add('unused')];
    await states.put(app, 1, 1, { services: [{ versions: [{ blob: used }] }] });
    expect(await blobs.collect(states.blobs(), 1000)).toBe(0);
    expect(await blobs.collect(states.blobs(), 1000, Date.now() + 5000)).toBe(1);
    expect(await code(blobs.open(unused))).toBe('not_found');
    const { stream } = await blobs.open(used);
    expect(Buffer.concat(await stream.toArray()).toString()).toBe('used');
  });
});

describe('secrets at the director', () => {
  test('are readable with the key file only, and a generated one is made once', async () => {
    const keyFile = path.join(directory, 'secrets.key');
    const secrets = await SecretStore.open(journal, keyFile);
    await secrets.set('app-a', 'KEY', 'hidden-value');
    expect(await secrets.setOnce('app-a', 'KEY', 'other')).toBe('hidden-value');
    expect(secrets.get('app-a', ['KEY', 'NONE'])).toEqual({ KEY: 'hidden-value' });
    expect(secrets.get('app-b', ['KEY'])).toEqual({});
    const stored = journal.read((db) => db.prepare('SELECT sealed FROM secret').get());
    expect(Buffer.from(stored?.['sealed'] as Uint8Array).includes('hidden-value')).toBe(false);
    rmSync(keyFile);
    const stranger = await SecretStore.open(journal, keyFile);
    expect(() => stranger.get('app-a', ['KEY'])).toThrow(/Set it again/);
  });
});
