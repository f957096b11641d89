import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { contentOf, inParts, openTestStore, putWhole, sha256, whole } from './fixtures.ts';

const journal = randomBytes(700_001);
const keys = Buffer.from('the key of all secrets');
const files = { 'director.db': journal, 'secrets.key': keys, 'web.pem': Buffer.alloc(0) };
const archive = randomBytes(524_288);
const never = new AbortController().signal;

async function backupIn(directory: string): Promise<string> {
  const [name = ''] = (await readdir(directory)).filter((one) => one.endsWith('.backup'));
  return path.join(directory, name);
}

test('what was put in comes out as it was, and nobody else can read it', async () => {
  await using made = await openTestStore();
  const { store, directory } = made;
  await putWhole(store, contentOf('aaa', 1000, files, [archive]), files, [archive]);
  const backup = await store.open(undefined);
  expect(backup.content.applications).toEqual(['Shop']);
  const found: Record<string, Buffer> = {};
  for await (const { file, bytes } of backup.files()) found[file.name] = await whole(bytes);
  expect(found).toEqual(files);
  expect(await whole(store.blob(sha256(archive)))).toEqual(archive);
  await store.check(backup, () => undefined, never);

  const all = [await backupIn(directory), path.join(directory, 'blobs', sha256(archive))];
  for (const file of all) {
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const text = await readFile(file);
    for (const secret of [keys, archive.subarray(0, 32), journal.subarray(0, 32), Buffer.from('Shop')]) {
      expect(text.includes(secret)).toBe(false);
    }
  }
  expect(await store.list()).toMatchObject({
    backups: [{ id: 'backup-aaa', createdAt: 1000, applications: ['Shop'], point: 'point of aaa' }],
    damaged: [],
  });
});

describe('is refused in words', () => {
  const change = async (file: string, how: (bytes: Buffer) => Buffer): Promise<void> =>
    writeFile(file, how(await readFile(file)));
  const flipped = (at: number) => (bytes: Buffer) => {
    const index = at < 0 ? bytes.length + at : at;
    bytes[index] = (bytes[index] ?? 0) ^ 1;
    return bytes;
  };
  const renamed = (from: string, to: string) => (bytes: Buffer) => {
    const at = bytes.indexOf(from);
    expect(at).toBeGreaterThan(0);
    return Buffer.concat([bytes.subarray(0, at), Buffer.from(to), bytes.subarray(at + from.length)]);
  };

  test.each([
    ['a changed byte in the middle', (file: string) => change(file, flipped(300_000)), /is damaged/],
    ['a changed byte at the end', (file: string) => change(file, flipped(-1)), /is damaged/],
    ['one that is cut off', (file: string) => change(file, (bytes) => bytes.subarray(0, -1000)), /is damaged/],
    // Whole pieces, but the marked last one is missing.
    [
      'one cut off between pieces',
      (file: string) => change(file, (bytes) => bytes.subarray(0, bytes.indexOf(10) + 1 + 262_160)),
      /is damaged/,
    ],
    ['something appended', (file: string) => change(file, (bytes) => Buffer.concat([bytes, bytes])), /is damaged/],
    [
      'another time in its head',
      (file: string) => change(file, renamed('"createdAt":1000', '"createdAt":2000')),
      /is damaged/,
    ],
    [
      'another deployment',
      (file: string) => change(file, renamed('"d-one"', '"d-two"')),
      /another deployment \(d-two\)/,
    ],
    [
      'a newer format',
      (file: string) => change(file, renamed('"version":1', '"version":2')),
      /another version of ConPaaS \(format 2, known is 1\)/,
    ],
    [
      'an older format',
      (file: string) => change(file, renamed('"version":1', '"version":0')),
      /another version of ConPaaS \(format 0, known is 1\)/,
    ],
    ['any other file', (file: string) => writeFile(file, 'hello\n'), /is not a backup of a director/],
    ['an empty file', (file: string) => writeFile(file, ''), /is not a backup of a director/],
  ])('%s', async (_title, damage, message) => {
    await using made = await openTestStore();
    const { store, directory } = made;
    await putWhole(store, contentOf('aaa', 1000, files), files);
    await damage(await backupIn(directory));
    await expect(store.open(undefined).then((one) => store.check(one, () => undefined, never))).rejects.toThrow(
      message,
    );
  });

  test('one that another vault has sealed, which stays all the same', async () => {
    await using made = await openTestStore();
    await putWhole(made.store, contentOf('aaa', 1000, files, [archive]), files, [archive]);
    const { store } = await openTestStore({ directory: made.directory });
    await expect(store.open(undefined)).rejects.toThrow(/another key than this vault has/);
    const { backups, damaged } = await store.list();
    expect(backups).toEqual([]);
    expect(damaged).toMatchObject([{ id: 'backup-aaa', why: expect.stringContaining('another key') }]);
    await store.prune({ newest: 1, days: 0, bytes: 0 }, 1e12);
    await made.store.check(await made.store.open('backup-aaa'), () => undefined, never);
  });

  test('one whose blob is missing, or another one', async () => {
    await using made = await openTestStore();
    const { store, directory } = made;
    const other = randomBytes(1000);
    await putWhole(store, contentOf('aaa', 1000, files, [archive, other]), files, [archive, other]);
    const check = async () => store.check(await store.open(undefined), () => undefined, never);
    const place = (bytes: Buffer) => path.join(directory, 'blobs', sha256(bytes));
    await copyFile(place(other), place(archive));
    await expect(check()).rejects.toThrow(/The blob [0-9a-f]+ is damaged/);
    await rm(place(archive));
    await expect(check()).rejects.toThrow(/The blob [0-9a-f]+ is missing/);
  });
});

test('bytes that are not what they should be are never kept', async () => {
  await using made = await openTestStore();
  const { store, directory } = made;
  await expect(store.putBlob(sha256(archive), inParts(keys))).rejects.toThrow(/is damaged/);
  expect(await store.hasBlob(sha256(archive))).toBe(false);
  const content = contentOf('aaa', 1000, files);
  await expect(
    store.put(content, ({ name }) => inParts(name === 'secrets.key' ? journal : files['director.db'])),
  ).rejects.toThrow(/is damaged/);
  async function* broken(): AsyncGenerator<Buffer, void> {
    yield journal.subarray(0, 1000);
    throw new Error('the line is dead');
  }
  await expect(store.put(content, broken)).rejects.toThrow('the line is dead');
  expect(await readdir(directory)).toEqual(['blobs']);
  expect(await readdir(path.join(directory, 'blobs'))).toEqual([]);
});

test('what need not stay goes, with the blobs that nothing refers to, and what an interruption has left', async () => {
  await using made = await openTestStore();
  const { store, directory } = made;
  const [one, two, three] = [randomBytes(100), randomBytes(200), randomBytes(300)];
  await putWhole(store, contentOf('aaa', 1000, files, [one, two]), files, [one, two]);
  await putWhole(store, contentOf('bbb', 2000, files, [two, three]), files, [two, three]);
  await mkdir(path.join(directory, 'blobs'), { recursive: true });
  await writeFile(path.join(directory, 'half.backup.0a1b.tmp'), 'half');
  await writeFile(path.join(directory, 'blobs', 'half.tmp'), 'half');
  await store.prune({ newest: 1, days: 0, bytes: 1 }, 2000);
  expect((await store.list()).backups.map(({ id }) => id)).toEqual(['backup-bbb']);
  expect((await readdir(path.join(directory, 'blobs'))).sort()).toEqual([sha256(two), sha256(three)].sort());
  expect((await readdir(directory)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  await store.check(await store.open('backup-bbb'), () => undefined, never);
});
