import { closeSync, openSync } from 'node:fs';

/**
 * Makes an empty file that only its owner may read (0600), unless there is one. SQLite gives what it keeps beside a database
 * the rights of the database, but makes that one readable to all.
 */
export function makePrivate(path: string): void {
  closeSync(openSync(path, 'a', 0o600));
}
