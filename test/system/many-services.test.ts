/** An application with so many services that its first machine has more than a hundred nodes. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { openDesk } from './desk.ts';

const count = 30;

it('has all of them on one machine, and one of them runs', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'conpaas-test-'));
  try {
    await using desk = await openDesk();
    await desk.conpaas('up');
    const manifest = path.join(folder, 'many.json');
    const services = Array.from({ length: count }, (_, at) => ({
      ...{ Type: 'php', ServiceName: `service-${at + 1}`, Start: at === 0 ? 1 : 0 },
    }));
    await writeFile(manifest, JSON.stringify({ Version: 1, Application: 'Many', Services: services }));
    await desk.conpaas('apply', manifest, '--wait');

    const Info = z.object({
      services: z.array(
        z.object({ name: z.string(), state: z.string(), nodes: z.array(z.object({ vm: z.string() })) }),
      ),
    });
    const { services: found } = await desk.json(Info, 'app', 'show', 'Many');
    expect(found.map(({ state }) => state)).toEqual(['running', ...Array.from({ length: count - 1 }, () => 'stopped')]);
    const machines = found.flatMap(({ nodes }) => nodes.map(({ vm }) => vm));
    expect(machines.length).toBeGreaterThan(100);
    expect(new Set(machines).size).toBe(1);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
