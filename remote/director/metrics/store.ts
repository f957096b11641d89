/**
 * The figures of a deployment: a database of its own beside the journal, bounded in size. Written in one transaction a
 * second (`synchronous=NORMAL`: the death of the process loses that second at most, that of the machine some more);
 * nothing waits for it. A file that is damaged is set aside, and a new one is begun.
 */
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { makePrivate } from '../../core/files/index.ts';
import { type Block, Blocks, blockTable, type Layout, type NodeSamples, type Place } from './blocks.ts';
import { type Level, levels, raw } from './levels.ts';
import { decodeRow, encodeRow, type Row, type StoredRow } from './rows.ts';

/** Rows of a block are `block × 2³² + seconds since the epoch`: in order of time, and nothing else between. */
const perBlock = 2 ** 32;

export interface MetricsStoreOptions {
  /** Path of the database file; its directory is made. */
  readonly path: string;
  readonly layout: Layout;
  /** Bytes that the file may have; what is oldest goes first. */
  readonly capBytes: number;
  /** Milliseconds since the epoch. */
  now(): number;
  /** What a user should know, of one application or of all. */
  notice(text: string, application?: string): void;
  log(line: string): void;
}

/** Newest values of a node, in the order of its block's figures. */
export interface Newest {
  readonly block: Block;
  readonly slot: number;
  readonly time: number;
  readonly values: Float32Array;
}

interface Opened {
  readonly database: DatabaseSync;
  readonly blocks: Blocks;
  readonly insert: Readonly<Record<Level['table'], StatementSync>>;
  readonly range: Readonly<Record<Level['table'], StatementSync>>;
  readonly purge: Readonly<Record<Level['table'], StatementSync>>;
}

export class MetricsStore implements Disposable {
  readonly #options: MetricsStoreOptions;
  #opened: Opened;
  /** Raw rows that are not written yet. */
  #pending = new Map<number, { block: Block; seconds: number; row: Row }>();
  readonly #newest = new Map<string, Map<Place, Newest>>();
  /** Moments that were written since they were last taken by `takeDirty`, by block. */
  #dirty = new Map<Block, Set<number>>();
  readonly #refused = new Set<string>();
  #broken: string | undefined;

  constructor(options: MetricsStoreOptions) {
    this.#options = options;
    mkdirSync(path.dirname(options.path), { recursive: true, mode: 0o700 });
    try {
      this.#opened = this.#open();
    } catch (error) {
      this.#opened = this.#beginAnew(error);
    }
  }

  get blocks(): Blocks {
    return this.#opened.blocks;
  }

  /** Takes samples of an application; they are written with the next `flush`. */
  push(application: string, nodes: readonly NodeSamples[]): void {
    this.#guard(undefined, () => {
      const now = Math.floor(this.#options.now() / 1000);
      for (const sample of nodes) this.#take(application, sample, now);
    });
  }

  #take(application: string, sample: NodeSamples, now: number): void {
    const { part } = sample;
    const node = part === undefined ? sample.node : `${sample.node}/${part.slice(part.indexOf('/') + 1)}`;
    const role = part === undefined ? sample.role : `${sample.role}:${part.slice(0, part.indexOf('/'))}`;
    const place = this.blocks.place(application, sample, node, role, now);
    if (!place) {
      this.#refuse(application);
      return;
    }
    const { block, slot } = place;
    const columns = columnsOf(block.figures, sample.figures);
    for (const [index, time] of sample.times.entries()) {
      const seconds = Math.floor(time / 1000);
      // A clock that is far ahead would keep newer samples out of sight; what is too old would go at once.
      if (seconds > now + 60 || seconds < now - raw.keepSeconds) continue;
      const row = sample.rows[index] ?? [];
      const values = new Float32Array(columns.length);
      for (let figure = 0; figure < columns.length; figure += 1)
        values[figure] = row[columns[figure] ?? -1] ?? Number.NaN;
      const id = block.id * perBlock + seconds;
      let pending = this.#pending.get(id);
      if (!pending) {
        pending = { block, seconds, row: { ticks: 1, slots: new Map() } };
        this.#pending.set(id, pending);
      }
      pending.row.slots.set(slot, values);
      const known = this.#newestOf(application);
      if ((known.get(place)?.time ?? 0) <= seconds) known.set(place, { block, slot, time: seconds, values });
    }
  }

  #refuse(application: string): void {
    if (this.#refused.has(application)) return;
    this.#refused.add(application);
    this.#options.notice(
      'This application has more nodes than figures are kept of: those of its newest nodes are not.',
      application,
    );
  }

  #newestOf(application: string): Map<Place, Newest> {
    const known = this.#newest.get(application) ?? new Map<Place, Newest>();
    if (known.size === 0) this.#newest.set(application, known);
    return known;
  }

  /** Newest values of the nodes of an application, no older than `seconds`. */
  newest(application: string, seconds: number): Newest[] {
    const known = this.#newest.get(application);
    if (!known) return [];
    const oldest = this.#options.now() / 1000 - seconds;
    for (const [key, { time }] of known) if (time < oldest) known.delete(key);
    return [...known.values()];
  }

  /** Writes what was pushed, in one transaction. @returns the number of rows */
  flush(): number {
    const rows = this.#pending;
    if (rows.size === 0) return 0;
    this.#pending = new Map();
    return this.#guard(0, () => {
      this.transaction(() => {
        for (const [id, { block, seconds, row }] of rows) {
          // Only late or repeated samples meet a row that is there already.
          if (seconds <= block.newest) this.#merge(id, block, row);
          this.#opened.insert.raw.run(id, encodeRow(row, false));
          block.newest = Math.max(block.newest, seconds);
          const dirty = this.#dirty.get(block) ?? new Set();
          this.#dirty.set(block, dirty.add(seconds));
        }
      });
      return rows.size;
    });
  }

  #merge(id: number, block: Block, row: Row): void {
    const [stored] = this.#opened.range.raw.all(id, id);
    if (!stored) return;
    const { slots, numbers } = decodeRow(stored['data'] as Uint8Array);
    const width = block.figures.length;
    for (const [index, slot] of slots.entries()) {
      if (!row.slots.has(slot)) row.slots.set(slot, numbers.slice(index * width, (index + 1) * width));
    }
  }

  /** Moments (seconds) that were written since the last call, by block. */
  takeDirty(): Map<Block, Set<number>> {
    const dirty = this.#dirty;
    this.#dirty = new Map();
    return dirty;
  }

  /** Rows of a block from one moment to another, both included, in order of time. */
  *rows(level: Level, block: Block, from: number, to: number): Generator<{ seconds: number; row: StoredRow }> {
    const first = block.id * perBlock;
    const found = this.#opened.range[level.table].all(first + Math.max(0, from), first + Math.min(to, perBlock - 1));
    for (const one of found) {
      yield { seconds: (one['id'] as number) - first, row: decodeRow(one['data'] as Uint8Array) };
    }
  }

  /** Writes a rolled row. */
  putRolled(level: Level, block: Block, seconds: number, row: Row): void {
    this.#opened.insert[level.table].run(block.id * perBlock + seconds, encodeRow(row, true));
  }

  /** Removes the rows of a block before a moment. @returns how many */
  purge(level: Level, block: Block, before: number): number {
    const first = block.id * perBlock;
    return Number(this.#opened.purge[level.table].run(first, first + before).changes);
  }

  /** Whether a block has any row left. */
  isEmpty(block: Block): boolean {
    const first = block.id * perBlock;
    return levels.every(
      ({ table }) =>
        this.#opened.database
          .prepare(`SELECT 1 FROM ${table} WHERE id BETWEEN ? AND ? LIMIT 1`)
          .get(first, first + perBlock - 1) === undefined,
    );
  }

  /** Forgets an application wholly. */
  forget(application: string): void {
    this.#newest.delete(application);
    this.#refused.delete(application);
    for (const [id, { block }] of this.#pending) if (block.application === application) this.#pending.delete(id);
    this.#guard(undefined, () => {
      this.transaction(() => {
        for (const block of this.blocks.of(application)) {
          for (const level of levels) this.purge(level, block, perBlock);
          this.#dirty.delete(block);
          this.blocks.remove(block);
        }
      });
    });
  }

  /** Bytes in use, free pages of the file aside. */
  usedBytes(): number {
    const pragma = (name: string) =>
      Number(Object.values(this.#opened.database.prepare(`PRAGMA ${name}`).get() ?? {})[0]);
    return (pragma('page_count') - pragma('freelist_count')) * pragma('page_size');
  }

  transaction(work: () => void): void {
    const { database } = this.#opened;
    database.exec('BEGIN IMMEDIATE');
    try {
      work();
      database.exec('COMMIT');
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      throw error;
    }
  }

  /** Does some work with the store; what is wrong with its file is mended, what is wrong with the disk is said once. */
  #guard<T>(otherwise: T, work: () => T): T {
    try {
      const result = work();
      this.#broken = undefined;
      return result;
    } catch (error) {
      this.mend(error);
      return otherwise;
    }
  }

  /** What to do about an error of the store: begin anew where the file is damaged, else say it once. */
  mend(error: unknown): void {
    const text = error instanceof Error ? error.message : String(error);
    if (isDamage(error)) {
      this.#opened = this.#beginAnew(error);
      return;
    }
    if (this.#broken === text) return;
    this.#broken = text;
    this.#options.log(`figures cannot be kept: ${text}`);
    this.#options.notice(`Figures cannot be kept at the moment, charts will have a gap: ${text}.`);
  }

  [Symbol.dispose](): void {
    this.flush();
    this.#opened.database.close();
  }

  #open(): Opened {
    const { layout, capBytes } = this.#options;
    makePrivate(this.#options.path);
    const database = new DatabaseSync(this.#options.path);
    try {
      database.exec('PRAGMA page_size=8192');
      database.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=2000');
      database.exec('PRAGMA cache_size=-16384; PRAGMA wal_autocheckpoint=2000; PRAGMA journal_size_limit=33554432');
      database.exec(blockTable);
      for (const { table } of levels)
        database.exec(`CREATE TABLE IF NOT EXISTS ${table} (id INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT`);
      // The last bar: what is oldest is removed long before.
      database.exec(`PRAGMA max_page_count=${Math.ceil((capBytes * 1.1) / 8192)}`);
      const each = (sql: (table: string) => string) =>
        Object.fromEntries(levels.map(({ table }) => [table, database.prepare(sql(table))])) as Opened['insert'];
      return {
        database,
        blocks: new Blocks(database, layout),
        insert: each((table) => `INSERT OR REPLACE INTO ${table} (id, data) VALUES (?, ?)`),
        range: each((table) => `SELECT id, data FROM ${table} WHERE id BETWEEN ? AND ? ORDER BY id`),
        purge: each((table) => `DELETE FROM ${table} WHERE id >= ? AND id < ?`),
      };
    } catch (error) {
      database.close();
      throw error;
    }
  }

  /** Sets the file aside (one such file is kept) and opens a new one. */
  #beginAnew(error: unknown): Opened {
    const { path: file, notice, log } = this.#options;
    log(`the file of figures is damaged: ${error instanceof Error ? error.message : String(error)}`);
    try {
      this.#opened?.database.close();
    } catch (closing) {
      log(`closing it: ${String(closing)}`);
    }
    this.#pending.clear();
    this.#newest.clear();
    this.#dirty.clear();
    for (const end of ['-wal', '-shm']) rmSync(`${file}${end}`, { force: true });
    if (existsSync(file)) renameSync(file, `${file}.damaged`);
    notice(
      `The file with the figures of the past was damaged. It was set aside as ${path.basename(file)}.damaged, and a new one was begun: charts start now.`,
    );
    return this.#open();
  }
}

/** Where the figures of a block stand in a sample: mostly in the same order. */
function columnsOf(figures: readonly string[], sampled: readonly string[]): readonly number[] {
  return figures.map((figure, index) => (sampled[index] === figure ? index : sampled.indexOf(figure)));
}

/** SQLITE_CORRUPT, SQLITE_NOTADB, a row that is none; https://www.sqlite.org/rescode.html */
function isDamage(error: unknown): boolean {
  if (error instanceof RangeError) return true;
  const code = (error as { errcode?: unknown }).errcode;
  return typeof code === 'number' && [11, 26].includes(code & 0xff);
}
