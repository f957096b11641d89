/** Backups of the directors of this desktop: where they lie, with which key, and one taken at a time. */

import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ConpaasError, toFailure } from '../../remote/core/contract/errors.ts';
import type { DeploymentId } from '../../remote/core/contract/ids.ts';
import { writeFileAtomic } from '../../remote/core/files/index.ts';
import {
  type BackupList,
  type BackupPlace,
  type BackupStore,
  bringBack,
  copiesIn,
  copyOut,
  newestName,
  openBackupStore,
  openPlace,
  type Place,
  placeLabel,
  retention,
  type Taken,
  takeBackup,
} from '../backup/index.ts';
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
  backups(
    deployment: string | undefined,
  ): Promise<BackupList & { readonly deployment: string; readonly elsewhere?: Elsewhere }>;
  /** @throws ConpaasError as the director answers; disk_full and others where it cannot be written */
  backUp(options: BackupOptions): Promise<Taken>;
  /** Likewise, unless nothing has changed since the newest backup. @returns undefined: nothing has */
  backUpChanges(options: BackupOptions): Promise<Taken | undefined>;
  /**
   * From now on each backup is copied there; undefined: nowhere. It is tried first.
   * @throws ConpaasError what the place says; conflict: a key file is not enough for the key of a bucket
   */
  setBackupPlace(deployment: string | undefined, place: BackupPlace | undefined, signal: AbortSignal): Promise<void>;
  /** Backups in the other place, the newest first; undefined: none was chosen. @throws ConpaasError what it says */
  copies(deployment: string | undefined, signal: AbortSignal): Promise<readonly Copy[] | undefined>;
}

/** The other place that backups are copied to. */
export interface Elsewhere {
  readonly kind: BackupPlace['kind'];
  readonly label: string;
  /** Whether the newest backup of this computer is there. */
  readonly upToDate: boolean;
}

export interface Copy {
  readonly id: string;
  readonly createdAt: number;
  /** Without its archives, bytes. */
  readonly size: number;
}

export function backupDirectory(dataDirectory: string, id: DeploymentId): string {
  return path.join(dataDirectory, 'backups', id);
}

export function createBackingUp(parts: BackupParts): BackingUp & {
  storeOf(id: DeploymentId): BackupStore;
  /** Brings a backup (the newest where none is named) to this computer, if it is not there. @throws ConpaasError not_found */
  fetch(id: DeploymentId, backup: string | undefined, signal: AbortSignal): Promise<void>;
} {
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
        const limited = AbortSignal.any([signal, AbortSignal.timeout(limitMs)]);
        const taken = (await wanted(director, store))
          ? await takeBackup(director, store, { signal: limited, now: parts.now(), ...options })
          : undefined;
        await copy(id, store, { ...options, signal: limited });
        return taken;
      },
      { signal, timeoutMs: limitMs },
    );
  }

  /** What was copied last, and where to. */
  const noteOf = (id: DeploymentId): string => path.join(backupDirectory(dataDirectory, id), 'copied');
  const noteFor = (place: Place, newest: string): string =>
    createHash('sha256').update(`${place.label} ${newest}`).digest('hex');

  async function isCopied(id: DeploymentId, place: Place): Promise<boolean> {
    const newest = await newestName(backupDirectory(dataDirectory, id));
    if (newest === undefined) return true;
    return (await readFile(noteOf(id), 'utf8').catch(() => '')) === noteFor(place, newest);
  }

  /** @throws ConpaasError that says that the backup itself was taken */
  async function copy(id: DeploymentId, store: BackupStore, options: Pick<BackupOptions, 'progress' | 'signal'>) {
    const chosen = await keyring.backupPlace(id);
    if (!chosen) return;
    const place = await openPlace(chosen, id);
    const directory = backupDirectory(dataDirectory, id);
    const newest = await newestName(directory);
    if (newest === undefined || (await isCopied(id, place))) return;
    try {
      await copyOut({ directory, store, place, ...options }, retention, parts.now());
    } catch (error) {
      const { code, message } = toFailure(error);
      const said = code === 'internal' ? String(error) : message;
      throw new ConpaasError(code, `The backup is on this computer, but was not copied to ${place.label}. ${said}`, {
        retry: true,
      });
    }
    await writeFileAtomic(noteOf(id), noteFor(place, newest));
  }

  /** @throws ConpaasError */
  async function tryPlace(id: DeploymentId, chosen: BackupPlace, signal: AbortSignal): Promise<void> {
    const place = await openPlace(chosen, id);
    await place.list(signal);
    const directory = backupDirectory(dataDirectory, id);
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const file = path.join(directory, 'trial.tmp');
    try {
      await writeFile(file, 'ConPaaS Desktop has tried whether it can write here.\n', { mode: 0o600 });
      await place.put('trial', file, signal);
      await place.get('trial', file, signal);
      await place.remove('trial', signal);
    } finally {
      await rm(file, { force: true });
    }
  }

  return {
    async fetch(id, backup, signal) {
      const chosen = await keyring.backupPlace(id);
      if (!chosen) return;
      const store = storeOf(id);
      const { backups } = await store.list();
      if (backup === undefined ? backups.length > 0 : backups.some((one) => one.id === backup)) return;
      const place = await openPlace(chosen, id);
      await bringBack({ directory: backupDirectory(dataDirectory, id), store, place, signal }, backup);
    },
    async setBackupPlace(given, place, signal) {
      const { id } = await parts.withRoot(given);
      if (place) await tryPlace(id, place, signal);
      await keyring.setBackupPlace(id, place);
    },
    async copies(given, signal) {
      const { id } = await parts.withRoot(given);
      const chosen = await keyring.backupPlace(id);
      return chosen && copiesIn(await openPlace(chosen, id), signal);
    },
    storeOf,
    async backups(given) {
      const { id, name } = await parts.withRoot(given);
      const chosen = await keyring.backupPlace(id);
      const elsewhere = chosen && {
        ...{ kind: chosen.kind, label: placeLabel(chosen) },
        upToDate: await isCopied(id, await openPlace(chosen, id)),
      };
      return { deployment: name, ...(await storeOf(id).list()), ...(elsewhere && { elsewhere }) };
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
