import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { cp, mkdir, readdir, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openBackupFile } from '../../core/backup/backup-file.ts';
import { readBlobFile } from '../../core/backup/blob-file.ts';
import { recipientOf } from '../../core/backup/recipient.ts';
import { backupVolumeMethods } from '../../core/contract/backup-volume.ts';
import { DeploymentId } from '../../core/contract/ids.ts';
import { digestFile } from '../../core/files/index.ts';
import { type Journal, openJournal } from '../../core/journal/index.ts';
import { AuditStore } from '../audit/audit-store.ts';
import { BlobStore } from '../blobs.ts';
import { openBackups } from './open.ts';
import { listVolume, readVolume } from './volume-files.ts';

const minute = 60_000;
const name = 'director-backups';
const deployment = DeploymentId.parse('d-one');
const key = randomBytes(32);
const setting = { name, sizeGb: 1, recipient: recipientOf(key) };
const never = new AbortController().signal;

let home: string;
let volume: string;
let journal: Journal;
let audit: AuditStore;
let blobs: BlobStore;
let now: number;
let used: Set<string>;
let said: string[];
beforeEach(async () => {
  home = mkdtempSync(path.join(os.tmpdir(), 'volume-backups-'));
  volume = path.join(home, 'elsewhere');
  await mkdir(volume);
  await mkdir(path.join(home, 'volumes'));
  await symlink(volume, path.join(home, 'volumes', name));
  journal = openJournal({
    path: path.join(home, 'director.db'),
    name: 'test',
    migrations: ['CREATE TABLE one (n BLOB) STRICT'],
  });
  audit = new AuditStore(path.join(home, 'audit.db'));
  blobs = new BlobStore(path.join(home, 'blobs'));
  await writeFile(path.join(home, 'secrets.key'), 'sealed with this');
  [now, used, said] = [Date.parse('2026-05-01T10:00:00Z'), new Set(), []];
});
afterEach(() => {
  journal[Symbol.dispose]();
  audit[Symbol.dispose]();
  rmSync(home, { recursive: true, force: true });
});

async function open() {
  const { backups, volumeBackups } = await openBackups({
    ...{ home, deployment, journal, blobs, product: '0.1.0', schema: 1, now: () => now },
    referred: () => used,
    applications: () => ['Shop'],
    copyAudit: (file) => audit.copyTo(file),
    notice: (level, text) => said.push(`${level}: ${text}`),
    log: () => undefined,
  });
  return { backups, volumes: volumeBackups };
}

const change = (bytes = Buffer.from('x')) => journal.write((db) => db.prepare('INSERT INTO one VALUES (?)').run(bytes));
const there = async () => (await readdir(volume)).filter((one) => one.endsWith('.backup')).sort();

async function upload(bytes: Buffer): Promise<string> {
  const file = path.join(home, 'upload');
  await writeFile(file, bytes);
  const { sha256 } = await digestFile(file, undefined);
  await blobs.add({ path: file, sha256 });
  return sha256;
}

async function whole(bytes: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of bytes) parts.push(part);
  return Buffer.concat(parts);
}

test('writes after changes, every ten minutes at most, and what it writes only the key opens', async () => {
  const archive = randomBytes(300_000);
  used.add(await upload(archive));
  const { volumes } = await open();
  await volumes.look(never);
  expect(await there()).toEqual([]);
  expect(await volumes.state()).toBeUndefined();
  await expect(volumes.write(never)).rejects.toMatchObject({ code: 'conflict' });

  await volumes.set(setting);
  await volumes.look(never);
  expect(await there()).toHaveLength(1);
  expect(await volumes.state()).toMatchObject({ name, upToDate: true, copies: [{ createdAt: now }] });
  // Nothing has changed, and then something too soon.
  now += 11 * minute;
  await volumes.look(never);
  expect(await there()).toHaveLength(1);
  await change();
  await volumes.look(never);
  expect(await there()).toHaveLength(2);
  now += 9 * minute;
  await change();
  await volumes.look(never);
  expect(await there()).toHaveLength(2);
  expect((await volumes.state())?.upToDate).toBe(false);
  now += minute;
  await volumes.look(never);
  expect(await there()).toHaveLength(3);
  // Whoever asks for it does not wait.
  await change();
  expect(await volumes.write(never)).toMatchObject({ upToDate: true });
  expect(await volumes.write(never)).toMatchObject({ upToDate: true });
  expect(await there()).toHaveLength(4);

  const [first = ''] = await there();
  const place = { directory: volume, deployment, key: async () => key };
  const opened = await openBackupFile(place, first);
  expect(opened.content).toMatchObject({ applications: ['Shop'], blobs: [{ size: archive.length }] });
  const files = new Map<string, Buffer>();
  for await (const { file, bytes } of opened.files()) files.set(file.name, await whole(bytes));
  expect(files.get('secrets.key')?.toString()).toBe('sealed with this');
  const [blob = ''] = used;
  expect(await whole(readBlobFile(path.join(volume, 'blobs', blob), key, blob))).toEqual(archive);
  // Nothing that the director has, or anybody else, opens it.
  const other = { ...place, key: async () => Buffer.from(setting.recipient, 'base64') };
  await expect(openBackupFile(other, first)).rejects.toMatchObject({ code: 'checksum_mismatch' });
  expect(existsSync(path.join(home, 'backup-to-volume'))).toBe(false);
});

test('what was chosen is chosen after a restart; given up, nothing is written', async () => {
  const { volumes } = await open();
  await volumes.set(setting);
  const { volumes: again } = await open();
  await again.look(never);
  expect(await there()).toHaveLength(1);
  await again.clear();
  now += 11 * minute;
  await change();
  await again.look(never);
  expect(await there()).toHaveLength(1);
  expect(await (await open()).volumes.state()).toBeUndefined();
});

test('a volume that is not there is told once, tried with each look, and told when it is back', async () => {
  const { volumes } = await open();
  await volumes.set(setting);
  await volumes.look(never);
  await rename(volume, `${volume}.gone`);
  await volumes.look(never);
  await volumes.look(never);
  expect(said).toEqual([expect.stringContaining('warning: The director could not write a backup to its volume.')]);
  expect(await volumes.state()).toMatchObject({ upToDate: false, failure: { code: 'not_found', retry: true } });
  await expect(volumes.write(never)).rejects.toMatchObject({ code: 'not_found' });
  await rename(`${volume}.gone`, volume);
  await volumes.look(never);
  expect(said.slice(1)).toEqual([`info: Backups are written to the volume ${name} again.`]);
  expect(await volumes.state()).toMatchObject({ upToDate: true, copies: [{}] });

  // Another, which is empty, in its place: it has a backup with the next look, though nothing has changed.
  await rm(volume, { recursive: true });
  await mkdir(volume);
  expect((await volumes.state())?.upToDate).toBe(false);
  await volumes.look(never);
  expect(await there()).toHaveLength(1);
});

test('what a director that was killed has copied is swept', async () => {
  await mkdir(path.join(home, 'backup-to-volume/backup-old'), { recursive: true });
  const { volumes } = await open();
  await volumes.set(setting);
  await Promise.all([volumes.write(never), volumes.sweep()]);
  expect(existsSync(path.join(home, 'backup-to-volume'))).toBe(false);
  expect(await volumes.state()).toMatchObject({ upToDate: true });
});

test('a copy that the desktop reads is not ended by one for the volume', async () => {
  const { backups, volumes } = await open();
  await volumes.set(setting);
  const { backup } = await backups.begin();
  await volumes.write(never);
  expect((await whole((await backups.file(backup, 'secrets.key')).stream)).toString()).toBe('sealed with this');
  await backups.end(backup);
});

test('old backups go, and with the last that refers to it a blob; unknown ones keep all blobs', async () => {
  const old = await upload(randomBytes(1000));
  used.add(old);
  const { volumes } = await open();
  await volumes.set(setting);
  await volumes.write(never);
  const fresh = await upload(randomBytes(2000));
  used = new Set([fresh]);
  const step = async () => {
    now += 11 * minute;
    await change();
    await volumes.look(never);
  };
  const blobsThere = async () => (await readdir(path.join(volume, 'blobs'))).sort();
  for (let count = 0; count < 4; count += 1) await step();
  expect(await there()).toHaveLength(5);
  expect(await blobsThere()).toEqual([old, fresh].sort());
  // The sixth of a day is one too many; what a killed director has left goes as well.
  await writeFile(path.join(volume, 'half.tmp'), 'half');
  const [first = ''] = await there();
  await cp(path.join(volume, first), path.join(home, 'first'));
  await step();
  expect(await there()).not.toContain(first);
  expect(await blobsThere()).toEqual([fresh]);
  expect((await readdir(volume)).filter((one) => one.endsWith('.blobs'))).toHaveLength(5);
  expect(existsSync(path.join(volume, 'half.tmp'))).toBe(false);
  // One whose list is lost may refer to anything.
  await cp(path.join(home, 'first'), path.join(volume, first.replace('2026', '2027')));
  await writeFile(path.join(volume, 'blobs', old), 'may be of that');
  await step();
  expect(await blobsThere()).toEqual([old, fresh].sort());
});

test('files are handed out as they are; links, unfinished ones and those of others are not', async () => {
  const { volumes } = await open();
  await volumes.set(setting);
  await volumes.write(never);
  const [first = ''] = await there();
  await writeFile(path.join(volume, 'x.tmp'), 'x');
  await symlink('/etc/passwd', path.join(volume, first.replace('2026', '2027')));
  // What is none of ours must not keep the others from being read.
  for (const strange of ['notes.txt', 'blobs/notes.txt', 'old-backup.backup'])
    await writeFile(path.join(volume, strange), 'x');
  const list = await listVolume(volume);
  expect(list.map((one) => one.name).sort()).toEqual([first.replace('.backup', '.blobs'), first].sort());
  const { stream, size } = await readVolume(volume, first);
  expect(() => backupVolumeMethods.list_backup_volume.result.parse(list)).not.toThrow();
  expect((await whole(stream)).length).toBe(size);
  expect(size).toBe((await stat(path.join(volume, first))).size);
  await expect(readVolume(volume, first.replace('2026', '2027'))).rejects.toMatchObject({ code: 'not_found' });
});

const run = promisify(execFile);
/** A small filesystem can be made by root alone. */
if (process.getuid?.() === 0) {
  test('a full volume keeps the newest backup, and is told', async () => {
    const { volumes } = await open();
    await volumes.set(setting);
    await run('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'conpaas-test', volume]);
    try {
      await change(randomBytes(1_000_000));
      await volumes.write(never);
      const next = async (size: number) => {
        await change(randomBytes(size));
        now += 11 * minute;
        await volumes.look(never);
      };
      await next(100_000);
      expect(await there()).toHaveLength(2);
      // No room for three: all but the newest make room for it.
      await next(10_000);
      expect(said).toEqual([]);
      expect(await there()).toHaveLength(2);
      expect(await volumes.state()).toMatchObject({ upToDate: true });
      const [, newest = ''] = await there();
      // Not even one more.
      await next(4_000_000);
      await next(1);
      expect(said).toEqual([expect.stringContaining('is full: not even the newest backup has room.')]);
      expect(await volumes.state()).toMatchObject({ upToDate: false, failure: { code: 'disk_full' } });
      expect(await there()).toEqual([newest]);
    } finally {
      await run('umount', [volume]);
    }
  });
}
