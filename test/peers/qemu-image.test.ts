/**
 * The making of an image with machines that boot: a machine of QEMU, with systemd and cloud-init, is made ready as one of
 * a cloud is and switched off; a machine that begins with its disk boots as another one. Its packages are there before,
 * for machines here reach no mirror; `image.test.ts` shows how they come.
 */
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type ContactRecord, createContact } from '../../main/contact/index.ts';
import { buildImage } from '../../main/images/build-at-cloud.ts';
import { contactTransport } from '../../remote/core/clouds/machines/contacted-cloud.ts';
import { type CloudImage, factsOf, newBuilder } from '../../remote/core/clouds/machines/images.ts';
import { programsDirectory } from '../../remote/core/clouds/machines/layout.ts';
import { programsOf } from '../../remote/core/clouds/machines/programs.ts';
import type { Provider } from '../../remote/core/clouds/machines/provider.ts';
import { composeImageData } from '../../remote/core/clouds/machines/user-data.ts';
import { imageFile, readImage } from '../../remote/core/clouds/qemu/image.ts';
import { openQemu } from '../../remote/core/clouds/qemu/index.ts';
import { files, readMachines } from '../../remote/core/clouds/qemu/record.ts';
import { digestFile } from '../../remote/core/files/index.ts';
import { runtime } from '../../remote/host/stand-in.ts';
import { checkout } from '../system/paths.ts';
import { machineDisk } from './machine-disk.ts';

const run = promisify(execFile);
/** An emulated machine boots in a minute where it has a processor for itself, and in ten where it has not. */
const bootMs = 20 * 60_000;
vi.setConfig({ testTimeout: 2 * bootMs, hookTimeout: 3 * bootMs });
const signal = AbortSignal.timeout(3 * bootMs);
const packages = ['bubblewrap', 'nginx-light', 'php8.2-fpm | php-fpm', 'mariadb-server'];

const builder = newBuilder(Date.now());
let work: string;
let image: CloudImage;

function contactWith() {
  const kept: { record?: ContactRecord } = {};
  const contact = createContact({
    bootMs,
    store: {
      read: async () => kept.record,
      async update(change) {
        kept.record = change(kept.record);
        return kept.record;
      },
    },
  });
  return { contact, kept };
}

/** A cloud that makes images of machines: their disk becomes one that others begin with. */
function flattening(directory: string): Provider {
  const provider = openQemu({ deployment: builder, directory, image: machineDisk() });
  const made: CloudImage[] = [];
  return {
    ...provider,
    images: {
      base: async () => ({ base: 'debian-12', architecture: 'x64' }),
      list: async () => made,
      async create({ name, server }) {
        const placed = (await readMachines(directory, builder)).find(({ record }) => record.id === server);
        const facts = factsOf(name);
        if (!placed || !facts) throw new Error('There is no such machine, or no such name');
        const from = await readImage(machineDisk());
        const place = path.join(directory, 'made');
        await mkdir(place);
        for (const one of from.kernel ? [from.kernel.file, from.kernel.initrd] : []) {
          await copyFile(path.join(machineDisk(), one), path.join(place, one));
        }
        await run('qemu-img', [
          ...['convert', '-O', 'qcow2', path.join(placed.directory, files.disk)],
          path.join(place, 'disk.qcow2'),
        ]);
        await writeFile(path.join(place, imageFile), JSON.stringify({ ...from, disk: 'disk.qcow2' }));
        made.push({ ...facts, id: place, name, state: 'available' });
        return { id: place };
      },
      destroy: async () => undefined,
    },
  };
}

const { contact, kept } = contactWith();

beforeAll(async () => {
  work = await mkdtemp(path.join(os.tmpdir(), 'conpaas-qemu-image-'));
  const provider = flattening(path.join(work, 'machines'));
  image = await buildImage({
    ...{ provider, builder, contact, packages, release: '1.2.3', requestedBy: 'ann', signal },
    programs: programsOf(path.join(checkout, 'dist/remote'), runtime),
    onOperation({ steps }) {
      const running = steps.find(({ state }) => state === 'running');
      if (running) console.log(`${running.title} ${running.detail ?? ''}`);
    },
  });
});
afterAll(async () => {
  await using provider = openQemu({
    deployment: builder,
    directory: path.join(work, 'machines'),
    image: machineDisk(),
  });
  await provider.retire?.(AbortSignal.timeout(30_000));
  await rm(work, { recursive: true, force: true });
});

it('has nothing of its machine on its disk', async () => {
  const [raw, place] = [path.join(work, 'raw'), path.join(work, 'mounted')];
  await run('qemu-img', ['convert', '-O', 'raw', path.join(image.id, 'disk.qcow2'), raw]);
  await mkdir(place);
  await run('mount', ['-o', 'loop,ro,noload', raw, place]);
  try {
    const at = (name: string): string => path.join(place, name);
    expect((await readdir(at('etc/ssh'))).filter((name) => name.startsWith('ssh_host_'))).toEqual([]);
    expect(await readFile(at('etc/machine-id'), 'utf8')).toBe('');
    expect(await readdir(at('var/lib'))).not.toContain('conpaas');
    expect((await readdir(at('etc/systemd/system'))).filter((name) => name.startsWith('conpaas'))).toEqual([]);
    expect(await readdir(at('var/lib/cloud'))).toEqual([]);
    const logs = await readdir(at('var/log'), { recursive: true, withFileTypes: true });
    const full: string[] = [];
    for (const entry of logs.filter((one) => one.isFile())) {
      const file = path.join(entry.parentPath, entry.name);
      if ((await stat(file)).size > 0) full.push(path.relative(place, file));
    }
    // What the machine notes down as it is switched off: when, and nothing else.
    expect(full.filter((name) => name !== 'var/log/wtmp')).toEqual([]);
    expect(await readdir(at(programsDirectory.slice(1)))).toEqual(['node', 'node.sha256']);
    const { sha256 } = await digestFile(runtime, undefined);
    expect(await readFile(path.join(at(programsDirectory.slice(1)), 'node.sha256'), 'utf8')).toBe(sha256);
  } finally {
    await run('umount', [place]);
    await rm(raw);
  }
});

it('boots as another machine, which has a name, an id and keys of its own', async () => {
  await using provider = openQemu({
    deployment: 'd-of-image',
    directory: path.join(work, 'machines'),
    image: image.id,
  });
  const other = contactWith();
  const transport = contactTransport(provider, other.contact);
  const tags = { deployment: 'd-of-image', application: '', operation: 'op-1' };
  const userData = composeImageData(await other.contact.keys('another'));
  const { id } = await provider.createServer({ name: 'another', tags, userData }, signal);
  try {
    const cat = async (file: string): Promise<string> =>
      (await transport.run(id, ['/bin/cat', file], '', signal)).output;
    expect(await cat('/etc/hostname')).toBe('another\n');
    expect(await cat('/etc/machine-id')).toMatch(/^[0-9a-f]{32}\n$/);
    expect(await cat(`${programsDirectory}/node.sha256`)).toBe((await digestFile(runtime, undefined)).sha256);
    const known = ({ record }: typeof kept): string[] =>
      Object.values(record?.hosts ?? {}).map((one) => one.known ?? '');
    expect(known(other.kept)).toHaveLength(1);
    expect(known(other.kept)).not.toEqual(known(kept));
  } finally {
    await transport[Symbol.asyncDispose]?.();
    await provider.destroyServer(id, signal);
    await provider.retire?.(signal);
  }
});
