import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { statesIn, sweepReleases } from './release-sweep.ts';

test('what runs, what ran before, what is wanted and what came lately stays; nothing goes where a state is damaged', async () => {
  const base = await mkdtemp(path.join(os.tmpdir(), 'conpaas-sweep-'));
  try {
    const releases = path.join(base, 'releases');
    const homes = path.join(base, 'homes');
    const long = new Date(Date.now() - 2 * 3600_000);
    for (const name of ['1.0.0-a', '1.1.0-b', '1.2.0-c', '1.3.0-d', '1.4.0-host', '1.5.0-tried', 'incoming', 'young']) {
      const directory = path.join(releases, name);
      await mkdir(directory, { recursive: true });
      await writeFile(path.join(directory, 'agent.mjs'), '');
      if (name !== 'young') await utimes(directory, long, long);
    }
    const state = async (home: string, content: string): Promise<void> => {
      await mkdir(path.join(homes, home), { recursive: true });
      await writeFile(path.join(homes, home, 'program.json'), content);
    };
    await state('agent', JSON.stringify({ good: '1.2.0-c', previous: '1.1.0-b' }));
    await mkdir(path.join(homes, 'manager-1')); // it has not been started yet
    const host = path.join(base, 'host-program.json');
    await writeFile(host, JSON.stringify({ good: '1.4.0-host', trying: { release: '1.5.0-tried' } }));
    const sweep = async () =>
      sweepReleases({
        ...{ releases, states: [...(await statesIn(homes)), host], wanted: ['1.3.0-d', undefined] },
        log: () => undefined,
      });
    await state('director', '{"good":');
    await expect(sweep()).rejects.toThrow();
    expect(await readdir(releases)).toHaveLength(8);

    await rm(path.join(homes, 'director'), { recursive: true });
    expect((await sweep()).sort()).toEqual(['1.0.0-a', 'incoming']);
    expect((await readdir(releases)).sort()).toEqual(
      ['1.1.0-b', '1.2.0-c', '1.3.0-d', '1.4.0-host', '1.5.0-tried', 'young'].sort(),
    );
    expect(
      await sweepReleases({ releases: path.join(base, 'none'), states: [], wanted: [], log: () => undefined }),
    ).toEqual([]);
  } finally {
    await rm(base, { recursive: true, force: true });
  }
});
