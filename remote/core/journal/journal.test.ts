import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openJournal } from './journal.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), 'journal-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const table = 'CREATE TABLE item (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE)';
const open = (migrations = [table]) => openJournal({ path: path.join(directory, 'a.db'), name: 'test', migrations });
const texts = (journal: ReturnType<typeof open>) =>
  journal.read((db) =>
    db
      .prepare('SELECT text FROM item ORDER BY id')
      .all()
      .map((row) => row['text']),
  );

describe('journal', () => {
  test('writes of one tick are committed together; a failing one is undone alone', async () => {
    using journal = open();
    const insert = (text: string) =>
      journal.write((db) => db.prepare('INSERT INTO item (text) VALUES (?)').run(text).changes);
    const results = await Promise.allSettled([insert('a'), insert('a'), insert('b')]);
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(texts(journal)).toEqual(['a', 'b']);
  });

  test('a newer schema is refused, an older one is migrated and a copy kept', async () => {
    {
      using journal = open();
      await journal.write((db) => db.exec("INSERT INTO item (text) VALUES ('kept')"));
    }
    {
      using journal = open([table, "ALTER TABLE item ADD COLUMN colour TEXT NOT NULL DEFAULT 'red'"]);
      expect(journal.read((db) => db.prepare('SELECT colour FROM item').get())).toEqual({ colour: 'red' });
    }
    expect(existsSync(path.join(directory, 'a.db.v1'))).toBe(true);
    expect(() => open()).toThrow(/newer version/);
  });

  test('one that was only added to can be used by the version before, and goes on with the newer one', async () => {
    const file = path.join(directory, 'b.db');
    const opened = (migrations: readonly string[], compatibleFrom?: number) =>
      openJournal({ path: file, name: 'test', migrations, compatibleFrom });
    const added = [table, "ALTER TABLE item ADD COLUMN colour TEXT NOT NULL DEFAULT 'red'"];
    const add = (journal: ReturnType<typeof open>, text: string) =>
      journal.write((db) => db.prepare('INSERT INTO item (text) VALUES (?)').run(text));
    {
      using journal = opened(added, 1);
      await add(journal, 'by the newer');
    }
    {
      using journal = opened([table], 1);
      await add(journal, 'by the one before');
    }
    {
      using journal = opened(added, 1);
      expect(texts(journal)).toEqual(['by the newer', 'by the one before']);
    }
    // What changes the meaning of what is there says so: nobody older opens it.
    {
      using _journal = opened([...added, 'UPDATE item SET text = colour || text'], 3);
    }
    expect(() => opened(added, 1)).toThrow(/needs 3, this program knows 2/);
    expect(() => opened([table, 'CREATE TABLE a (b TEXT); DROP TABLE item'], 1)).toThrow(/more than to add.*DROP/);
  });

  test('a process killed around a commit has it wholly or not at all', () => {
    for (const [crash, expected] of [
      ['test:2:before', ['one']],
      ['test:2:after', ['one', 'two', 'three']],
    ] as const) {
      const file = path.join(directory, `${crash.replaceAll(':', '-')}.db`);
      const script = `
        import { openJournal } from ${JSON.stringify(path.join(import.meta.dirname, 'journal.ts'))};
        const journal = openJournal({ path: ${JSON.stringify(file)}, name: 'test', migrations: [${JSON.stringify(table)}] });
        const add = (text) => journal.write((db) => db.prepare('INSERT INTO item (text) VALUES (?)').run(text));
        await add('one'); await Promise.all([add('two'), add('three')]); await add('four');`;
      const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
        env: { ...process.env, CONPAAS_CRASH: crash },
        encoding: 'utf8',
      });
      expect(run.signal).toBe('SIGKILL');
      using journal = openJournal({ path: file, name: 'reader', migrations: [table] });
      expect(texts(journal)).toEqual(expected);
    }
  });
});
