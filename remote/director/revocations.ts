/** Revoked certificates by serial number; managers are told at once and tell their agents. */
import { Changed } from '../core/events/index.ts';
import type { Journal } from '../core/journal/index.ts';

export class Revocations {
  readonly changed = new Changed();
  readonly #journal: Journal;
  readonly #serials: Set<string>;

  constructor(journal: Journal) {
    this.#journal = journal;
    this.#serials = new Set(
      journal.read((db) => db.prepare('SELECT serial FROM revoked').all()).map((row) => row['serial'] as string),
    );
  }

  all(): ReadonlySet<string> {
    return this.#serials;
  }

  /** @param serial lower-case hex */
  async add(serial: string): Promise<void> {
    await this.#journal.write((db) =>
      db.prepare('INSERT INTO revoked (serial, at) VALUES (?, ?) ON CONFLICT DO NOTHING').run(serial, Date.now()),
    );
    this.#serials.add(serial);
    this.changed.notify();
  }
}
