/** Backups of the directors of this desktop: where they lie, with which key, and one taken at a time. */
import path from 'node:path';
import type { DeploymentId } from '../../remote/core/contract/ids.ts';
import { type BackupList, type BackupStore, openBackupStore, type Taken, takeBackup } from '../backup/index.ts';
import { withLock } from '../store/index.ts';
import type { Deployment } from './deployment.ts';
import type { DirectorClient } from './director.ts';
import type { Keyring } from './keyring.ts';

/** A large one over a thin line. */
const limitMs = 30 * 60_000;

export interface BackupOptions {
  /** Id or name; the only one there is where absent. */
  readonly deployment: string | undefined;
  progress?(text: string): void;
  readonly signal: AbortSignal;
}

export interface BackupParts {
  readonly dataDirectory: string;
  readonly keyring: Keyring;
  now(): number;
  /** By id or name. @throws ConpaasError forbidden: this desktop is a guest there */
  withRoot(deployment: string | undefined): Promise<Deployment>;
  /** A client of a director that answers. */
  director(deployment: string | undefined, signal: AbortSignal): Promise<DirectorClient>;
}

export interface BackingUp {
  /** Of this computer; the director is not asked. */
  backups(deployment: string | undefined): Promise<BackupList & { readonly deployment: string }>;
  /** @throws ConpaasError as the director answers; disk_full and others where it cannot be written */
  backUp(options: BackupOptions): Promise<Taken>;
  /** Likewise, unless nothing has changed since the newest backup. @returns undefined: nothing has */
  backUpChanges(options: BackupOptions): Promise<Taken | undefined>;
}

export function backupDirectory(dataDirectory: string, id: DeploymentId): string {
  return path.join(dataDirectory, 'backups', id);
}

export function createBackingUp(parts: BackupParts): BackingUp & { storeOf(id: DeploymentId): BackupStore } {
  const { dataDirectory, keyring } = parts;

  const storeOf = (deployment: DeploymentId): BackupStore =>
    openBackupStore({
      directory: backupDirectory(dataDirectory, deployment),
      deployment,
      key: () => keyring.backupKey(deployment),
    });

  async function take(
    { deployment: given, signal, ...options }: BackupOptions,
    wanted: (director: DirectorClient, store: BackupStore) => Promise<boolean>,
  ): Promise<Taken | undefined> {
    const { id } = await parts.withRoot(given);
    const director = await parts.director(id, signal);
    return withLock(
      path.join(dataDirectory, `${id}.backup.lock`),
      async () => {
        const store = storeOf(id);
        if (!(await wanted(director, store))) return undefined;
        const limited = AbortSignal.any([signal, AbortSignal.timeout(limitMs)]);
        return takeBackup(director, store, { signal: limited, now: parts.now(), ...options });
      },
      { signal, timeoutMs: limitMs },
    );
  }

  return {
    storeOf,
    async backups(given) {
      const { id, name } = await parts.withRoot(given);
      return { deployment: name, ...(await storeOf(id).list()) };
    },
    async backUp(options) {
      const taken = await take(options, async () => true);
      if (!taken) throw new Error('a backup that was asked for was not taken');
      return taken;
    },
    backUpChanges: (options) =>
      take(options, async (director, store) => {
        const { backups } = await store.list();
        const { point } = await director.call('get_backup_point', {}, { signal: options.signal });
        return backups[0]?.point !== point;
      }),
  };
}
