/** Copies of backups in a directory, and in a bucket: moto's S3, an API that nobody here wrote. */
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { retention } from '../../remote/core/backup/retention.ts';
import { type Moto, startMoto } from '../../remote/core/clouds/ec2/moto.ts';
import { DeploymentId } from '../../remote/core/contract/ids.ts';
import { contentOf, putWhole, sha256 } from './fixtures.ts';
import { bringBack, copiesIn, copyOut, openBackupStore } from './index.ts';
import { type CopiedTo, openPlace } from './places/index.ts';
import { s3Place } from './places/s3-place.ts';

const signal = AbortSignal.timeout(120_000);
const deployment = DeploymentId.parse('d-mirror');
const key = randomBytes(32);
const s3 = { kind: 's3', bucket: 'of-ann', prefix: 'backups/conpaas', region: 'eu-west-1' } as const;
const keys = { accessKeyId: 'AKIATESTTESTTEST', secretAccessKey: 'secret-of-this-test' };

const files = { 'director.db': randomBytes(300_000), 'secrets.key': Buffer.from('the key of all secrets') };

let top: string;
let moto: Moto;
beforeAll(async () => {
  top = await mkdtemp(path.join(os.tmpdir(), 'mirror-'));
  moto = await startMoto();
  const made = await fetch(`${moto.endpoint}/of-ann`, { method: 'PUT' });
  expect(made.ok).toBe(true);
});
afterAll(async () => {
  await moto[Symbol.asyncDispose]();
  await rm(top, { recursive: true, force: true });
});

const kinds: [string, () => Promise<CopiedTo>][] = [
  [
    'a directory',
    async () => {
      const disk = path.join(top, 'disk');
      await mkdir(disk);
      return { kind: 'directory', path: disk };
    },
  ],
  ['a bucket', async () => ({ ...s3, ...keys, endpoint: moto.endpoint })],
];

describe.each(kinds)('copies in %s', (kind, choose) => {
  test('come with their archives, once, are pruned there, and come back whole to a computer that has lost its own', async () => {
    const place = await openPlace(await choose(), deployment);
    const directory = path.join(top, kind.replaceAll(' ', '-'));
    const store = openBackupStore({ directory, deployment, key: async () => key });
    const archive = Buffer.from('code of the application');
    const old = Buffer.from('code of before');
    const at = Date.parse('2026-11-01T10:00:00.123Z');
    const put = (id: string, createdAt: number, blobs: Buffer[]) =>
      putWhole(store, contentOf(id, createdAt, files, blobs), files, blobs);
    await put('aaaa', at, [old]);
    await put('bbbb', at + 1000, [archive]);
    const options = { directory, store, place, signal };
    expect(await copyOut(options, retention, at + 5000)).toBe(4);
    expect(await copyOut(options, retention, at + 5000)).toBe(0);
    expect((await copiesIn(place, signal)).map(({ id, createdAt }) => [id, createdAt])).toEqual([
      ['backup-bbbb', at + 1000],
      ['backup-aaaa', at],
    ]);
    // Nobody who has them reads them.
    const names = [...(await place.list(signal)).keys()];
    for (const name of names) {
      const file = path.join(top, 'looked-at');
      await place.get(name, file, signal);
      expect((await readFile(file)).includes('code of')).toBe(false);
    }

    await rm(directory, { recursive: true });
    await bringBack(options, undefined);
    expect((await store.list()).backups.map(({ id }) => id)).toEqual(['backup-bbbb']);
    await store.check(await store.open('backup-bbbb'), () => undefined, signal);
    await bringBack(options, 'backup-aaaa');
    await store.check(await store.open('backup-aaaa'), () => undefined, signal);
    await expect(bringBack(options, 'backup-cccc')).rejects.toMatchObject({ code: 'not_found' });

    // What only the other place has is not taken for something to be removed.
    await rm(directory, { recursive: true });
    await put('dddd', at + 2000, []);
    await copyOut(options, retention, at + 5000);
    expect(await copiesIn(place, signal)).toHaveLength(3);
    // What need not stay goes, with what only it refers to, once all is known here.
    await bringBack(options, 'backup-bbbb');
    await copyOut(options, { ...retention, newest: 2, days: 0 }, at + 5000);
    expect((await copiesIn(place, signal)).map(({ id }) => id)).toEqual(['backup-dddd', 'backup-bbbb']);
    expect([...(await place.list(signal)).keys()].filter((name) => name.startsWith('blobs/'))).toEqual([
      `blobs/${sha256(archive)}`,
    ]);
    for (const name of (await place.list(signal)).keys()) await place.remove(name, signal);
    expect(await copiesIn(place, signal)).toEqual([]);
  });
});

test('what a place refuses is told with what to do', async () => {
  const missing = await openPlace({ kind: 'directory', path: path.join(top, 'not-plugged-in') }, deployment);
  await expect(missing.list(signal)).rejects.toThrow('Plug the disk in');
  const file = path.join(top, 'file');
  await writeFile(file, 'x');
  await expect(missing.put('trial', file, signal)).rejects.toMatchObject({ code: 'not_found' });
  expect(await readdir(top)).not.toContain('not-plugged-in');
  const nowhere = await openPlace({ ...s3, ...keys, bucket: 'no-such-bucket', endpoint: moto.endpoint }, deployment);
  await expect(nowhere.list(signal)).rejects.toThrow('There is no bucket no-such-bucket in eu-west-1');
  await expect(nowhere.put('trial', file, signal)).rejects.toMatchObject({ code: 'not_found' });
  const away = await openPlace({ ...s3, ...keys, endpoint: 'http://127.77.5.1:9' }, deployment);
  await expect(away.list(signal)).rejects.toMatchObject({ code: 'unreachable', failure: { retry: true } });
});

test('more than a page of a list is read, and names that must be encoded are', async () => {
  const place = s3Place({ ...s3, ...keys, prefix: 'many', endpoint: moto.endpoint }, 'd-many', 2);
  const file = path.join(top, 'small');
  await writeFile(file, 'small');
  const names = ['blobs/1', 'blobs/2', 'blobs/3', 'blobs/4', 'with space & more+'];
  for (const name of names) await place.put(name, file, signal);
  expect([...(await place.list(signal))]).toEqual(names.map((name) => [name, 5]));
  await place.get('with space & more+', `${file}-back`, signal);
  expect(await readFile(`${file}-back`, 'utf8')).toBe('small');
});
