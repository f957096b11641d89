import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
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
    const { get_program } = programHandlers(programs);
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
