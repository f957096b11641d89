/**
 * Backups that the director writes by itself, to a volume that its owner's desktop has chosen and attached: after changes, and
 * not more often than every so many minutes, whoever is connected. Level-triggered: each look asks whether all is there. What
 * fails is told once, shown, and tried again with the next look; nothing else depends on it.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { retention } from '../../core/backup/retention.ts';
import { type BackupVolume, Recipient } from '../../core/contract/backup-volume.ts';
import { ConpaasError, type Failure, toFailure } from '../../core/contract/errors.ts';
import { type DeploymentId, VolumeName } from '../../core/contract/ids.ts';
import { removeDurably, writeFileAtomic } from '../../core/files/index.ts';
import type { Backups } from './backups.ts';
import { copiesOn, pruneVolume, volumeDirectory, writeToVolume } from './volume-files.ts';

const everyMs = 10 * 60_000;
const lookMs = 60_000;
/** Of a volume, the rest is for a backup that is being written, and for the filesystem. */
const share = 0.8;

const Setting = z.object({ name: VolumeName, sizeGb: z.number(), recipient: Recipient });
type Setting = z.infer<typeof Setting>;

export interface VolumeBackupsOptions {
  readonly home: string;
  readonly deployment: DeploymentId;
  /** For these alone: a copy that the desktop reads is another's. */
  readonly backups: Backups;
  notice(level: 'info' | 'warning', text: string): void;
  log(line: string): void;
  /** Milliseconds. */
  readonly now?: (() => number) | undefined;
}

export class VolumeBackups {
  readonly #options: VolumeBackupsOptions;
  #setting: Setting | undefined;
  /** The newest that this director has written. */
  #written: { readonly point: string; readonly name: string; readonly at: number } | undefined;
  #failure: Failure | undefined;
  #copies: BackupVolume['copies'] = [];
  /** One thing after the other. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(options: VolumeBackupsOptions, setting: Setting | undefined) {
    this.#options = options;
    this.#setting = setting;
  }

  /** What was chosen before is chosen still. */
  static async open(options: VolumeBackupsOptions): Promise<VolumeBackups> {
    const file = settingFile(options.home);
    const setting = existsSync(file) ? Setting.parse(JSON.parse(await readFile(file, 'utf8'))) : undefined;
    return new VolumeBackups(options, setting);
  }

  /** Durable when resolved; the next look writes there. */
  set(setting: Setting): Promise<void> {
    return this.#inTurn(async () => {
      if (JSON.stringify(setting) === JSON.stringify(this.#setting)) return;
      await writeFileAtomic(settingFile(this.#options.home), JSON.stringify(setting));
      this.#forget(setting);
    });
  }

  /** Nothing is written there any more; durable when resolved. */
  clear(): Promise<void> {
    return this.#inTurn(async () => {
      await removeDurably(settingFile(this.#options.home));
      this.#forget(undefined);
    });
  }

  /** How it goes; undefined: no volume was chosen. Looks at the volume, and tells what is wrong with it. */
  async state(): Promise<BackupVolume | undefined> {
    const setting = this.#setting;
    if (!setting) return undefined;
    let failure = this.#failure;
    let isThere = false;
    try {
      const directory = await volumeDirectory(this.#options.home, setting.name);
      this.#copies = await copiesOn(directory);
      isThere = this.#isCurrent(directory);
    } catch (error) {
      failure ??= toFailure(error);
    }
    const upToDate = isThere && failure === undefined;
    return { name: setting.name, upToDate, copies: this.#copies, ...(failure && { failure }) };
  }

  /**
   * Writes a backup, unless the newest there has all.
   * @throws ConpaasError conflict: no volume was chosen; not_found: it is not here; disk_full, cloud_failed
   */
  async write(signal: AbortSignal): Promise<BackupVolume> {
    await this.#inTurn(async () => {
      const setting = this.#setting;
      if (!setting) throw new ConpaasError('conflict', 'No volume was chosen for backups.');
      await this.#attempt(setting, signal, () => true);
    });
    const state = await this.state();
    if (state) return state;
    throw new ConpaasError('conflict', 'The volume was given up meanwhile.');
  }

  /** Looks whether one is due, and takes it. What fails is kept and told. */
  async look(signal: AbortSignal): Promise<void> {
    const isDue = (): boolean => (this.#written?.at ?? Number.NEGATIVE_INFINITY) + everyMs <= this.#now();
    await this.#inTurn(async () => {
      if (!this.#setting) return;
      await this.#attempt(this.#setting, signal, isDue).catch(() => undefined); // told there, and tried again
    });
  }

  /** Looks now and then, until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    for (;;) {
      await delay(lookMs, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return;
      await this.look(signal);
    }
  }

  /** Blobs that must stay though nothing may refer to them any more. */
  kept(): ReadonlySet<string> {
    return this.#options.backups.kept();
  }

  /** Removes the copy that a director before this one has left. */
  sweep(): Promise<void> {
    return this.#inTurn(() => this.#options.backups.sweep());
  }

  /** @param isDue whether what has changed is to be written now */
  async #attempt(setting: Setting, signal: AbortSignal, isDue: () => boolean): Promise<void> {
    try {
      const directory = await volumeDirectory(this.#options.home, setting.name);
      if (!this.#isCurrent(directory) && (isDue() || !this.#isWritten(directory))) {
        await this.#take(directory, setting, signal);
      }
      this.#well(setting);
    } catch (error) {
      if (signal.aborted) throw error;
      const failure = explained(error, setting);
      this.#fail(failure, error);
      throw ConpaasError.of(failure);
    }
  }

  async #take(directory: string, { recipient, sizeGb }: Setting, signal: AbortSignal): Promise<void> {
    const { backups, deployment, log } = this.#options;
    const bytes = Math.min(retention.bytes, Math.floor(sizeGb * share * 1000 ** 3));
    const write = async (): Promise<void> => {
      const point = backups.point();
      const name = await writeToVolume({ directory, deployment, recipient, backups, signal });
      this.#written = { point, name, at: this.#now() };
    };
    try {
      await write();
    } catch (error) {
      if (!isFull(error)) throw error;
      log('the volume for backups is full: all but the newest are removed');
      await pruneVolume(directory, { newest: 1, days: 0, bytes }, this.#now());
      await write();
    }
    await pruneVolume(directory, { ...retention, bytes }, this.#now());
  }

  /** The newest that we wrote is there: it goes with the volume that it was written to. */
  #isWritten(directory: string): boolean {
    return this.#written !== undefined && existsSync(path.join(directory, this.#written.name));
  }

  #isCurrent(directory: string): boolean {
    return this.#isWritten(directory) && this.#written?.point === this.#options.backups.point();
  }

  #fail(failure: Failure, error: unknown): void {
    const { notice, log } = this.#options;
    // Said once, not each minute.
    if (this.#failure?.message !== failure.message) {
      const own = error instanceof Error && error.message !== failure.message ? ` (${error.message})` : '';
      log(`backup to the volume: ${failure.message}${own}`);
      notice('warning', `The director could not write a backup to its volume. ${failure.message}`);
    }
    this.#failure = failure;
  }

  #well({ name }: Setting): void {
    if (this.#failure) this.#options.notice('info', `Backups are written to the volume ${name} again.`);
    this.#failure = undefined;
  }

  #forget(setting: Setting | undefined): void {
    this.#setting = setting;
    this.#written = undefined;
    this.#failure = undefined;
    this.#copies = [];
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined); // its caller is told
    return result;
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }
}

const settingFile = (home: string): string => path.join(home, 'backup-volume.json');

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

function isFull(error: unknown): boolean {
  return codeOf(error) === 'ENOSPC' || codeOf(error) === 'EDQUOT';
}

function explained(error: unknown, { name, sizeGb }: Setting): Failure {
  if (isFull(error)) {
    const message = `The volume ${name} (${sizeGb} GB) is full: not even the newest backup has room. Choose a larger one: "conpaas director backup --to nowhere", then "conpaas director backup --to volume --size GB".`;
    return { code: 'disk_full', message, retry: true };
  }
  if (['EIO', 'EROFS', 'ENOENT', 'ENXIO', 'ENODEV', 'EACCES', 'EPERM'].includes(codeOf(error) ?? '')) {
    const message = `The volume ${name} cannot be written to (${codeOf(error)}): it may have been taken from the machine. It is tried again.`;
    return { code: 'cloud_failed', message, retry: true };
  }
  return toFailure(error);
}
