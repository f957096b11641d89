import { mkdtempSync, rmSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { BackupFileName } from '../../core/contract/backup.ts';
import { openJournal } from '../../core/journal/index.ts';
import { migrations } from '../store.ts';
import { ConfirmedManagers, readRestored, restorationHandlers } from './restoring.ts';

let home: string;
let finished: number;
beforeEach(async () => {
  home = mkdtempSync(path.join(os.tmpdir(), 'restoring-'));
  finished = 0;
  await mkdir(path.join(home, 'identity'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const pem = (name: string) => `-----BEGIN CERTIFICATE-----\n${name}\n-----END CERTIFICATE-----\n`;

const open = () =>
  restorationHandlers({
    home,
    authority: { intermediates: () => [pem('NEW')] },
    finished: () => {
      finished += 1;
    },
    log: () => undefined,
    now: () => 5000,
  });

/** A journal of some schema, with a state that refers to a blob. */
function makeJournal(schema: number, blob = 'a'.repeat(64)): string {
  const file = path.join(home, `source-${schema}.db`);
  using journal = openJournal({ path: file, name: 'test', migrations: migrations.slice(0, schema) });
  journal.read((db) =>
    db
      .prepare('INSERT INTO state (application, epoch, n, document) VALUES (?, 1, 1, ?)')
      .run('app-a', `{"b":"${blob}"}`),
  );
  return file;
}

async function bring(name: BackupFileName, from: string | Buffer): Promise<void> {
  const body = path.join(home, 'body');
  if (typeof from === 'string') await copyFile(from, body);
  else await writeFile(body, from);
  await open().restore_file({ name }, { path: body, size: 0, sha256: '', name });
}

async function bringAll(journal: string): Promise<void> {
  await bring('director.db', journal);
  await bring('secrets.key', Buffer.from('key'));
  await bring('intermediates.pem', Buffer.from(pem('OLD')));
}

test('a journal of an older schema is brought to this one, and is the director from then on', async () => {
  await bringAll(makeJournal(1));
  const blob = 'a'.repeat(64);
  expect(await open().check_restored()).toEqual({ missing: [blob] });
  await writeFile(path.join(home, 'body'), 'archive');
  await open().restore_blob({}, { path: path.join(home, 'body'), size: 7, sha256: blob, name: '' });
  expect(await open().check_restored()).toEqual({ missing: [] });
  // Until it is told to begin, it is nothing.
  expect(await readRestored(home)).toBeUndefined();
  await open().finish_restore({ backup: 'backup-one', createdAt: 1000 });
  expect(await readRestored(home)).toEqual({ backup: 'backup-one', createdAt: 1000, at: 5000, confirmed: [] });
  await expect.poll(() => finished).toBe(1);
  const database = new DatabaseSync(path.join(home, 'director.db'));
  expect(database.prepare('PRAGMA user_version').get()).toEqual({ user_version: migrations.length });
  database.close();
  // What the intermediates before have issued may be renewed; what issues now comes first.
  const known = await readFile(path.join(home, 'identity/intermediates.pem'), 'utf8');
  expect(known.match(/NEW|OLD/g)).toEqual(['NEW', 'OLD']);
  expect((await stat(path.join(home, 'secrets.key'))).isFile()).toBe(true);
  expect(await readdir(home)).not.toContain('restore');
});

test('one of a newer version is refused in words, and one that is damaged or not whole', async () => {
  await bring('director.db', makeJournal(1));
  await expect(open().check_restored()).rejects.toThrow('has no secrets.key');
  await expect(open().finish_restore({ backup: 'b', createdAt: 0 })).rejects.toThrow('has no secrets.key');

  const newer = makeJournal(migrations.length);
  const database = new DatabaseSync(newer);
  database.exec(`PRAGMA user_version = ${migrations.length + 1}; PRAGMA application_id = 99`);
  database.close();
  await bringAll(newer);
  await expect(open().check_restored()).rejects.toThrow('taken from a newer version of ConPaaS');

  await bringAll(makeJournal(2));
  await bring('director.db', Buffer.alloc(8192, 'no journal'));
  await expect(open().check_restored()).rejects.toThrow('cannot be opened');
  expect(await readRestored(home)).toBeUndefined();
  expect(finished).toBe(0);
});

test('whose managers were heard is known after a restart', async () => {
  const restored = { backup: 'b', createdAt: 0, at: 0, confirmed: [] };
  const confirmed = new ConfirmedManagers(home, restored);
  expect(confirmed.isConfirmed('app-a')).toBe(false);
  await Promise.all(['app-a', 'app-b', 'app-a'].map((id) => confirmed.confirm(id)));
  expect(await readRestored(home)).toEqual({ ...restored, confirmed: ['app-a', 'app-b'] });
});
