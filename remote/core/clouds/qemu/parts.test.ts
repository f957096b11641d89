import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bootId } from '../../supervisor/proc.ts';
import { findAcceleration } from './acceleration.ts';
import { busOf, cardsOf, chooseInside, chooseLoopback } from './addresses.ts';
import { machineArguments } from './arguments.ts';
import { ownArchitecture } from './boards.ts';
import type { Image } from './image.ts';
import { runTool } from './programs.ts';
import { isoImage, seedFiles } from './seed.ts';
import { QemuSettings, usualDirectory, usualImage } from './settings.ts';

const never = new AbortController().signal;

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), 'conpaas-qemu-parts-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describe('the words that QEMU is started with', () => {
  const record = {
    id: 'vm-1',
    tags: { deployment: 'd-1', application: '', operation: '' },
    inside: '10.90.7.9',
    loopback: '127.20.30.40',
    image: { madeAt: 1, disk: 'disk.qcow2', kernel: { file: 'vmlinuz', initrd: 'initrd.img' } },
  };
  const words = (more: Partial<Parameters<typeof machineArguments>[0]>) =>
    machineArguments({
      ...{ record, cpus: 1, memoryMb: 1024, imageDirectory: '/image', acceleration: 'none' as const },
      ...more,
    });
  const valuesOf = (list: readonly string[], word: string): string[] =>
    list.flatMap((one, at) => (one === word ? [list[at + 1] ?? ''] : []));

  test('forward the open ports of a loopback address to that which the machine knows, and let nothing out', () => {
    const [bus, outside] = valuesOf(words({}), '-netdev');
    const forwards = [80, 443, 5555, 22].map((port) => `hostfwd=tcp:127.20.30.40:${port}-10.90.7.9:${port}`);
    expect(outside).toBe(['user,id=outside,restrict=on,ipv6=off', ...forwards].join());
    expect(bus).toMatch(/^socket,id=bus,mcast=239\.\d+\.\d+\.\d+:2\d{4},localaddr=127\.0\.0\.1$/);
  });

  test('boot the kernel of the image, or what its disk has', () => {
    expect(valuesOf(words({}), '-kernel')).toEqual(['/image/vmlinuz']);
    expect(words({ record: { ...record, image: { madeAt: 1, disk: 'disk.qcow2' } } })).not.toContain('-kernel');
  });

  test('are those of the board that there is for the processors of its image', () => {
    const arm = { ...record, image: { ...record.image, architecture: 'arm64' as const } };
    const boardOf = (list: readonly string[]) => [
      ...['-machine', '-cpu'].flatMap((word) => valuesOf(list, word)),
      /console=\S+/.exec(valuesOf(list, '-append')[0] ?? '')?.[0],
    ];
    expect(boardOf(words({}))).toEqual(['q35', 'max', 'console=ttyS0']);
    expect(boardOf(words({ record: arm }))).toEqual(['virt,gic-version=max', 'max,pauth-impdef=on', 'console=ttyAMA0']);
  });

  test.each([
    ['kvm', ['kvm'], ['host']],
    ['none', ['tcg,thread=multi,tb-size=256'], ['max']],
  ] as const)('acceleration %s', (acceleration, accel, cpu) => {
    const found = words({ acceleration });
    expect([valuesOf(found, '-accel'), valuesOf(found, '-cpu')]).toEqual([accel, cpu]);
  });
});

describe('addresses', () => {
  test('the bus of a deployment is the same for all its drivers, and another for others', () => {
    expect(busOf('d-1')).toEqual(busOf('d-1'));
    const all = Array.from({ length: 200 }, (_none, at) => busOf(`d-${at}`));
    expect(new Set(all.map(({ group, port }) => `${group}:${port}`)).size).toBe(200);
    for (const { group, port } of all) {
      expect(group).toMatch(/^239\.(19[2-9]|2[0-4]\d|25[0-5])\.\d{1,3}\.([1-9]|[1-9]\d|1\d\d|2[0-4]\d|25[0-4])$/);
      expect(port).toBeGreaterThanOrEqual(20_000);
      expect(port).toBeLessThan(30_000);
    }
  });

  test('are chosen beside those that are taken; a card has the address in its number', () => {
    const taken = new Set<string>();
    for (let count = 0; count < 500; count += 1) taken.add(chooseInside(taken));
    expect(taken.size).toBe(500);
    expect(chooseLoopback(new Set())).toMatch(/^127\.(1[6-9]|[2-9]\d|1\d\d|2[0-4]\d)\./);
    expect(cardsOf('10.90.7.255').bus).toBe('52:54:00:5a:07:ff');
  });
});

describe('the seed', () => {
  const files = seedFiles({ id: 'vm-1', name: 'director', inside: '10.90.7.9' }, '#!/bin/sh\necho hello\n');

  test('is a volume that the system finds by its name', async () => {
    await writeFile(path.join(directory, 'seed.iso'), isoImage('cidata', files));
    const { output } = await runTool('blkid', ['-p', '-o', 'export', 'seed.iso'], directory, never);
    expect(output).toContain('LABEL=cidata');
    expect(output).toContain('TYPE=iso9660');
  });

  test('has the script as it is, the name, and both cards, that of its own address first; no way out', () => {
    expect(Object.keys(files).sort()).toEqual(['meta-data', 'network-config', 'user-data']);
    expect(files['user-data']).toBe('#!/bin/sh\necho hello\n');
    expect(JSON.parse(files['meta-data'] ?? '')).toEqual({
      ...{ 'instance-id': 'vm-1', 'local-hostname': 'director', dsmode: 'local' },
    });
    const subnets = (text = ''): unknown[] =>
      (JSON.parse(text) as { config: { subnets: unknown[] }[] }).config.map((card) => card.subnets[0]);
    expect(subnets(files['network-config'])).toEqual([
      { type: 'static', address: '10.90.7.9/16' },
      { type: 'static', address: '10.0.2.15/24' },
    ]);
  });

  test('puts each file at a sector of its own, with its length', () => {
    const image = isoImage('cidata', { a: 'x'.repeat(3000), b: 'second' });
    expect(image.length).toBe((21 + 2 + 1) * 2048);
    expect(image.toString('latin1', 21 * 2048, 21 * 2048 + 3000)).toBe('x'.repeat(3000));
    expect(image.toString('latin1', 23 * 2048, 23 * 2048 + 6)).toBe('second');
  });
});

describe('KVM', () => {
  const image: Image = { madeAt: 7, disk: 'disk.qcow2', kernel: { file: 'vmlinuz', initrd: 'initrd.img' } };
  const place = async (name: string): Promise<string> => {
    const made = path.join(directory, name);
    await mkdir(made);
    return made;
  };

  test('does not work where there is no device, nor where there is one that only looks like it', async () => {
    const absent = await place('absent');
    expect(await findAcceleration(absent, image, never, '/nowhere/kvm')).toBe('none');
    // Opens, but what begins with it never gets a kernel to the end: here there is not even a kernel.
    const useless = await place('useless');
    expect(await findAcceleration(useless, image, never, '/dev/null')).toBe('none');
  });

  test('is tried once after each boot of this computer, and for each image', async () => {
    const tried = await place('tried');
    const kept = path.join(tried, 'acceleration.json');
    const known = { boot: bootId(), kernel: os.release(), madeAt: 7, acceleration: 'kvm' };
    await writeFile(kept, JSON.stringify(known));
    expect(await findAcceleration(tried, image, never, '/nowhere/kvm')).toBe('kvm');
    for (const other of [{ boot: 'another' }, { kernel: 'another' }, { madeAt: 8 }]) {
      await writeFile(kept, JSON.stringify({ ...known, ...other }));
      expect(await findAcceleration(tried, image, never, '/nowhere/kvm')).toBe('none');
      expect(JSON.parse(await readFile(kept, 'utf8'))).toEqual({ ...known, acceleration: 'none' });
    }
  });
});

test('machines and their disk are kept in the data of the user', () => {
  expect(usualDirectory({ CONPAAS_HOME: '/mine', XDG_DATA_HOME: '/data' })).toBe('/mine/qemu');
  expect(usualDirectory({ XDG_DATA_HOME: '/data' })).toBe('/data/conpaas-qemu');
  expect(usualImage(ownArchitecture, { XDG_DATA_HOME: '/data' })).toBe('/data/conpaas-qemu/image');
  expect(usualImage(ownArchitecture, { CONPAAS_QEMU_IMAGE: '/images/one' })).toBe('/images/one');
  const other = ownArchitecture === 'x64' ? 'arm64' : 'x64';
  expect(usualImage(other, { XDG_DATA_HOME: '/data' })).toBe(`/data/conpaas-qemu/image-${other}`);
  expect(() => QemuSettings.parse({ deployment: 'd-1', sise: 'small' })).toThrow(/sise/);
});
