import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { programNames, programsOf } from '../core/clouds/machines/programs.ts';
import type { Call } from '../core/contract/method.ts';
import { programHandlers } from './program-handlers.ts';

const call: Call = {
  caller: undefined,
  user: undefined,
  signal: AbortSignal.timeout(10_000),
  presented: [],
  from: '10.0.0.1',
};

test('a program is given by its digest, nothing else is, and no more than so many at once', async () => {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'conpaas-programs-'));
  try {
    for (const name of programNames) await writeFile(path.join(directory, name), `content of ${name}`);
    const programs = programsOf(directory, path.join(directory, 'node'));
    const { get_program } = programHandlers(path.join(directory, 'home'), programs);
    const agent = (await programs()).find(({ name }) => name === 'agent.mjs');
    const sha256 = agent?.sha256 ?? '';
    const given = await get_program({ sha256 }, call);
    expect(given).toMatchObject({ size: 20, sha256, name: 'agent.mjs' });
    expect((await buffer(given.stream)).toString()).toBe('content of agent.mjs');
    await expect(get_program({ sha256: '0'.repeat(64) }, call)).rejects.toMatchObject({ code: 'not_found' });

    const open = await Promise.all(Array.from({ length: 32 }, () => get_program({ sha256 }, call)));
    await expect(get_program({ sha256 }, call)).rejects.toMatchObject({ failure: { code: 'conflict', retry: true } });
    await Promise.all(open.map(({ stream }) => buffer(stream)));
    await expect.poll(async () => (await get_program({ sha256 }, call)).size).toBe(20);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});

test('a program is compressed once, whoever asks, and again by no later director; what an older one left goes', async () => {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'conpaas-programs-'));
  const home = path.join(directory, 'home');
  const kept = path.join(home, 'compressed-programs');
  const content = 'a program that says the same again and again. '.repeat(10_000);
  try {
    for (const name of programNames) await writeFile(path.join(directory, name), `${name}: ${content}`);
    const programs = programsOf(directory, path.join(directory, 'node'));
    const runtime = (await programs()).find(({ name }) => name === 'node');
    const params = { sha256: runtime?.sha256 ?? '', encoding: 'gzip' as const };
    const fetched = async ({ get_program }: ReturnType<typeof programHandlers>) => {
      const given = await get_program(params, call);
      return { ...given, bytes: await buffer(given.stream) };
    };
    const first = programHandlers(home, programs);
    const [one, ...others] = await Promise.all(Array.from({ length: 8 }, () => fetched(first)));
    if (!one) throw new Error('nothing was fetched');
    expect(gunzipSync(one.bytes).toString()).toBe(`node: ${content}`);
    expect(one.bytes.length).toBeLessThan(content.length / 10);
    expect(one).toMatchObject({ size: one.bytes.length, name: 'node.gz' });
    expect(one.sha256).toBe(createHash('sha256').update(one.bytes).digest('hex'));
    for (const other of others) expect(other.bytes.equals(one.bytes)).toBe(true);
    const file = path.join(kept, `${params.sha256}.gz`);
    expect(await readdir(kept)).toEqual([path.basename(file)]);
    const made = (await stat(file)).ino;

    await writeFile(path.join(kept, `${'0'.repeat(64)}.gz`), 'of an older release');
    await writeFile(`${file}.new`, 'begun by a director that was killed');
    expect((await fetched(programHandlers(home, programs))).bytes.equals(one.bytes)).toBe(true);
    expect((await stat(file)).ino).toBe(made);
    expect(await readdir(kept)).toEqual([path.basename(file)]);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
