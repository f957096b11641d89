/**
 * The making of an image, with machines that are there: a container of a plain Debian, contacted by SSH as a machine of a
 * cloud is, is made ready by the program that does it everywhere, and Podman makes an image of it. Nothing of the machine
 * is left in it, and a machine that is made of it is ready without fetching packages or Node.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ContactRecord, createContact } from '../../main/contact/index.ts';
import { buildImage } from '../../main/images/build-at-cloud.ts';
import { createContainersProvider } from '../../remote/core/clouds/containers/containers-provider.ts';
import { containerOf } from '../../remote/core/clouds/containers/servers.ts';
import { type CloudImage, factsOf, newBuilder } from '../../remote/core/clouds/machines/images.ts';
import { hostDirectory, programsDirectory } from '../../remote/core/clouds/machines/layout.ts';
import { machinePackages } from '../../remote/core/clouds/machines/packages.ts';
import { programsOf } from '../../remote/core/clouds/machines/programs.ts';
import type { Provider } from '../../remote/core/clouds/machines/provider.ts';
import { digestFile } from '../../remote/core/files/index.ts';
import { findExecutable } from '../../remote/core/service/engines.ts';
import { runtime } from '../../remote/host/stand-in.ts';
import { spec as php } from '../../remote/services/php/spec.ts';
import { type CountingMirror, openMirror } from '../support/plain-machines/mirror.ts';
import { openPlainDeployment, type PlainDeployment } from '../support/plain-machines/plain-deployment.ts';
import { checkout } from '../system/paths.ts';
import { peerAddress, peerMirror, peerSocket, plainImage } from './engine.ts';

const signal = AbortSignal.timeout(540_000);
const repository = 'localhost/conpaas-made';
const packages = [...machinePackages, ...Object.values(php.roles).flatMap((role) => role.packages)];

/** Containers as a cloud that makes images of machines: Podman does. */
function committing(deployment: ReturnType<typeof newBuilder>): Provider {
  const { provider, api } = createContainersProvider({ deployment, socket: peerSocket(), image: plainImage() });
  const made: CloudImage[] = [];
  return {
    ...provider,
    images: {
      base: async () => ({ base: 'debian-12', architecture: provider.architecture }),
      list: async () => made,
      async create({ name, server }) {
        const facts = factsOf(name);
        if (!facts) throw new Error(`${name} is no name of an image`);
        const query = {
          ...{ container: containerOf(server) ?? '', repo: repository, tag: name },
          changes: 'ENV CONPAAS_USER_DATA=', // it is of the container, as user-data is of a machine, and no file
        };
        await api.request({ method: 'POST', path: '/commit', query, body: {} }, signal);
        const id = `${repository}:${name}`;
        made.push({ ...facts, id, name, state: 'available' });
        return { id };
      },
      async destroy(id) {
        await api.request({ method: 'DELETE', path: `/images/${id}`, query: { force: '1' } }, signal);
      },
    },
  };
}

/** Files in which one of some words is. @param more options of grep */
async function filesWith(root: string, words: readonly string[], ...more: string[]): Promise<readonly string[]> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'conpaas-words-'));
  try {
    await writeFile(path.join(folder, 'words'), `${words.join('\n')}\n`);
    const places = (await readdir(root)).filter((name) => !['proc', 'sys', 'dev'].includes(name));
    const given = [...more, '-r', '-l', '-a', '-F', '-s', '-f', path.join(folder, 'words'), '--', ...places];
    const child = spawn('grep', given, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
    return (await text(child.stdout))
      .split('\n')
      .filter((name) => name !== '')
      .sort();
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('an image of a machine', () => {
  const builder = newBuilder(Date.now());
  const maker = committing(builder);
  let record: ContactRecord | undefined;
  let image: CloudImage;
  /** That the machines' own sources name. */
  let theirs: CountingMirror;
  /** Of the director. */
  let mirror: CountingMirror;
  let deployment: PlainDeployment;

  beforeAll(async () => {
    theirs = await openMirror(peerMirror(), peerAddress(), 80);
    mirror = await openMirror(peerMirror(), peerAddress(), 8080);
    const store = {
      read: async () => record,
      async update(change: (now: ContactRecord | undefined) => ContactRecord) {
        record = change(record);
        return record;
      },
    };
    image = await buildImage({
      ...{ provider: maker, builder, packages, release: '1.2.3', requestedBy: 'ann', signal },
      programs: programsOf(path.join(checkout, 'dist/remote'), runtime),
      contact: createContact({ store }),
    });
    deployment = await openPlainDeployment({
      ...{ socket: peerSocket(), image: image.id, address: peerAddress(), mirror: mirror.url },
      ...{ specs: { php }, bundles: path.join(checkout, 'dist/remote'), signal },
    });
  }, 600_000);
  afterAll(async () => {
    await deployment?.[Symbol.asyncDispose]();
    if (image) await maker.images?.destroy(image.id, signal);
    await mirror[Symbol.asyncDispose]();
    await theirs[Symbol.asyncDispose]();
  });

  it('is made of a machine that installs its packages, which is gone then with all that it had', async () => {
    expect(theirs.count.bytes).toBeGreaterThan(5_000_000);
    expect(await maker.listServers(signal)).toEqual([]);
    expect(await maker.belongings(signal)).toEqual([]);
    expect(image).toMatchObject({ release: '1.2.3', base: 'debian-12', builder });
  });

  it('has engines that nothing starts, and Node with its digest', async () => {
    const { root } = await deployment.bare('looked-at', '#!/bin/sh\nexec sleep infinity\n');
    const programs = Object.values(php.roles).flatMap(({ executables }) => executables);
    expect(programs.filter((program) => findExecutable(path.join(root, program)) === undefined)).toEqual([]);
    for (const unit of ['nginx', 'haproxy', 'redis-server']) {
      expect(await readlink(path.join(root, `etc/systemd/system/${unit}.service`))).toBe('/dev/null');
    }
    const { sha256 } = await digestFile(runtime, signal);
    expect(await readdir(path.join(root, programsDirectory))).toEqual(['node', 'node.sha256']);
    expect(await readFile(path.join(root, programsDirectory, 'node.sha256'), 'utf8')).toBe(sha256);
    expect((await digestFile(path.join(root, programsDirectory, 'node'), signal)).sha256).toBe(sha256);
  });

  it('has nothing of the machine that it was made of: no key, no name, no id, no note of what was done', async () => {
    const { root } = await deployment.bare('searched', '#!/bin/sh\nexec sleep infinity\n');
    const at = (place: string): string => path.join(root, place);
    const { client, hosts } = record ?? { client: undefined, hosts: {} };
    const [host] = Object.values(hosts);
    const body = (key = ''): string[] => key.split('\n').filter((line) => /^[A-Za-z0-9+/=]{40,}$/.test(line));
    const keys = [client?.public, host?.known].map((line) => line?.split(' ')[1] ?? '');
    expect(keys.every((key) => key.length > 40)).toBe(true);
    expect(await filesWith(root, [builder, ...keys, ...body(client?.private)])).toEqual([]);
    const begins = ['OPENSSH ', 'RSA ', 'EC ', ''].map((kind) => `-----BEGIN ${kind}PRIVATE KEY-----`);
    expect(await filesWith(root, begins, '-x')).toEqual([]);

    for (const place of ['var/lib/conpaas', 'root/.ssh', 'root/.bash_history', 'run/one-context']) {
      expect(existsSync(at(place)) ? place : undefined).toBeUndefined();
    }
    expect((await readdir(at('etc/ssh'))).filter((name) => name.startsWith('ssh_host_'))).toEqual([]);
    expect(await readFile(at('etc/machine-id'), 'utf8')).toBe('');
    for (const place of ['var/lib/apt/lists', 'var/tmp']) expect(await readdir(at(place))).toEqual([]);
    // The engine's own socket is mounted there while the machine runs, and stays a place.
    expect(await readdir(at('tmp'))).toEqual([path.basename(path.dirname(peerSocket()))]);
    const logs = await readdir(at('var/log'), { recursive: true, withFileTypes: true });
    const full: string[] = [];
    for (const entry of logs.filter((one) => one.isFile())) {
      const file = path.join(entry.parentPath, entry.name);
      if ((await stat(file)).size > 0) full.push(file);
    }
    expect(full).toEqual([]);
  });

  it('makes a machine that is ready without fetching packages or Node', async () => {
    theirs.reset();
    mirror.reset();
    const machine = await deployment.add('First');
    expect(mirror.count).toEqual({ asked: [], bytes: 0 });
    expect(theirs.count).toEqual({ asked: [], bytes: 0 });
    const log = await readFile(path.join(machine.root, hostDirectory, 'host.log'), 'utf8');
    expect(log).not.toMatch(/packages: /);
    // Who fetches Node removes the digest first.
    expect((await readdir(path.join(machine.root, programsDirectory))).sort()).toEqual(
      expect.arrayContaining(['agent.mjs', 'host.mjs', 'manager.mjs', 'node', 'node.sha256', 'ready']),
    );
    console.log(`ready in ${machine.readyMs} ms`);
  });
});
