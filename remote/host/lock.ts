import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const SQLITE_BUSY = 5;

/**
 * Makes this process the only host of a directory, until disposed or dead. SQLite's file lock is the one that Node
 * brings which the kernel itself lets go of at any kind of death.
 * @returns undefined where another living host has the directory
 */
export function lockDirectory(directory: string): Disposable | undefined {
  const database = new DatabaseSync(path.join(directory, 'host.lock'));
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return undefined;
    throw error;
  }
  return { [Symbol.dispose]: () => database.close() };
}
