/** Desired states of applications, as their managers store them: one record each, by compare-and-set. */
import { ConpaasError } from '../core/contract/errors.ts';
import type { Attribution } from '../core/contract/history.ts';
import type { ApplicationId } from '../core/contract/ids.ts';
import type { Journal } from '../core/journal/index.ts';
import { recordHistory } from './history.ts';
import { outlineOf } from './outline.ts';

export class StateStore {
  readonly #journal: Journal;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  get(application: ApplicationId): { epoch: number; n: number; document: unknown } | undefined {
    const row = this.#journal.read((db) =>
      db.prepare('SELECT epoch, n, document FROM state WHERE application = ?').get(application),
    );
    if (!row) return undefined;
    return { epoch: row['epoch'] as number, n: row['n'] as number, document: JSON.parse(row['document'] as string) };
  }

  /** Likewise, of one application. */
  blobsOf(application: ApplicationId): Set<string> {
    return new Set(JSON.stringify(this.get(application)?.document ?? null).match(/\b[0-9a-f]{64}\b/g));
  }

  /**
   * Takes over what a manager has stored at the director before this one, if that is newer.
   * @returns whether it was
   */
  recover(application: ApplicationId, epoch: number, n: number, document: unknown): Promise<boolean> {
    const text = JSON.stringify(document);
    const outline = outlineOf(document);
    return this.#journal.write((db) => {
      const row = db.prepare('SELECT n, document FROM state WHERE application = ?').get(application);
      if (((row?.['n'] as number) ?? 0) >= n) return false;
      db.prepare(
        'INSERT INTO state (application, epoch, n, document, outline) VALUES (?, ?, ?, ?, ?) ON CONFLICT (application) DO UPDATE SET epoch = excluded.epoch, n = excluded.n, document = excluded.document, outline = excluded.outline',
      ).run(application, epoch, n, text, outline === undefined ? null : JSON.stringify(outline));
      const before: unknown = row ? JSON.parse(row['document'] as string) : undefined;
      const title = 'Taken over from its manager when the director was restored';
      recordHistory(db, application, before, document, { by: 'director', kind: 'restore', title });
      return true;
    });
  }

  /** Hashes of all blobs that some application's state names. */
  blobs(): Set<string> {
    const used = new Set<string>();
    const rows = this.#journal.read((db) => db.prepare('SELECT document FROM state').all());
    for (const row of rows) {
      for (const [hash] of (row['document'] as string).matchAll(/\b[0-9a-f]{64}\b/g)) used.add(hash);
    }
    return used;
  }

  /**
   * Stores record (application, epoch, n) when the newest is n - 1, and what it means for the history. The very same
   * record again is no error (its answer may have been lost).
   * @param attribution whose doing it is
   * @throws ConpaasError conflict (n is not next), superseded (a higher epoch has written)
   */
  async put(
    application: ApplicationId,
    epoch: number,
    n: number,
    document: unknown,
    attribution?: Attribution,
  ): Promise<void> {
    const text = JSON.stringify(document);
    const outline = outlineOf(document);
    await this.#journal.write((db) => {
      const row = db.prepare('SELECT epoch, n, document FROM state WHERE application = ?').get(application);
      const newest = { epoch: (row?.['epoch'] as number) ?? 0, n: (row?.['n'] as number) ?? 0 };
      if (newest.epoch > epoch) throw new ConpaasError('superseded', 'A newer manager has taken over.');
      if (newest.n === n && newest.epoch === epoch && row?.['document'] === text) return;
      if (newest.n !== n - 1) {
        throw new ConpaasError('conflict', `The newest record is ${newest.n}, so ${n} cannot be stored.`);
      }
      db.prepare(
        'INSERT INTO state (application, epoch, n, document, outline) VALUES (?, ?, ?, ?, ?) ON CONFLICT (application) DO UPDATE SET epoch = excluded.epoch, n = excluded.n, document = excluded.document, outline = excluded.outline',
      ).run(application, epoch, n, text, outline === undefined ? null : JSON.stringify(outline));
      const before: unknown = row ? JSON.parse(row['document'] as string) : undefined;
      recordHistory(db, application, before, document, attribution);
    });
  }
}
