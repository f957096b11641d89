/** Volumes of a machine, with real disks where this computer lets us make some: loop devices, of files. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createMounts, uuidOf } from './mounts.ts';

const run = promisify(execFile);
let directory: string;
const loops: string[] = [];
beforeEach(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), 'mounts-'));
});
afterEach(async () => {
  await createMounts({ directory: path.join(directory, 'volumes'), log: () => undefined }).settle([]);
  for (const loop of loops.splice(0)) await run('losetup', ['--detach', loop]);
  await rm(directory, { recursive: true, force: true });
});

/** A blank disk. @returns its device */
async function disk(name: string): Promise<string> {
  const file = path.join(directory, name);
  await writeFile(file, '');
  await truncate(file, 32 * 1024 ** 2);
  const { stdout } = await run('losetup', ['--find', '--show', file]);
  const device = stdout.trim();
  loops.push(device);
  return device;
}

const machine = (lines: string[] = []) =>
  createMounts({ directory: path.join(directory, 'volumes'), log: (line) => lines.push(line) });

/** Where disks cannot be made, what needs none is tried. */
const canMount = await run('losetup', ['--find'])
  .then(() => process.getuid?.() === 0)
  .catch(() => false);

test('a disk is waited for, and a directory that somebody else has mounted is used as it is', async () => {
  const mounts = machine();
  const missing = { name: 'app-a-s1-db', devices: [path.join('/dev', 'conpaas-no-such-disk')] };
  await expect(mounts.settle([missing])).rejects.toMatchObject({ code: 'unreachable', failure: { retry: true } });
  expect(mounts.places()).toEqual([]);
  await mounts.settle([{ name: 'app-a-s1-db', directory: path.join(directory, 'given') }]);
  expect(mounts.places()).toEqual([{ name: 'app-a-s1-db', directory: path.join(directory, 'given/data') }]);
  expect(existsSync(path.join(directory, 'given/data'))).toBe(true);
});

if (canMount) {
  test('a blank disk is formatted once; what is on it is there on the next machine', async () => {
    const lines: string[] = [];
    const first = machine(lines);
    const volume = { name: 'app-a-s1-db', devices: ['/dev/conpaas-no-such-disk', await disk('one')] };
    await first.settle([volume]);
    const [place] = first.places();
    await writeFile(path.join(place?.directory ?? '', 'rows'), 'of Ann');
    await first.settle([volume]); // again
    await first.settle([]);
    // Where nothing is mounted, nobody takes the mount point for the volume.
    expect(existsSync(place?.directory ?? '')).toBe(false);

    const second = machine(lines);
    await second.settle([volume]);
    expect(await readFile(path.join(second.places()[0]?.directory ?? '', 'rows'), 'utf8')).toBe('of Ann');
    expect(lines.filter((line) => line.includes('formatting'))).toHaveLength(1);
  });

  test('a disk that holds something else is left as it is, and holds up no other', async () => {
    const [foreign, ours] = [await disk('foreign'), await disk('ours')];
    await run('mkfs.ext4', ['-q', '-U', uuidOf('app-b-s1-other'), foreign]);
    const before = await run('blkid', ['-p', foreign]);
    const mounts = machine();
    const settled = mounts.settle([
      { name: 'app-a-s1-db', devices: [foreign] },
      { name: 'app-a-s2-db', devices: [ours] },
    ]);
    await expect(settled).rejects.toThrow('holds ext4 of somebody else');
    expect(await run('blkid', ['-p', foreign])).toEqual(before);
    expect(mounts.places().map(({ name }) => name)).toEqual(['app-a-s2-db']);

    const partitioned = await disk('partitioned');
    // A table of partitions, with one of Linux.
    const table = Buffer.alloc(512);
    table.set([0, 0, 2, 0, 0x83, 0, 3, 0, 0, 8, 0, 0, 0, 8, 0, 0], 446);
    table.set([0x55, 0xaa], 510);
    await writeFile(partitioned, table);
    await expect(mounts.settle([{ name: 'app-a-s3-db', devices: [partitioned] }])).rejects.toThrow('holds dos');
  });
}
