/**
 * A journal: one SQLite database (WAL, synchronous=FULL) whose writes are committed in groups, one commit a tick.
 * A write is durable when its promise resolves. Progress, metrics and logs never enter it.
 */
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { crashPoint } from '../files/crash-point.ts';
import { makePrivate } from '../files/private.ts';

export interface JournalOptions {
  /** Path of the database file; its directory is made (0700). */
  readonly path: string;
  /** For messages and crash points, e.g. `director`. */
  readonly name: string;
  /**
   * SQL that brings schema version i to i + 1, in order; never changed once released. Before a database is migrated a
   * copy of it is kept as `<path>.v<old version>`.
   */
  readonly migrations: readonly string[];
}

export interface Journal extends Disposable {
  /** Reads what is committed, and what is about to be in this tick. */
  read<T>(read: (database: DatabaseSync) => T): T;
  /**
   * Runs `write` in the commit of this tick; rejects with what it throws (its changes are undone, others' are kept).
   * Resolves once it is on disk.
   */
  write<T>(write: (database: DatabaseSync) => T): Promise<T>;
}

interface Pending {
  readonly run: (database: DatabaseSync) => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

/** Opens (or makes) a journal. Throws when it was written by a newer version of the program. */
export function openJournal(options: JournalOptions): Journal {
  mkdirSync(path.dirname(options.path), { recursive: true, mode: 0o700 });
  makePrivate(options.path);
  const database = new DatabaseSync(options.path);
  database.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA busy_timeout=5000');
  migrate(database, options);

  let pending: Pending[] = [];
  let scheduled = false;
  let closed = false;

  const commit = (): void => {
    scheduled = false;
    const group = pending;
    pending = [];
    if (group.length === 0) return;
    crashPoint(options.name, 'before');
    const settled: (() => void)[] = [];
    try {
      database.exec('BEGIN IMMEDIATE');
      for (const { run, resolve, reject } of group) {
        database.exec('SAVEPOINT one');
        try {
          const value = run(database);
          settled.push(() => resolve(value));
        } catch (error) {
          database.exec('ROLLBACK TO one');
          settled.push(() => reject(error));
        }
        database.exec('RELEASE one');
      }
      database.exec('COMMIT');
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      for (const { reject } of group) reject(error);
      return;
    }
    crashPoint(options.name, 'after');
    for (const settle of settled) settle();
  };

  return {
    read: (read) => read(database),
    write: <T>(write: (database: DatabaseSync) => T) =>
      new Promise<T>((resolve, reject) => {
        if (closed) {
          reject(new Error(`the journal ${options.name} is closed`));
          return;
        }
        pending.push({ run: write, resolve: resolve as (value: unknown) => void, reject });
        if (!scheduled) {
          scheduled = true;
          setImmediate(commit);
        }
      }),
    [Symbol.dispose]: () => {
      if (closed) return;
      commit();
      closed = true;
      database.close();
    },
  };
}

function migrate(database: DatabaseSync, options: JournalOptions): void {
  const row = database.prepare('PRAGMA user_version').get() as { user_version: number };
  const found = row.user_version;
  const wanted = options.migrations.length;
  if (found > wanted) {
    throw new Error(`${options.path} was written by a newer version (schema ${found}, this program knows ${wanted})`);
  }
  if (found === wanted) return;
  if (found > 0) {
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    const copy = `${options.path}.v${found}`;
    if (!existsSync(copy)) copyFileSync(options.path, copy);
  }
  database.exec('BEGIN IMMEDIATE');
  for (const [index, sql] of options.migrations.entries()) if (index >= found) database.exec(sql);
  database.exec(`PRAGMA user_version = ${wanted}`);
  database.exec('COMMIT');
}
