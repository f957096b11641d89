/**
 * A director's machine is destroyed with its disk, and the desktop that made it is lost but for an export of its vault: another
 * desktop makes the director anew from the volume alone, in containers of a real engine, while the application serves.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { openEngineApi } from '../../remote/core/clouds/containers/engine-api.ts';
import { ApplicationSummary } from '../../remote/core/contract/index.ts';
import { type Desk, openDesk } from '../system/desk.ts';
import { explain, type Load, startLoad } from '../system/load.ts';
import { runningNodes } from '../system/new-director.ts';
import { probeManifest } from '../system/probe.ts';
import { until } from '../system/until.ts';
import { peerSocket } from './engine.ts';

vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });

const socket = peerSocket();
const api = openEngineApi(socket);
const never = new AbortController().signal;
const environment = { DOCKER_HOST: `unix://${socket}` };
const passphrase = 'a passphrase for the export\n';

const Labelled = z.object({ Labels: z.record(z.string(), z.string()).nullish() });
const Containers = z.array(Labelled.extend({ Id: z.string() }));
const Volumes = z.object({ Volumes: z.array(Labelled.extend({ Name: z.string() })).nullish() });
const Backups = z.looseObject({
  backups: z.array(z.unknown()),
  elsewhere: z.looseObject({ kind: z.string(), upToDate: z.boolean(), copies: z.array(z.unknown()) }).optional(),
});

async function ask<T extends z.ZodType>(schema: T, place: string): Promise<z.output<T>> {
  return schema.parse(await api.request({ method: 'GET', path: place, query: { all: '1' } }, never));
}
const ours = <One extends z.infer<typeof Labelled>>(found: readonly One[]): One[] =>
  found.filter(({ Labels }) => Labels?.['conpaas.deployment'] !== undefined);
const directors = async () =>
  ours(await ask(Containers, '/containers/json')).filter(({ Labels }) => Labels?.['conpaas.application'] === '');

let folder: string;
let first: Desk;
let second: Desk;
let load: Load;
const begun = performance.now();

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'conpaas-volume-'));
  first = await openDesk({ environment });
  second = await openDesk({ environment });
  await first.conpaas('up', '--cloud', 'containers');
  const manifest = await probeManifest(path.join(folder, 'probe'), { database: true });
  const address = (await first.conpaas('apply', manifest, '--wait')).trim();
  load = startLoad({ name: 'load', address, path: '/', keepAlive: false, requestsPerSecond: 10 });
});
afterAll(async () => {
  await load?.stop();
  for (const desk of [second, first]) await desk?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

test('the director writes to a volume of its machine', async () => {
  await first.conpaas('director', 'backup', '--to', 'volume', '--size', '1');
  const { elsewhere } = await first.json(Backups, 'director', 'backups');
  expect(elsewhere).toMatchObject({ kind: 'volume', copies: [{}] });
  const [director] = await directors();
  const restart = { method: 'POST', path: `/containers/${director?.Id}/restart`, query: { t: '10' } } as const;
  await api.request(restart, never);
  // Its host has it there again after a boot.
  await first.conpaas('director', 'backup', '--now');
  expect((await first.json(Backups, 'director', 'backups')).elsewhere).toMatchObject({ upToDate: true });
});

test('another desktop, which has the vault and nothing else, makes it anew from there', async () => {
  const nodes = await runningNodes(first, 'Probe');
  const file = path.join(folder, 'vault');
  const exported = await first.run(['vault', 'export', file], { input: passphrase });
  expect(exported.code, exported.stderr).toBe(0);
  const imported = await second.run(['vault', 'import', file, '--yes'], { input: passphrase });
  expect(imported.code, imported.stderr).toBe(0);

  const [director] = await directors();
  const kill = { method: 'DELETE', path: `/containers/${director?.Id}`, query: { force: '1', v: '1' } } as const;
  await api.request(kill, never);
  expect(await directors()).toEqual([]);
  const refused = await second.run(['app', 'list']);
  expect(refused.stderr).toContain('conpaas director restore');
  expect((await second.json(Backups, 'director', 'backups')).backups).toEqual([]);

  await second.conpaas('director', 'restore', '--yes');
  await until('the manager to follow', async () => {
    const [summary] = await second.json(z.array(ApplicationSummary), 'app', 'list');
    return summary?.state === 'running';
  });
  expect(await runningNodes(second, 'Probe')).toEqual(nodes);
  await second.conpaas('nodes', 'add', 'Probe', 'web', '--backend', '1');
  expect(await runningNodes(second, 'Probe')).toHaveLength(nodes.length + 1);
  await second.conpaas('director', 'backup', '--now');
  expect((await second.json(Backups, 'director', 'backups')).elsewhere).toMatchObject({ upToDate: true });
  expect(await directors()).toHaveLength(1);
  await load.more(10);
  expect(explain(load, begun).join('\n')).toBe('');
});

test('nothing is left of it in the end', async () => {
  await load.stop();
  await second.conpaas('destroy', '--yes');
  expect(ours(await ask(Containers, '/containers/json'))).toEqual([]);
  expect(ours((await ask(Volumes, '/volumes')).Volumes ?? [])).toEqual([]);
});
