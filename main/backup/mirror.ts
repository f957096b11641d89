/**
 * Copies of sealed backups in another place. A backup is there when its file is: its archives are copied before it, and
 * removed after it. What has been lost here is not removed there: each place is pruned by what it holds itself.
 */
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { type BackupCopy, copiesAmong, idIn, timeIn } from '../../remote/core/backup/names.ts';
import { type Retention, staying } from '../../remote/core/backup/retention.ts';
import { ConpaasError } from '../../remote/core/contract/errors.ts';
import type { BackupStore } from './backup-store.ts';
import type { Place, PlaceToRead } from './places/index.ts';

interface Options {
  /** Where the backups of this computer are. */
  readonly directory: string;
  readonly store: BackupStore;
  readonly place: Place;
  readonly signal: AbortSignal;
  progress?(text: string): void;
}

/** @returns how many files were copied */
export async function copyOut(
  { directory, store, place, signal, progress = () => undefined }: Options,
  retention: Retention,
  now: number,
): Promise<number> {
  const there = await place.list(signal);
  const referred = await store.referred();
  const backups = [...referred.keys()].filter((name) => there.get(name) === undefined);
  const blobs = new Set(backups.flatMap((name) => referred.get(name) ?? []).map((sha256) => `blobs/${sha256}`));
  let copied = 0;
  for (const name of [...blobs, ...backups]) {
    const size = (await stat(path.join(directory, name)).catch(ignoreMissing))?.size;
    // One that the director had lost already is in no backup.
    if (size === undefined || there.get(name) === size) continue;
    progress(`${name} to ${place.label}`);
    await place.put(name, path.join(directory, name), signal);
    copied += 1;
  }
  const all = [...new Set([...there.keys(), ...backups])].flatMap((name) => {
    const createdAt = timeIn(name);
    return createdAt === undefined ? [] : [{ id: name, createdAt, size: there.get(name) ?? 0, blobs: [] }];
  });
  const kept = new Set(staying(all, retention, now));
  for (const { id } of all) if (!kept.has(id)) await place.remove(id, signal);
  // What others refer to, only their content says.
  if ([...kept].some((name) => !referred.has(name))) return copied;
  const used = new Set([...kept].flatMap((name) => referred.get(name) ?? []).map((sha256) => `blobs/${sha256}`));
  for (const name of there.keys()) {
    if (name.startsWith('blobs/') && !used.has(name)) await place.remove(name, signal);
  }
  return copied;
}

/**
 * Brings a backup here, with all that it refers to.
 * @param id the newest that is there where absent
 * @returns its id
 * @throws ConpaasError not_found: it is not there either
 */
export async function bringBack(
  options: Omit<Options, 'place'> & { readonly place: PlaceToRead },
  id: string | undefined,
): Promise<string> {
  const { directory, store, place, signal, progress = () => undefined } = options;
  const there = await place.list(signal);
  const names = [...there.keys()].filter((name) => timeIn(name) !== undefined).sort();
  const name = id === undefined ? names.at(-1) : names.find((one) => one.endsWith(`-${id}.backup`));
  if (name === undefined) {
    throw new ConpaasError(
      'not_found',
      `There is no backup ${id ?? 'of this director'} on this computer, nor in ${place.label}.`,
    );
  }
  const fetch = async (one: string): Promise<void> => {
    const target = path.join(directory, one);
    if ((await stat(target).catch(ignoreMissing))?.size === there.get(one)) return;
    progress(`${one} from ${place.label}`);
    await mkdir(path.dirname(target), { recursive: true, mode: 0o700 });
    const temporary = `${target}.tmp`;
    try {
      await place.get(one, temporary, signal);
      await rename(temporary, target);
    } finally {
      await rm(temporary, { force: true });
    }
  };
  await fetch(name);
  const { content } = await store.open(idIn(name));
  for (const { sha256 } of content.blobs) await fetch(`blobs/${sha256}`);
  return idIn(name);
}

/** What a place holds: times and sizes, which its names tell. The newest first. */
export async function copiesIn(place: PlaceToRead, signal: AbortSignal): Promise<BackupCopy[]> {
  return copiesAmong(await place.list(signal));
}

/** Name of the newest backup of this computer; undefined: there is none. */
export async function newestName(directory: string): Promise<string | undefined> {
  const names = (await readdir(directory).catch(ignoreMissing)) ?? [];
  return names
    .filter((name) => timeIn(name) !== undefined)
    .sort()
    .at(-1);
}

function ignoreMissing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}
