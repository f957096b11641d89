/**
 * Volumes of a real machine: found, formatted once, mounted. A disk is formatted only if nothing at all is recognized on it,
 * and its filesystem is given a UUID made of the volume's name: no other disk is ever mounted in its place.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, realpath, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { ConpaasError } from '../core/contract/index.ts';
import type { HostVolume } from '../core/contract/machine-host.ts';
import type { VolumePlace } from './volume-links.ts';

const run = promisify(execFile);
/** To make a filesystem on a large disk over a network takes its time, milliseconds. */
const timeout = 600_000;
/** Where Debian and Ubuntu have them. */
const programs = {
  blkid: '/usr/sbin/blkid',
  mkfs: '/usr/sbin/mkfs.ext4',
  mount: '/usr/bin/mount',
  umount: '/usr/bin/umount',
};

export interface MountsOptions {
  /** Mount points are made in it. Without links in its path. */
  readonly directory: string;
  log(line: string): void;
}

export interface Mounts {
  /** What can be used now. */
  places(): VolumePlace[];
  /**
   * Mounts these volumes and unmounts all others.
   * @throws ConpaasError the first reason why one of them could not be; the others are done all the same
   */
  settle(volumes: readonly HostVolume[]): Promise<void>;
}

export function createMounts({ directory, log }: MountsOptions): Mounts {
  let usable: VolumePlace[] = [];
  const pointOf = (name: string): string => path.join(directory, name);

  async function mountOne(volume: HostVolume): Promise<VolumePlace> {
    const { name } = volume;
    if (volume.directory !== undefined) return { name, directory: await made(path.join(volume.directory, 'data')) };
    const point = pointOf(name);
    if (!(await mounted(directory)).has(point)) {
      const device = await findDevice(volume);
      await prepare(device, name);
      await mkdir(point, { recursive: true, mode: 0o755 });
      await run(programs.mount, ['-t', 'ext4', '-o', 'noatime,nosuid,nodev', device, point], { timeout });
      log(`${name}: mounted from ${device}`);
    }
    // Links lead here: where nothing is mounted they lead nowhere.
    return { name, directory: await made(path.join(point, 'data')) };
  }

  /** Formats a blank disk. @throws ConpaasError conflict where something else is on it */
  async function prepare(device: string, name: string): Promise<void> {
    const found = await probe(device);
    if (found === undefined) {
      log(`${name}: formatting ${device}, which is blank`);
      await run(programs.mkfs, ['-q', '-m', '0', '-U', uuidOf(name), device], { timeout });
      return;
    }
    if (found['TYPE'] === 'ext4' && found['UUID'] === uuidOf(name)) return;
    const what = found['TYPE'] ?? found['PTTYPE'] ?? 'something unknown';
    throw new ConpaasError(
      'conflict',
      `The disk ${device} was to hold the volume ${name}, but holds ${what} of somebody else. It is left as it is.`,
    );
  }

  return {
    places: () => usable,
    async settle(volumes) {
      const failures: unknown[] = [];
      const places: VolumePlace[] = [];
      for (const volume of volumes) {
        try {
          places.push(await mountOne(volume));
        } catch (error) {
          failures.push(error);
        }
      }
      usable = places;
      const listed = new Set(volumes.map(({ name }) => pointOf(name)));
      for (const point of await mounted(directory)) {
        if (listed.has(point)) continue;
        // Who still uses it is ended first; till then it is tried again.
        await run(programs.umount, [point], { timeout }).catch((error: unknown) => failures.push(error));
      }
      for (const name of await readdir(directory).catch(() => [])) {
        if (!listed.has(pointOf(name))) await rmdir(pointOf(name)).catch(() => undefined); // still mounted: see above
      }
      if (failures.length > 0) throw failures[0];
    },
  };
}

/** A filesystem's UUID that tells whose volume it is. */
export function uuidOf(name: string): string {
  const hex = createHash('sha256').update(`conpaas volume ${name}`).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}

async function made(directory: string): Promise<string> {
  await mkdir(directory, { recursive: true, mode: 0o755 });
  return directory;
}

/** @throws ConpaasError unreachable: none of the names is there yet */
async function findDevice({ name, devices = [] }: HostVolume): Promise<string> {
  const device = devices.find((one) => existsSync(one));
  if (device !== undefined) return realpath(device);
  throw new ConpaasError('unreachable', `The disk of the volume ${name} has not appeared on this machine yet.`, {
    retry: true,
  });
}

/** What is on a disk; undefined: nothing that anybody would know. */
async function probe(device: string): Promise<Readonly<Record<string, string>> | undefined> {
  try {
    const { stdout } = await run(programs.blkid, ['-p', '-o', 'export', device], { timeout });
    const lines = stdout
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]);
    return Object.fromEntries(lines) as Record<string, string>;
  } catch (error) {
    // "the specified token was not found": blkid(8). Anything else (8: several things at once) is no blank disk.
    if ((error as { code?: unknown }).code === 2) return undefined;
    throw error;
  }
}

/** Mount points below a directory. */
async function mounted(directory: string): Promise<ReadonlySet<string>> {
  const table = await readFile('/proc/self/mountinfo', 'utf8');
  const points = table.split('\n').flatMap((line) => line.split(' ')[4] ?? []);
  return new Set(points.filter((point) => path.dirname(point) === directory));
}
