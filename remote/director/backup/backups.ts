/**
 * Copies of what the director keeps, for its owner's desktop. Journal and audit trail are copied in one go, with nothing
 * written in between; blobs, which never change, stay where they are and are kept from the collector as long as somebody
 * reads the copy.
 */
import { createReadStream, existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { type BackupContent, type BackupFile, type BackupFileName, backupFiles } from '../../core/contract/backup.ts';
import { ConpaasError } from '../../core/contract/errors.ts';
import { BlobHash, newId } from '../../core/contract/ids.ts';
import type { DownloadBody } from '../../core/contract/method.ts';
import { digestFile } from '../../core/files/index.ts';
import type { Journal } from '../../core/journal/index.ts';
import type { BlobStore } from '../blobs.ts';

/** A copy that nobody has read from for so long is given up, milliseconds. */
const idleMs = 3_600_000;

export interface BackupsOptions {
  readonly home: string;
  readonly journal: Journal;
  readonly blobs: BlobStore;
  readonly product: string;
  /** Version of the journal's schema. */
  readonly schema: number;
  /** Hashes of all blobs that the journal refers to. */
  referred(): ReadonlySet<string>;
  applications(): readonly string[];
  copyAudit(file: string): void;
  /** Below the home, for copies; `backup` where absent. */
  readonly folder?: string;
  readonly now?: (() => number) | undefined;
}

interface Taken {
  readonly content: BackupContent;
  readonly blobs: ReadonlySet<string>;
  readAt: number;
}

export class Backups {
  readonly #options: BackupsOptions;
  readonly #directory: string;
  readonly #startedAt: number;
  #taken: Taken | undefined;
  /** Blobs of a copy that is being taken. */
  #taking: ReadonlySet<string> = new Set();

  constructor(options: BackupsOptions) {
    this.#options = options;
    this.#directory = path.join(options.home, options.folder ?? 'backup');
    this.#startedAt = this.#now();
  }

  /** Another text after each change of the journal, and after each start of the director. */
  point(): string {
    const row = this.#options.journal.read((db) => db.prepare('SELECT total_changes() AS changes').get());
    return `${this.#startedAt}-${Number(row?.['changes'])}`;
  }

  /** Takes a copy; one that was taken before is given up. */
  async begin(): Promise<BackupContent> {
    const { home, journal, blobs, product, schema } = this.#options;
    await this.#remove();
    const id = newId('backup');
    const directory = path.join(this.#directory, id);
    await mkdir(directory, { recursive: true, mode: 0o700 });
    try {
      // No await from here on: these are of one moment.
      const point = this.point();
      journal.read((db) => db.prepare('VACUUM INTO ?').run(path.join(directory, 'director.db')));
      this.#options.copyAudit(path.join(directory, 'audit.db'));
      const referred = this.#options.referred();
      const applications = [...this.#options.applications()];
      const createdAt = this.#now();
      this.#taking = referred;
      // To here.
      const files: BackupFile[] = [];
      for (const [name, place] of Object.entries(backupFiles) as [BackupFileName, string][]) {
        const copy = path.join(directory, name);
        const isCopied = existsSync(copy);
        if (!isCopied && !existsSync(path.join(home, place))) continue;
        if (!isCopied) await copyFile(path.join(home, place), copy);
        await chmod(copy, 0o600);
        files.push({ name, ...(await digestFile(copy, undefined)) });
      }
      const content: BackupContent = {
        ...{ backup: id, createdAt, product, schema, point, applications, files },
        blobs: (await blobs.sizes(referred)).map(({ sha256, size }) => ({ sha256: BlobHash.parse(sha256), size })),
      };
      this.#taken = { content, blobs: referred, readAt: this.#now() };
      return content;
    } catch (error) {
      await rm(directory, { recursive: true, force: true });
      throw error;
    } finally {
      this.#taking = new Set();
    }
  }

  /** @throws ConpaasError not_found */
  async file(backup: string, name: BackupFileName): Promise<DownloadBody> {
    const { content } = this.#reading(backup);
    const file = content.files.find((one) => one.name === name);
    if (!file) throw new ConpaasError('not_found', `The backup has no ${name}.`);
    const place = path.join(this.#directory, backup, name);
    await stat(place);
    return { stream: createReadStream(place), size: file.size, sha256: file.sha256, name };
  }

  /** @throws ConpaasError not_found */
  async blob(backup: string, blob: string): Promise<DownloadBody> {
    const { blobs } = this.#reading(backup);
    if (!blobs.has(blob)) throw new ConpaasError('not_found', 'The backup has no such blob.');
    return this.#options.blobs.open(blob);
  }

  /** Gives a copy up. One that is not there any more is no error. */
  async end(backup: string): Promise<void> {
    if (this.#taken?.content.backup === backup) await this.#remove();
  }

  /** Blobs that must stay though nothing may refer to them any more. */
  kept(): ReadonlySet<string> {
    return this.#taken ? this.#taking.union(this.#taken.blobs) : this.#taking;
  }

  /** Removes what nobody reads any more, or what a director before this one has left. */
  async sweep(): Promise<void> {
    if (this.#taken && this.#now() - this.#taken.readAt < idleMs) return;
    if (this.#taking.size === 0) await this.#remove();
  }

  #reading(backup: string): Taken {
    if (this.#taken?.content.backup !== backup) {
      throw new ConpaasError('not_found', 'This backup has ended: another was begun. Begin again.', { retry: true });
    }
    this.#taken.readAt = this.#now();
    return this.#taken;
  }

  async #remove(): Promise<void> {
    this.#taken = undefined;
    await rm(this.#directory, { recursive: true, force: true });
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }
}
