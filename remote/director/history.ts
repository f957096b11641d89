/** The versions of applications, kept beside their desired states and written in the same commits. */
import type { DatabaseSync } from 'node:sqlite';
import { isDeepStrictEqual } from 'node:util';
import { ConpaasError } from '../core/contract/errors.ts';
import type { Attribution, HistoryDocument, HistoryEntry } from '../core/contract/history.ts';
import type { ApplicationId } from '../core/contract/ids.ts';
import { blobsOf, compareVersions, describeChange, historyDocument } from '../core/history/index.ts';
import type { Journal } from '../core/journal/index.ts';
import { DesiredState } from '../core/service/state.ts';

/** So many versions of an application are kept; older ones are forgotten, and their archives collected. */
export const keptVersions = 100;

/** A list shows so many changes of a version. */
const listedChanges = 20;

interface Row {
  readonly version: number;
  readonly entry: Omit<HistoryEntry, 'version'>;
  readonly document: HistoryDocument;
}

/** Nobody in particular: the program itself, e.g. when it generates a password. */
const program: Attribution = { by: 'conpaas', kind: 'change', title: 'A change of its own' };

/**
 * Writes down what a new desired state means for the history, inside the commit that stores the state. One operation
 * makes at most one version: what it changes in several steps is one change for a person, and what it takes back because
 * it failed leaves none.
 * @param before the state until now, where there is one
 */
export function recordHistory(
  database: DatabaseSync,
  application: ApplicationId,
  before: unknown,
  after: unknown,
  attribution: Attribution | undefined,
  now = Date.now(),
): void {
  const state = DesiredState.safeParse(after);
  if (!state.success) return;
  const document = historyDocument(state.data);
  let [newest, previous] = rows(database, application, { limit: 2 });
  if (!newest) {
    const old = DesiredState.safeParse(before);
    if (old.success && old.data.services.length > 0) {
      // An application that is older than its history: what it was until now is the first version.
      const first = { by: 'conpaas', kind: 'begin', title: 'The history begins', at: now, changes: [] };
      newest = insert(database, application, first, historyDocument(old.data));
    }
  }
  if (newest ? isDeepStrictEqual(newest.document, document) : document.services.length === 0) return;

  const who = attribution ?? program;
  const again = newest && who.operation !== undefined && newest.entry.operation === who.operation ? newest : undefined;
  if (!again) previous = newest;
  if (again && previous && isDeepStrictEqual(previous.document, document)) {
    database.prepare('DELETE FROM history WHERE application = ? AND version = ?').run(application, again.version);
    return;
  }
  const changes = compareVersions(previous?.document ?? empty, document).map(describeChange);
  const shown =
    changes.length > listedChanges
      ? [...changes.slice(0, listedChanges), `and ${changes.length - listedChanges} more`]
      : changes;
  const entry = { ...who, at: now, changes: shown };
  if (again) update(database, application, { version: again.version, entry, document });
  else insert(database, application, entry, document);
}

const empty: HistoryDocument = { schema: 1, description: '', services: [] };

function insert(
  database: DatabaseSync,
  application: ApplicationId,
  entry: Row['entry'],
  document: HistoryDocument,
): Row {
  // Numbers are never used again, also not of a version that was taken back.
  const next = database
    .prepare(
      'INSERT INTO history_number (application, version) VALUES (?, 1) ON CONFLICT (application) DO UPDATE SET version = version + 1 RETURNING version',
    )
    .get(application);
  const version = next?.['version'] as number;
  database
    .prepare('INSERT INTO history (application, version, entry, document, blobs) VALUES (?, ?, ?, ?, ?)')
    .run(application, version, JSON.stringify(entry), JSON.stringify(document), blobsOf(document).join(' '));
  database
    .prepare(
      'DELETE FROM history WHERE application = ? AND version <= (SELECT version FROM history WHERE application = ? ORDER BY version DESC LIMIT 1 OFFSET ?)',
    )
    .run(application, application, keptVersions);
  return { version, entry, document };
}

function update(database: DatabaseSync, application: ApplicationId, { version, entry, document }: Row): void {
  database
    .prepare('UPDATE history SET entry = ?, document = ?, blobs = ? WHERE application = ? AND version = ?')
    .run(JSON.stringify(entry), JSON.stringify(document), blobsOf(document).join(' '), application, version);
}

function rows(
  database: DatabaseSync,
  application: ApplicationId,
  which: { limit: number; before?: number | undefined },
): Row[] {
  return database
    .prepare(
      'SELECT version, entry, document FROM history WHERE application = ? AND version < ? ORDER BY version DESC LIMIT ?',
    )
    .all(application, which.before ?? Number.MAX_SAFE_INTEGER, which.limit)
    .map(toRow);
}

function toRow(row: Record<string, unknown>): Row {
  return {
    version: row['version'] as number,
    entry: JSON.parse(row['entry'] as string) as Row['entry'],
    document: JSON.parse(row['document'] as string) as HistoryDocument,
  };
}

export class History {
  readonly #journal: Journal;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** Newest first. */
  list(application: ApplicationId, which: { limit: number; before?: number | undefined }): HistoryEntry[] {
    return this.#journal.read((db) =>
      db
        .prepare(
          'SELECT version, entry FROM history WHERE application = ? AND version < ? ORDER BY version DESC LIMIT ?',
        )
        .all(application, which.before ?? Number.MAX_SAFE_INTEGER, which.limit)
        .map((row) => ({
          version: row['version'] as number,
          ...(JSON.parse(row['entry'] as string) as Row['entry']),
        })),
    );
  }

  /** @throws ConpaasError not_found with what there is */
  get(application: ApplicationId, version: number): HistoryEntry & { document: HistoryDocument } {
    const row = this.#journal.read((db) =>
      db
        .prepare('SELECT version, entry, document FROM history WHERE application = ? AND version = ?')
        .get(application, version),
    );
    if (row) {
      const { entry, document } = toRow(row);
      return { version, ...entry, document };
    }
    const kept = this.list(application, { limit: keptVersions });
    const [newest, oldest] = [kept[0], kept.at(-1)];
    throw new ConpaasError(
      'not_found',
      newest && oldest
        ? `There is no version ${version} in its history (any more). The newest is ${newest.version}, the oldest that is kept ${oldest.version}.`
        : 'It has no history yet: nothing has been put into it.',
    );
  }

  /** @throws ConpaasError not_found when it has no history yet */
  newest(application: ApplicationId): HistoryEntry & { document: HistoryDocument } {
    return this.get(application, this.list(application, { limit: 1 })[0]?.version ?? 0);
  }

  /** Hashes of all blobs that some kept version refers to. */
  blobs(): Set<string> {
    const lists = this.#journal.read((db) => db.prepare("SELECT DISTINCT blobs FROM history WHERE blobs <> ''").all());
    return new Set(lists.flatMap((row) => (row['blobs'] as string).split(' ')));
  }
}
