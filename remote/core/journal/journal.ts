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
  /**
   * The lowest schema version whose program can work with a journal of the newest: migrations since only add tables and
   * columns, of which it knows nothing. So a program that was upgraded can be put back with all that was written
   * meanwhile. Absent: only programs that know the newest schema can.
   */
  readonly compatibleFrom?: number | undefined;
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

/** What a program that does not know of it never notices. */
const addition = /^(CREATE (TABLE|INDEX|UNIQUE INDEX)|ALTER TABLE \w+ ADD COLUMN)\b/i;

/** @throws where a migration says that programs of before can live with it, and does more than to add something */
function refuseChanges({ migrations, compatibleFrom = migrations.length }: JournalOptions): void {
  for (const sql of migrations.slice(compatibleFrom)) {
    const statements = sql.split(';').map((statement) => statement.trim());
    const changing = statements.find((statement) => statement !== '' && !addition.test(statement));
    if (changing !== undefined) throw new Error(`This migration does more than to add something: ${changing}`);
  }
}

/** Opens (or makes) a journal. Throws when it was written by a newer version of the program. */
export function openJournal(options: JournalOptions): Journal {
  refuseChanges(options);
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

const numberOf = (database: DatabaseSync, pragma: 'user_version' | 'application_id'): number =>
  Number(database.prepare(`PRAGMA ${pragma}`).get()?.[pragma]);

/** The lowest schema that can work with a journal is kept in its `application_id`, a number that SQLite leaves to us. */
function migrate(database: DatabaseSync, options: JournalOptions): void {
  const found = numberOf(database, 'user_version');
  const wanted = options.migrations.length;
  const lowest = options.compatibleFrom ?? wanted;
  if (found > wanted) {
    const needed = numberOf(database, 'application_id') || found;
    if (wanted >= needed) return;
    throw new Error(
      `${options.path} was written by a newer version, whose journals this one cannot work with (schema ${found}, needs ${needed}, this program knows ${wanted})`,
    );
  }
  if (found === wanted) {
    if (numberOf(database, 'application_id') !== lowest) database.exec(`PRAGMA application_id = ${lowest}`);
    return;
  }
  if (found > 0) {
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    const copy = `${options.path}.v${found}`;
    if (!existsSync(copy)) copyFileSync(options.path, copy);
  }
  database.exec('BEGIN IMMEDIATE');
  for (const [index, sql] of options.migrations.entries()) if (index >= found) database.exec(sql);
  database.exec(`PRAGMA user_version = ${wanted}; PRAGMA application_id = ${lowest}`);
  database.exec('COMMIT');
}
