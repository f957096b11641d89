/**
 * One director with two clouds: this computer twice, each with a host, machines and a network of its own. An application
 * has its PHP on the one and its database on the other, and is moved wholly while it is asked for pages.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { ApplicationSummary, VmInfo } from '../../remote/core/contract/index.ts';
import { Plan } from '../../remote/core/contract/plan.ts';
import { type Desk, openDesk } from './desk.ts';
import { ask, probeManifest } from './probe.ts';
import { processesOf } from './processes.ts';
import { Status } from './status.ts';

let desk: Desk;
let work: string;
let deployment: string;

beforeAll(async () => {
  work = await mkdtemp(path.join(os.tmpdir(), 'conpaas-clouds-'));
  desk = await openDesk();
  await desk.conpaas('up');
  [{ id: deployment } = { id: '' }] = await desk.json(z.array(Status), 'status');
  await desk.conpaas('director', 'cloud', 'add', 'attic');
});
afterAll(async () => {
  await rm(work, { recursive: true, force: true });
  await desk[Symbol.asyncDispose]();
});

const atticDirectory = () => path.join(desk.home, 'deployments', deployment, 'clouds/attic');
const machines = () => desk.json(z.array(VmInfo), 'call', 'director', 'list_vms');
const address = async (name: string) =>
  (await desk.json(z.array(ApplicationSummary), 'app', 'list')).find((one) => one.name === name)?.address;

test('PHP on one cloud and its database on the other: it answers, and the plan says what is where', async () => {
  const manifest = await probeManifest(work, { database: true, more: { Cloud: 'attic' } });
  const plan = await desk.json(Plan, 'plan', manifest);
  expect(plan.changes.map(({ service, cloud }) => [service, cloud])).toEqual([
    [undefined, 'local'],
    ['web', 'attic'],
    ['db', 'local'],
  ]);
  await desk.conpaas('apply', manifest, '--wait');
  const base = (await address('Probe')) ?? '';
  expect((await fetch(`${base}/post?id=first`, { method: 'POST' })).status).toBe(200);
  expect((await ask(base, '/posts')).posts).toEqual({ first: 1 });

  const found = await machines();
  expect(found.map(({ cloud, slot }) => [cloud, slot]).sort()).toEqual([
    ['attic', 'on-attic'],
    ['local', 'first'],
  ]);
  const networks = found.map((vm) => vm.address?.split('.')[1]);
  expect(new Set(networks).size).toBe(2);
  // Its processes are those of the other host.
  expect(new Set(processesOf(atticDirectory()).map(({ kind }) => kind))).toEqual(
    new Set(['host', 'agent', 'nginx', 'php-fpm', 'haproxy', 'redis', 'other']),
  );
});
