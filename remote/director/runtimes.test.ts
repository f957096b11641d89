import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createContactedCloud } from '../core/clouds/machines/contacted-cloud.ts';
import { programNames, programsOf } from '../core/clouds/machines/programs.ts';
import { fakeProvider } from '../core/clouds/machines/provider.fixture.ts';
import { ConpaasError } from '../core/contract/errors.ts';
import type { Call } from '../core/contract/method.ts';
import { digestFile } from '../core/files/index.ts';
import { programHandlers } from './program-handlers.ts';
import { Runtimes, runtimeHandlers } from './runtimes.ts';

const { signal } = new AbortController();
const call: Call = { caller: undefined, user: undefined, signal, presented: [], from: '10.0.0.1' };
let directory: string;
let runtimes: Runtimes;

beforeEach(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), 'conpaas-runtimes-'));
  await mkdir(path.join(directory, 'spool'));
  for (const name of programNames) await writeFile(path.join(directory, name), `content of ${name}`);
  runtimes = open();
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const open = () =>
  new Runtimes({
    directory: path.join(directory, 'runtimes'),
    programs: programsOf(directory, path.join(directory, 'node')),
    own: 'x64',
  });

/** The begin of an ELF file (elf(5)) for a machine, and something after it. */
function elf(machine: number): Buffer {
  const header = Buffer.alloc(64);
  header.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  header.writeUInt16LE(2, 16);
  header.writeUInt16LE(machine, 18);
  return Buffer.concat([header, randomBytes(100)]);
}
const ofArm = 183;

/** As the server hands an upload over. */
async function uploaded(content: Uint8Array) {
  const file = path.join(directory, 'spool', randomBytes(4).toString('hex'));
  await writeFile(file, content);
  return { path: file, name: 'node', ...(await digestFile(file, undefined)) };
}

test('machines with other processors get the same bundles and a Node of their own, over restarts too', async () => {
  expect((await runtimes.of('x64')).map(({ name }) => name)).toEqual([...programNames]);
  await expect(runtimes.of('arm64')).rejects.toThrow(/no Node for machines of the architecture arm64.*conpaas up/);
  expect(await runtimes.otherNode('x64')).toBeUndefined();
  expect(await runtimes.otherNode(undefined)).toBeUndefined(); // a cloud of this computer

  const first = await uploaded(elf(ofArm));
  await runtimes.add('arm64', first);
  for (const each of [runtimes, open()]) {
    const programs = await each.of('arm64');
    const differing = programs.filter(({ sha256 }, at) => sha256 !== programNames[at] && sha256 === first.sha256);
    expect(differing.map(({ name }) => name)).toEqual(['node']);
    expect(programs.map(({ name }) => name)).toEqual([...programNames]);
    expect(await each.otherNode('arm64')).toBe(first.sha256);
    expect((await each.list()).map(({ architecture, own }) => [architecture, own])).toEqual([
      ['x64', true],
      ['arm64', false],
    ]);
  }
  const second = await uploaded(elf(ofArm));
  await runtimes.add('arm64', second);
  expect([await runtimes.otherNode('arm64'), await open().otherNode('arm64')]).toEqual([second.sha256, second.sha256]);
});

test.each([
  ['x64', elf(62), 'conflict'],
  ['arm64', elf(62), 'invalid_request'],
  ['arm64', Buffer.from('#!/bin/sh\nexec true and something more\n'), 'invalid_request'],
  ['arm64', Buffer.from('short'), 'invalid_request'],
] as const)('for %s nothing is taken that machines could not run', async (architecture, content, code) => {
  const file = await uploaded(content);
  await expect(runtimes.add(architecture, file)).rejects.toMatchObject({ code });
  expect(existsSync(file.path)).toBe(true); // the server's to delete
  expect((await runtimes.list()).length).toBe(1);
});

test('a machine of another architecture is told the digest of its Node, and fetches it', async () => {
  const node = elf(ofArm);
  await runtimes.add('arm64', await uploaded(node));
  const { provider: ofX64, requests } = fakeProvider();
  const provider = { ...ofX64, architecture: 'arm64' as const };
  const director = { host: '10.0.0.1', port: 5555 };
  const source = { kind: 'fetch', director, programs: (of: 'x64' | 'arm64') => runtimes.of(of) } as const;
  await using cloud = createContactedCloud(provider, source);
  expect(cloud.architecture).toBe('arm64');
  const tags = { deployment: 'd-one', application: 'app-one', operation: 'op-one' };
  await cloud.createVm({ name: 'vm-one', tags, processes: [] }, signal);
  const sha256 = /need node ([0-9a-f]{64})/.exec(requests[0]?.userData ?? '')?.[1] ?? '';
  expect(sha256).toBe(await runtimes.otherNode('arm64'));
  const { get_program } = programHandlers(path.join(directory, 'home'), () => runtimes.all());
  expect((await buffer((await get_program({ sha256 }, call)).stream)).equals(node)).toBe(true);
});

test('nobody but the owner brings programs of machines', async () => {
  const users = {
    requireOwner: () => {
      throw new ConpaasError('forbidden', 'You are not the owner.');
    },
  } as never;
  const { upload_runtime } = runtimeHandlers({ runtimes, users });
  const file = await uploaded(elf(ofArm));
  await expect(upload_runtime({ architecture: 'arm64' }, file, call)).rejects.toMatchObject({ code: 'forbidden' });
  expect((await runtimes.list()).length).toBe(1);
});
