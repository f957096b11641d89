/** A director is made anew from a backup that knows neither a cloud of it nor the machines there: both are its own again. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { ApplicationSummary, VmInfo } from '../../remote/core/contract/index.ts';
import { type Desk, openDesk } from './desk.ts';
import { untilFollowed } from './new-director.ts';
import { ask, probeManifest } from './probe.ts';
import { until } from './until.ts';

const Manifest = z.looseObject({ Services: z.array(z.looseObject({ Type: z.string() })) });
const Clouds = z.array(z.object({ name: z.string() }));

const applications = (desk: Desk) => desk.json(z.array(ApplicationSummary), 'app', 'list');
const machines = async (desk: Desk) =>
  (await desk.json(z.array(VmInfo), 'call', 'director', 'list_vms')).map(({ id, cloud }) => `${cloud} ${id}`).sort();
const clouds = async (desk: Desk) => (await desk.json(Clouds, 'director', 'cloud', 'list')).map(({ name }) => name);

it('machines on a cloud that was added after the backup are adopted; one that was removed since is forgotten', async () => {
  const work = await mkdtemp(path.join(os.tmpdir(), 'conpaas-restored-'));
  await using desk = await openDesk();
  await desk.conpaas('up');
  const whole = await probeManifest(work, { database: true, more: { Cloud: 'attic' } });
  const { Services, ...rest } = Manifest.parse(JSON.parse(await readFile(whole, 'utf8')));
  const database = path.join(work, 'database.json');
  await writeFile(database, JSON.stringify({ ...rest, Services: Services.filter(({ Type }) => Type === 'mysql') }));
  await desk.conpaas('apply', database, '--wait');
  await desk.conpaas('director', 'cloud', 'add', 'cellar');
  await desk.conpaas('director', 'backup', '--now');

  await desk.conpaas('director', 'cloud', 'remove', 'cellar');
  await desk.conpaas('director', 'cloud', 'add', 'attic');
  await desk.conpaas('apply', whole, '--wait');
  const address = (await applications(desk))[0]?.address ?? '';
  expect((await fetch(`${address}/post?id=kept`, { method: 'POST' })).status).toBe(200);
  const before = await machines(desk);
  expect(before.map((text) => text.split(' ')[0])).toEqual(['attic', 'local']);
  const agents = () => desk.processes('agent').map(({ pid }) => pid);
  const running = agents();

  await desk.conpaas('director', 'restore', '--yes');
  expect(await clouds(desk)).toEqual(['local', 'attic']);
  await until('the end of what is forgotten', () =>
    desk.processes().every(({ commandLine }) => !commandLine.includes('/clouds/cellar')),
  );
  await untilFollowed(desk);
  // Nothing was made again: the same machines, and the same agents on them.
  expect(await machines(desk)).toEqual(before);
  expect(agents().sort()).toEqual(running.sort());
  expect((await ask(address, '/posts')).posts).toEqual({ kept: 1 });
  // All obey the new director.
  await desk.conpaas('app', 'delete', 'Probe', '--yes');
  expect(await machines(desk)).toEqual([]);
  await rm(work, { recursive: true, force: true });
}, 300_000);
