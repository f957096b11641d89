/** Backups of the directors of this desktop: where they lie, with which key, and one taken at a time. */

import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { BackupCopy } from '../../remote/core/backup/names.ts';
import { ConpaasError, type Failure, toFailure } from '../../remote/core/contract/errors.ts';
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
import { answerMs, type DirectorClient } from './director.ts';
import type { Keyring } from './keyring.ts';
import type { WantedBackup } from './restore.ts';
import type { VolumeBacking } from './volume-backing.ts';

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
  readonly volumes: VolumeBacking;
}

export interface BackingUp {
  /** Of this computer; the director is asked only how it goes with a volume that it writes to. */
  backups(
    deployment: string | undefined,
  ): Promise<BackupList & { readonly deployment: string; readonly elsewhere?: Elsewhere }>;
  /** @throws ConpaasError as the director answers; disk_full and others where it cannot be written */
  backUp(options: BackupOptions): Promise<Taken>;
  /** Likewise, unless nothing has changed since the newest backup. @returns undefined: nothing has */
  backUpChanges(options: BackupOptions): Promise<Taken | undefined>;
  /**
   * From now on each backup is copied there, or the director writes them there; undefined: nowhere. It is tried first. A volume
   * that is not wanted any more is removed, with all that is on it.
   * @throws ConpaasError what the place says; conflict: a key file is not enough for the key of a bucket; no volumes here
   */
  setBackupPlace(deployment: string | undefined, place: BackupPlace | undefined, signal: AbortSignal): Promise<void>;
  /** Backups in the other place, the newest first; undefined: none was chosen. @throws ConpaasError what it says */
  copies(deployment: string | undefined, signal: AbortSignal): Promise<readonly BackupCopy[] | undefined>;
}

/** The other place that backups are in. */
export interface Elsewhere {
  readonly kind: BackupPlace['kind'];
  readonly label: string;
  /** Whether the newest backup of this computer is there; of a volume: all that the director keeps now. */
  readonly upToDate: boolean;
  /** Of a volume. */
  readonly sizeGb?: number;
  /** Of a volume: why the director could not write to it, or cannot be asked. */
  readonly failure?: Failure;
  /** Of a volume: what is there, the newest first. */
  readonly copies?: readonly BackupCopy[];
}

export function backupDirectory(dataDirectory: string, id: DeploymentId): string {
  return path.join(dataDirectory, 'backups', id);
}

export function createBackingUp(parts: BackupParts): BackingUp & {
  storeOf(id: DeploymentId): BackupStore;
  /** Brings a backup (the newest where none is named) to this computer, if it is not there. @throws ConpaasError not_found */
  fetch(id: DeploymentId, backup: string | undefined, signal: AbortSignal): Promise<void>;
  /** Which one a restoration is of. @throws ConpaasError not_found */
  wanted(
    deployment: Deployment,
    backup: string | undefined,
    from: 'here' | 'volume' | undefined,
    signal: AbortSignal,
  ): Promise<WantedBackup>;
} {
  const { dataDirectory, keyring, volumes } = parts;

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
    return exclusively(id, signal, async () => {
      const store = storeOf(id);
      const limited = AbortSignal.any([signal, AbortSignal.timeout(limitMs)]);
      const taken = (await wanted(director, store))
        ? await takeBackup(director, store, { signal: limited, now: parts.now(), ...options })
        : undefined;
      await copy(id, store, { ...options, signal: limited, wasTaken: taken !== undefined });
      return taken;
    });
  }

  /** One taking, or change of the place, at a time, over all processes of this desktop. */
  function exclusively<T>(id: DeploymentId, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    return withLock(path.join(dataDirectory, `${id}.backup.lock`), work, { signal, timeoutMs: limitMs });
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
  async function copy(
    id: DeploymentId,
    store: BackupStore,
    options: Pick<BackupOptions, 'progress' | 'signal'> & { readonly wasTaken: boolean },
  ): Promise<void> {
    const chosen = await keyring.backupPlace(id);
    if (!chosen) return;
    if (chosen.kind === 'volume') {
      const { signal, wasTaken } = options;
      return told(chosen, async () => volumes.keep(await parts.withRoot(id), chosen, wasTaken, signal));
    }
    const place = await openPlace(chosen, id);
    const directory = backupDirectory(dataDirectory, id);
    const newest = await newestName(directory);
    if (newest === undefined || (await isCopied(id, place))) return;
    await told(chosen, () => copyOut({ directory, store, place, ...options }, retention, parts.now()));
    await writeFileAtomic(noteOf(id), noteFor(place, newest));
  }

  /** @throws ConpaasError that says that the backup itself was taken */
  async function told(place: BackupPlace, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const { code, message } = toFailure(error);
      const said = code === 'internal' ? String(error) : message;
      const how = place.kind === 'volume' ? 'is not on' : 'was not copied to';
      throw new ConpaasError(code, `The backup is on this computer, but ${how} ${placeLabel(place)}. ${said}`, {
        retry: true,
      });
    }
  }

  /** Without waiting for a director that does not run. */
  async function elsewhereOf(deployment: Deployment): Promise<Elsewhere | undefined> {
    const { id } = deployment;
    const chosen = await keyring.backupPlace(id);
    if (!chosen) return undefined;
    const what = { kind: chosen.kind, label: placeLabel(chosen) };
    if (chosen.kind !== 'volume') return { ...what, upToDate: await isCopied(id, await openPlace(chosen, id)) };
    const { sizeGb } = chosen;
    try {
      const state = await volumes.state(deployment, AbortSignal.timeout(answerMs));
      const { upToDate = false, copies = [], failure } = state ?? {};
      return { ...what, sizeGb, upToDate, copies, ...(failure && { failure }) };
    } catch (error) {
      return { ...what, sizeGb, upToDate: false, failure: toFailure(error) };
    }
  }

  /** @throws ConpaasError */
  async function tryPlace(
    id: DeploymentId,
    chosen: Parameters<typeof openPlace>[0],
    signal: AbortSignal,
  ): Promise<void> {
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
      if (chosen.kind === 'volume') return;
      const place = await openPlace(chosen, id);
      await bringBack({ directory: backupDirectory(dataDirectory, id), store, place, signal }, backup);
    },
    async wanted(deployment, backup, from, signal) {
      const { id } = deployment;
      const chosen = await keyring.backupPlace(id);
      const store = storeOf(id);
      const here = (await store.list()).backups;
      const isHere = backup !== undefined && here.some((one) => one.id === backup);
      const onVolume = from === undefined ? chosen?.kind === 'volume' && !isHere : from === 'volume';
      if (!onVolume) return { backup: (await store.open(backup)).content.backup };
      const place = await volumes.readable(deployment, chosen?.kind === 'volume' ? chosen : undefined, signal);
      if (!place) return { onVolume: backup };
      return {
        backup: await bringBack({ directory: backupDirectory(dataDirectory, id), store, place, signal }, backup),
      };
    },
    async setBackupPlace(given, place, signal) {
      const deployment = await parts.withRoot(given);
      const { id } = deployment;
      await exclusively(id, signal, async () => {
        if (place?.kind === 'volume') return volumes.choose(deployment, place, signal);
        if (place) await tryPlace(id, place, signal);
        if ((await keyring.backupPlace(id))?.kind === 'volume') await volumes.giveUp(deployment, signal);
        await keyring.setBackupPlace(id, place);
      });
    },
    async copies(given, signal) {
      const deployment = await parts.withRoot(given);
      const chosen = await keyring.backupPlace(deployment.id);
      if (chosen?.kind === 'volume') return (await elsewhereOf(deployment))?.copies;
      return chosen && copiesIn(await openPlace(chosen, deployment.id), signal);
    },
    storeOf,
    async backups(given) {
      const deployment = await parts.withRoot(given);
      const { id, name } = deployment;
      const elsewhere = await elsewhereOf(deployment);
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
