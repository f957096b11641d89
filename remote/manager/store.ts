/** What a manager keeps: the newest desired state and its operations. */
import type { Journal } from '../core/journal/index.ts';
import { operationsTable } from '../core/operations/index.ts';
import { DesiredState } from '../core/service/state.ts';

export const migrations = [
  `${operationsTable};
   CREATE TABLE state (n INTEGER PRIMARY KEY, stored INTEGER NOT NULL, document TEXT NOT NULL) STRICT`,
];

/** From that schema on migrations only add: what a version back can work with (core/journal). */
export const compatibleFrom = 1;

/** The newest record that the director is known to have stored. */
export function loadState(journal: Journal): { n: number; state: DesiredState } | undefined {
  const row = journal.read((db) =>
    db.prepare('SELECT n, document FROM state WHERE stored = 1 ORDER BY n DESC LIMIT 1').get(),
  );
  if (!row) return undefined;
  return { n: row['n'] as number, state: DesiredState.parse(JSON.parse(row['document'] as string)) };
}

/** Writes the intent to store record n, before the director is asked. */
export function journalIntent(journal: Journal, n: number, state: DesiredState): Promise<void> {
  return journal.write((db) => {
    db.prepare('INSERT OR REPLACE INTO state (n, stored, document) VALUES (?, 0, ?)').run(n, JSON.stringify(state));
  });
}

/** Record n is the truth now; older ones are forgotten. */
export function journalStored(journal: Journal, n: number, state: DesiredState): Promise<void> {
  return journal.write((db) => {
    db.prepare('INSERT OR REPLACE INTO state (n, stored, document) VALUES (?, 1, ?)').run(n, JSON.stringify(state));
    db.prepare('DELETE FROM state WHERE n < ?').run(n);
  });
}
