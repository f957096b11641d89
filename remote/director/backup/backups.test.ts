import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate as tick } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Journal, openJournal } from '../../core/journal/index.ts';
import { AuditStore } from '../audit/audit-store.ts';
import { BlobStore } from '../blobs.ts';
import { Backups } from './backups.ts';

let home: string;
let journal: Journal;
let audit: AuditStore;
let blobs: BlobStore;
beforeEach(async () => {
  home = mkdtempSync(path.join(os.tmpdir(), 'backups-'));
  // Two tables that every write changes alike.
  const sql = 'CREATE TABLE one (n INTEGER) STRICT; CREATE TABLE two (n INTEGER) STRICT';
  journal = openJournal({ path: path.join(home, 'director.db'), name: 'test', migrations: [sql] });
  audit = new AuditStore(path.join(home, 'audit.db'));
  blobs = new BlobStore(path.join(home, 'blobs'));
  await mkdir(path.join(home, 'identity'));
  await writeFile(path.join(home, 'secrets.key'), 'sealed with this');
  await writeFile(path.join(home, 'identity/intermediate.key'), 'never leaves');
});
afterEach(() => {
  journal[Symbol.dispose]();
  audit[Symbol.dispose]();
  rmSync(home, { recursive: true, force: true });
});

function open(referred: () => ReadonlySet<string> = () => new Set(), now: () => number = Date.now): Backups {
  return new Backups({
    ...{ home, journal, blobs, referred, now, product: '0.1.0', schema: 1 },
    applications: () => ['Shop'],
    copyAudit: (file) => audit.copyTo(file),
  });
}

async function text(body: { stream: AsyncIterable<Buffer> }): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of body.stream) parts.push(part);
  return Buffer.concat(parts);
}

test('copies under constant writes are whole, and of one moment', async () => {
  const backups = open();
  let going = true;
  let written = 0;
  const writing = (async () => {
    while (going) {
      const n = written + 1;
      await Promise.all([
        journal.write((db) => {
          db.prepare('INSERT INTO one VALUES (?)').run(n);
          db.prepare('INSERT INTO two VALUES (?)').run(n);
        }),
        audit.append({ who: 'ann', from: '', method: 'm', target: {}, outcome: 'done' }),
      ]);
      written = n;
      await tick();
    }
  })();
  let last = 0;
  for (let round = 0; round < 10; round += 1) {
    while (written < last + 5) await tick();
    last = written;
    const { backup, files } = await backups.begin();
    expect(files.map(({ name }) => name)).toEqual(['director.db', 'audit.db', 'secrets.key']);
    const copy = path.join(home, `copy-${round}.db`);
    await writeFile(copy, await text(await backups.file(backup, 'director.db')));
    const database = new DatabaseSync(copy);
    expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
    expect(database.prepare('PRAGMA user_version').get()).toEqual({ user_version: 1 });
    const count = (table: string) => database.prepare(`SELECT max(n) AS n, count(*) AS rows FROM ${table}`).get();
    expect(count('one')).toEqual(count('two'));
    expect(Number(count('one')?.['n'])).toBe(Number(count('one')?.['rows']));
    expect(Number(count('one')?.['n'])).toBeGreaterThanOrEqual(last);
    database.close();
    const trail = path.join(home, `trail-${round}.db`);
    await writeFile(trail, await text(await backups.file(backup, 'audit.db')));
    using store = new AuditStore(trail);
    expect(store.verify()).toMatchObject({ intact: true });
  }
  going = false;
  await writing;
});

test('its point changes with the journal, and not otherwise', async () => {
  const backups = open();
  const before = backups.point();
  expect(backups.point()).toBe(before);
  const { point } = await backups.begin();
  expect(point).toBe(before);
  await journal.write((db) => void db.prepare('INSERT INTO one VALUES (1)').run());
  expect(backups.point()).not.toBe(before);
});

test('blobs of a copy outlive what referred to them, as long as somebody reads it', async () => {
  let now = 1_000_000;
  const file = path.join(home, 'upload');
  await writeFile(file, 'an archive');
  const sha256 = 'a'.repeat(64);
  await blobs.add({ path: file, sha256 });
  let referred = new Set([sha256, 'b'.repeat(64)]);
  const backups = open(
    () => referred,
    () => now,
  );
  const content = await backups.begin();
  // What is not there is not told of.
  expect(content.blobs).toEqual([{ sha256, size: 10 }]);
  referred = new Set();
  expect([...backups.kept()]).toContain(sha256);
  expect((await text(await backups.blob(content.backup, sha256))).toString()).toBe('an archive');
  await expect(backups.blob(content.backup, 'c'.repeat(64))).rejects.toThrow('no such blob');
  now += 3_599_000;
  await backups.sweep();
  expect([...backups.kept()]).toContain(sha256);
  now += 2000;
  await backups.sweep();
  expect([...backups.kept()]).toEqual([]);
  await expect(backups.blob(content.backup, sha256)).rejects.toThrow('has ended');
  expect(await readdir(home)).not.toContain('backup');
});

test('one copy is there at a time, and none after its end', async () => {
  const backups = open();
  const first = await backups.begin();
  const second = await backups.begin();
  await expect(backups.file(first.backup, 'director.db')).rejects.toThrow('has ended');
  await backups.end(first.backup);
  expect((await text(await backups.file(second.backup, 'secrets.key'))).toString()).toBe('sealed with this');
  await expect(backups.file(second.backup, 'web.pem')).rejects.toThrow('has no web.pem');
  await backups.end(second.backup);
  expect(await readdir(home)).not.toContain('backup');
});
