/**
 * The audit trail and the history of events, in a database of their own, so that neither grows the journal. Both are
 * bounded: the oldest go. The database refuses to change an audit entry, and to remove one that is not the oldest.
 */
import { AuditEntry, HistoryEvent } from '../../core/contract/audit.ts';
import { type Journal, openJournal } from '../../core/journal/index.ts';
import { brokenLink, nextHash, origin } from './chain.ts';

export interface Bounds {
  readonly entries: number;
  readonly days: number;
}

/** Kept at most: so many, and so long. */
export const bounds = {
  audit: { entries: 100_000, days: 400 },
  events: { entries: 50_000, days: 90 },
} as const satisfies Record<string, Bounds>;

/** The bounds are looked at once in so many additions. */
const pruneEvery = 500;
const dayMs = 86_400_000;

const migrations = [
  `CREATE TABLE audit (
     seq INTEGER PRIMARY KEY, record TEXT NOT NULL, hash TEXT NOT NULL,
     time REAL AS (json_extract(record, '$.time')) VIRTUAL,
     who TEXT AS (json_extract(record, '$.who')) VIRTUAL,
     method TEXT AS (json_extract(record, '$.method')) VIRTUAL,
     application TEXT AS (json_extract(record, '$.application')) VIRTUAL,
     outcome TEXT AS (json_extract(record, '$.outcome')) VIRTUAL
   ) STRICT;
   CREATE INDEX audit_time ON audit (time);
   CREATE TABLE anchor (seq INTEGER NOT NULL, hash TEXT NOT NULL) STRICT;
   INSERT INTO anchor (seq, hash) VALUES (0, '${origin}');
   CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
     BEGIN SELECT RAISE(ABORT, 'an audit entry is never changed'); END;
   CREATE TRIGGER audit_is_not_removed BEFORE DELETE ON audit WHEN OLD.seq > (SELECT seq FROM anchor)
     BEGIN SELECT RAISE(ABORT, 'only the oldest audit entries are ever removed'); END;
   CREATE TRIGGER anchor_only_rises BEFORE UPDATE ON anchor WHEN NEW.seq < OLD.seq
     BEGIN SELECT RAISE(ABORT, 'the anchor of the audit trail only rises'); END;
   CREATE TABLE event (
     seq INTEGER PRIMARY KEY AUTOINCREMENT, time REAL NOT NULL, kind TEXT NOT NULL, application TEXT, state TEXT, record TEXT NOT NULL
   ) STRICT;
   CREATE INDEX event_time ON event (time)`,
];

export interface AuditFilter extends PageFilter {
  readonly user?: string | undefined;
  readonly method?: string | undefined;
  readonly outcome?: 'done' | 'failed' | undefined;
}

export interface PageFilter {
  readonly application?: string | undefined;
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  readonly before?: number | undefined;
  readonly limit: number;
}

export interface Page<T> {
  readonly items: T[];
  readonly next: number | undefined;
}

export class AuditStore implements Disposable {
  readonly #journal: Journal;
  readonly #bounds: { readonly audit: Bounds; readonly events: Bounds };
  readonly #now: () => number;
  #added = 0;

  constructor(path: string, limits: { audit: Bounds; events: Bounds } = bounds, now: () => number = Date.now) {
    this.#journal = openJournal({ path, name: 'audit', migrations, compatibleFrom: 1 });
    this.#bounds = limits;
    this.#now = now;
  }

  /** Durable when it resolves. @returns its number */
  append(entry: Omit<AuditEntry, 'seq' | 'time' | 'hash'>): Promise<number> {
    this.#added += 1;
    const prune = this.#added % pruneEvery === 1;
    return this.#journal.write((db) => {
      if (prune) this.#pruneAudit(db);
      const last =
        db.prepare('SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1').get() ??
        db.prepare('SELECT seq, hash FROM anchor').get();
      const seq = Number(last?.['seq']) + 1;
      const record = JSON.stringify({ seq, time: this.#now(), ...entry });
      const hash = nextHash(String(last?.['hash']), record);
      db.prepare('INSERT INTO audit (seq, record, hash) VALUES (?, ?, ?)').run(seq, record, hash);
      return seq;
    });
  }

  /** A whole copy as of now, in a file that must not be there yet. */
  copyTo(file: string): void {
    this.#journal.read((db) => db.prepare('VACUUM INTO ?').run(file));
  }

  list(filter: AuditFilter): Page<AuditEntry> {
    const where = conditions(filter);
    if (filter.user !== undefined) where.add('who = ?', filter.user);
    if (filter.method !== undefined) where.add('method = ?', filter.method);
    if (filter.outcome === 'done') where.add("outcome = 'done'");
    if (filter.outcome === 'failed') where.add("outcome <> 'done'");
    return this.#page('audit', 'record, hash', where, filter.limit, (row) =>
      AuditEntry.parse({ ...JSON.parse(String(row['record'])), hash: row['hash'] }),
    );
  }

  verify(): { intact: boolean; brokenAt?: number; entries: number; last: number; head: string } {
    return this.#journal.read((db) => {
      const anchor = db.prepare('SELECT seq, hash FROM anchor').get();
      const start = { seq: Number(anchor?.['seq']), hash: String(anchor?.['hash']) };
      let [entries, last, head] = [0, start.seq, start.hash];
      const rows = db.prepare('SELECT seq, record, hash FROM audit ORDER BY seq').iterate();
      const links = (function* () {
        for (const row of rows) {
          [entries, last, head] = [entries + 1, Number(row['seq']), String(row['hash'])];
          yield { seq: last, record: String(row['record']), hash: head };
        }
      })();
      const broken = brokenLink(links, start);
      return { intact: broken === undefined, ...(broken !== undefined && { brokenAt: broken }), entries, last, head };
    });
  }

  addEvent(event: Omit<HistoryEvent, 'seq' | 'time'>, state?: string): Promise<void> {
    this.#added += 1;
    const prune = this.#added % pruneEvery === 1;
    return this.#journal.write((db) => {
      const { entries, days } = this.#bounds.events;
      if (prune) {
        db.prepare('DELETE FROM event WHERE time < ? OR seq <= (SELECT coalesce(max(seq), 0) FROM event) - ?').run(
          this.#now() - days * dayMs,
          entries,
        );
      }
      const time = this.#now();
      db.prepare('INSERT INTO event (time, kind, application, state, record) VALUES (?, ?, ?, ?, ?)').run(
        time,
        event.kind,
        event.application ?? null,
        state ?? null,
        JSON.stringify({ time, ...event }),
      );
    });
  }

  listEvents(filter: PageFilter & { readonly kind?: string | undefined }): Page<HistoryEvent> {
    const where = conditions(filter);
    if (filter.kind !== undefined) where.add('kind = ?', filter.kind);
    return this.#page('event', 'seq, record', where, filter.limit, (row) =>
      HistoryEvent.parse({ ...JSON.parse(String(row['record'])), seq: row['seq'] }),
    );
  }

  /** The last recorded state of each application. */
  lastStates(): Map<string, string> {
    const rows = this.#journal.read((db) =>
      db
        .prepare(
          'SELECT application, state FROM event WHERE seq IN (SELECT max(seq) FROM event WHERE state IS NOT NULL GROUP BY application)',
        )
        .all(),
    );
    return new Map(rows.map((row) => [String(row['application']), String(row['state'])]));
  }

  #page<T>(
    table: 'audit' | 'event',
    columns: string,
    where: Conditions,
    limit: number,
    parse: (row: Record<string, unknown>) => T & { readonly seq: number },
  ): Page<T> {
    const sql = `SELECT ${columns} FROM ${table} ${where.text()} ORDER BY seq DESC LIMIT ${limit + 1}`;
    const found = this.#journal.read((db) => db.prepare(sql).all(...where.values)).map(parse);
    const items = found.slice(0, limit);
    return { items, next: found.length > limit ? items.at(-1)?.seq : undefined };
  }

  /** The hash of the newest that goes stays as the anchor of the chain. */
  #pruneAudit(db: Parameters<Parameters<Journal['write']>[0]>[0]): void {
    const { entries, days } = this.#bounds.audit;
    const row = db
      .prepare(
        'SELECT seq, hash FROM audit WHERE seq <= max(coalesce((SELECT max(seq) FROM audit WHERE time < ?), 0), (SELECT coalesce(max(seq), 0) FROM audit) - ?) ORDER BY seq DESC LIMIT 1',
      )
      .get(this.#now() - days * dayMs, entries);
    if (!row) return;
    db.prepare('UPDATE anchor SET seq = ?, hash = ?').run(Number(row['seq']), String(row['hash']));
    db.prepare('DELETE FROM audit WHERE seq <= ?').run(Number(row['seq']));
  }

  [Symbol.dispose](): void {
    this.#journal[Symbol.dispose]();
  }
}

interface Conditions {
  readonly values: (string | number)[];
  add(condition: string, ...values: (string | number)[]): void;
  text(): string;
}

function conditions({ application, since, until, before }: PageFilter): Conditions {
  const words: string[] = [];
  const values: (string | number)[] = [];
  const all: Conditions = {
    values,
    add(condition, ...more) {
      words.push(condition);
      values.push(...more);
    },
    text: () => (words.length === 0 ? '' : `WHERE ${words.join(' AND ')}`),
  };
  if (application !== undefined) all.add('application = ?', application);
  if (since !== undefined) all.add('time >= ?', since);
  if (until !== undefined) all.add('time <= ?', until);
  if (before !== undefined) all.add('seq < ?', before);
  return all;
}
