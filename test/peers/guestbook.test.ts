/** A whole deployment of containers, by the command: from nothing to a guestbook, through lost machines, to nothing. */
import { existsSync } from 'node:fs';
import { readdir, readlink } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openEngineApi } from '../../remote/core/clouds/containers/engine-api.ts';
import { hostDirectory } from '../../remote/core/clouds/machines/layout.ts';
import { NodeInfo } from '../../remote/core/contract/index.ts';
import { seenProcesses } from '../support/hunt.ts';
import { type Desk, openDesk } from '../system/desk.ts';
import { entries, sign } from '../system/guestbook.ts';
import { intrude, type Machine } from '../system/intruder.ts';
import { manifest } from '../system/paths.ts';
import { Status } from '../system/status.ts';
import { until } from '../system/until.ts';
import { peerSocket } from './engine.ts';

const socket = peerSocket();
const api = openEngineApi(socket);
const never = new AbortController().signal;
const Named = z.array(z.object({ Id: z.string(), Labels: z.record(z.string(), z.string()).nullish() }));

/** Containers, networks or volumes that are ours. */
async function ours(path: string): Promise<z.infer<typeof Named>> {
  const found = await api.request({ method: 'GET', path, query: { all: '1' } }, never);
  return Named.parse(found).filter(({ Labels }) => Labels?.['conpaas.deployment'] !== undefined);
}
/** A container, as root of the machine that it runs on sees it. */
async function opened(id: string): Promise<Machine> {
  const found = await api.request({ method: 'GET', path: `/containers/${id}/json` }, never);
  const { State, Config } = Inspected.parse(found);
  const [script = ''] = Config.Env.filter((one) => one.startsWith('CONPAAS_USER_DATA='));
  const namespace = await readlink(`/proc/${State.Pid}/ns/mnt`);
  const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const inside = async (pid: number) => (await readlink(`/proc/${pid}/ns/mnt`).catch(() => '')) === namespace;
  const own = await Promise.all(processes.map(inside));
  return {
    homes: `/proc/${State.Pid}/root${hostDirectory}/homes`,
    processes: seenProcesses(processes.filter((_pid, at) => own[at])),
    texts: {
      'the first script': Buffer.from(script.slice(script.indexOf('=') + 1), 'base64').toString(),
      'the console': await api.log(id, 10_000, never),
    },
  };
}
const Inspected = z.object({ State: z.object({ Pid: z.number() }), Config: z.object({ Env: z.array(z.string()) }) });
const machine = async (of: (labels: Record<string, string>) => boolean): Promise<string> => {
  const found = (await ours('/containers/json')).find(({ Labels }) => of(Labels ?? {}));
  if (!found) throw new Error('There is no such container.');
  return found.Id;
};

describe('a guestbook in containers', () => {
  let desk: Desk;
  let address: string;
  const nodes = () => desk.json(z.array(NodeInfo), 'nodes', 'list', 'Guestbook');
  const backends = async () => (await nodes()).filter(({ role }) => role === 'backend');

  beforeAll(async () => {
    desk = await openDesk({ environment: { DOCKER_HOST: `unix://${socket}` } });
  });
  afterAll(async () => {
    await desk[Symbol.asyncDispose]();
  });

  it('is up and applied in two commands, and its address answers', async () => {
    await desk.conpaas('up', '--cloud', 'containers');
    address = (await desk.conpaas('apply', manifest('guestbook.json'), '--wait')).trim();
    expect((await fetch(address)).status).toBe(200);
    expect(await ours('/containers/json')).toHaveLength(2); // the director's, and one for all of the application
    await sign(address, 'Ann', 'in a container');
  });

  it('gets one more backend, on a machine of its own', async () => {
    await desk.conpaas('nodes', 'add', 'Guestbook', 'guestbook', '--backend', '1');
    const all = await backends();
    expect(all.map(({ state }) => state)).toEqual(['running', 'running']);
    expect(new Set(all.map(({ address: at }) => at)).size).toBe(2);
  });

  it('gives an intruder in a container no key of others, and tokens that only raise an alert', async () => {
    const all = await Promise.all((await ours('/containers/json')).map(({ Id }) => opened(Id)));
    const director = all.find(({ homes }) => existsSync(path.join(homes, 'director')));
    const machines = all.filter((one) => one !== director);
    expect(machines.map(({ processes }) => processes.length > 3)).toEqual([true, true]);
    const home = path.join(director?.homes ?? '', 'director');
    const { wrong, refusals, places } = await intrude({ desktop: desk.home, director: home, machines });
    expect(wrong).toEqual([]);
    expect(places.map(({ length }) => length > 0)).toEqual([true, true]);
    expect(new Set(refusals)).toEqual(new Set(['This join token was already used with another key.']));
    expect(refusals).toHaveLength(6); // two agents and a manager, in their files and in the first scripts
    const alerts = await desk.conpaas('activity', '--kind', 'alert');
    expect(alerts.match(/A join token was used a second time/g)).toHaveLength(6);
  });

  it('replaces a machine that vanishes, and answers meanwhile', async () => {
    const [, second] = await backends();
    const lost = await machine((labels) => labels['conpaas.address'] === second?.address);
    await api.request({ method: 'DELETE', path: `/containers/${lost}`, query: { force: '1' } }, never);
    await until(
      'another machine for the second backend',
      async () => {
        expect(await entries(address)).toContain('in a container');
        const now = await backends();
        return now.every(({ state }) => state === 'running') && now[1]?.address !== second?.address && now.length === 2;
      },
      300_000,
    );
  });

  it("comes back with its data when the director's machine is rebooted, and when all are stopped and started", async () => {
    const director = await machine((labels) => labels['conpaas.application'] === '');
    await api.request({ method: 'POST', path: `/containers/${director}/restart`, query: { t: '10' } }, never);
    await desk.conpaas('up');
    await desk.conpaas('stop');
    await expect(fetch(address, { signal: AbortSignal.timeout(2000) })).rejects.toThrow();
    await desk.conpaas('up');
    await until('the guestbook answers', async () => {
      const page = await fetch(address, { signal: AbortSignal.timeout(2000) }).catch(() => undefined);
      return page?.status === 200;
    });
    expect(await entries(address)).toContain('in a container');
  });

  it('is destroyed, and nothing is left', async () => {
    const [deployment] = await desk.json(z.array(Status), 'status');
    expect(deployment).toMatchObject({ state: 'running' });
    await desk.conpaas('destroy', '--yes');
    expect([await ours('/containers/json'), await ours('/networks')]).toEqual([[], []]);
    expect(desk.processes()).toEqual([]);
  });
});
