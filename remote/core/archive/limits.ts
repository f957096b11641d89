/** How much an archive may unfold to. */
import { ConpaasError } from '../contract/errors.ts';

export interface ArchiveLimits {
  /** Bytes of all files together. */
  readonly totalBytes: number;
  /** Bytes of one file. */
  readonly fileBytes: number;
  /** Files, links and folders, folders that are only implied by a path included. */
  readonly entries: number;
  /** Unfolded bytes per byte of archive, from `ratioFrom` bytes on: real code stays below 20, a bomb is near 1000. */
  readonly ratio: number;
  readonly ratioFrom: number;
}

const mebibyte = 1024 ** 2;

export const defaultLimits: ArchiveLimits = {
  totalBytes: 2048 * mebibyte,
  fileBytes: 1024 * mebibyte,
  entries: 100_000,
  ratio: 200,
  ratioFrom: 64 * mebibyte,
};

/** An archive was refused; `reason` is a full sentence that names the entry. */
export function badArchive(reason: string, log?: readonly string[]): ConpaasError {
  return new ConpaasError('bad_archive', `${reason} Nothing was unpacked.`, log === undefined ? {} : { log });
}

/** Bytes for a person: `2 GiB`, `1.5 MiB`. */
export function formatBytes(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${Number(value.toFixed(1))} ${units[unit]}`;
}

/** Counts unfolded bytes, and throws as soon as they are more than an archive of this size may hold. */
export class Budget {
  readonly #limits: ArchiveLimits;
  readonly #archiveBytes: number;
  #used = 0;

  constructor(limits: ArchiveLimits, archiveBytes: number) {
    this.#limits = limits;
    this.#archiveBytes = archiveBytes;
  }

  /** @throws ConpaasError bad_archive */
  use(bytes: number): void {
    this.#used += bytes;
    const { totalBytes, ratio, ratioFrom } = this.#limits;
    if (this.#used > totalBytes)
      throw badArchive(`The archive unfolds to more than ${formatBytes(totalBytes)}, the most that is allowed.`);
    if (this.#used > ratioFrom && this.#used > ratio * this.#archiveBytes)
      throw badArchive(
        `The archive is a decompression bomb: its ${formatBytes(this.#archiveBytes)} unfold to more than ${ratio} times as much.`,
      );
  }
}
