/** WordPress in containers of a real engine. */
import { existsSync } from 'node:fs';
import { readdir, readlink } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { createContainersProvider } from '../../remote/core/clouds/containers/containers-provider.ts';
import { openEngineApi } from '../../remote/core/clouds/containers/engine-api.ts';
import { hostDirectory } from '../../remote/core/clouds/machines/layout.ts';
import { DeploymentId } from '../../remote/core/contract/ids.ts';
import { seenProcesses } from '../support/hunt.ts';
import type { Machine } from '../system/intruder.ts';
import { peerSocket } from './engine.ts';
import { describeWordPress } from './wordpress-story.ts';

const socket = peerSocket();
const api = openEngineApi(socket);
const never = new AbortController().signal;
const Labelled = z.object({ Labels: z.record(z.string(), z.string()).nullish() });
const Containers = z.array(Labelled.extend({ Id: z.string() }));
const Networks = z.array(Labelled.extend({ Name: z.string() }));
const Volumes = z.object({ Volumes: z.array(Labelled.extend({ Name: z.string() })).nullish() });
const Inspected = z.object({ State: z.object({ Pid: z.number() }), Config: z.object({ Env: z.array(z.string()) }) });

const ours = <One extends z.infer<typeof Labelled>>(found: readonly One[]): One[] =>
  found.filter(({ Labels }) => Labels?.['conpaas.deployment'] !== undefined);

async function ask<T extends z.ZodType>(schema: T, place: string): Promise<z.output<T>> {
  return schema.parse(await api.request({ method: 'GET', path: place, query: { all: '1' } }, never));
}

/** A container, as root of the machine that it runs on sees it. */
async function opened(id: string): Promise<Machine> {
  const { State, Config } = await ask(Inspected, `/containers/${id}/json`);
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

describeWordPress('WordPress in containers', {
  kind: 'containers',
  stepMs: 10 * 60_000,
  // Three agents and a manager, in their files and in the first scripts.
  tokens: 8,
  stops: true,
  open: async () => ({
    environment: { DOCKER_HOST: `unix://${socket}` },
    provider: (deployment) => createContainersProvider({ deployment: DeploymentId.parse(deployment), socket }).provider,
    async enter() {
      const all = await Promise.all(ours(await ask(Containers, '/containers/json')).map(({ Id }) => opened(Id)));
      const director = all.find(({ homes }) => existsSync(path.join(homes, 'director')));
      if (!director) throw new Error('there is no machine of a director');
      return {
        machines: all.filter((one) => one !== director),
        director: path.join(director.homes, 'director'),
        [Symbol.asyncDispose]: async () => undefined,
      };
    },
    left: async () => [
      ...ours(await ask(Containers, '/containers/json')),
      ...ours(await ask(Networks, '/networks')),
      ...ours((await ask(Volumes, '/volumes')).Volumes ?? []),
    ],
  }),
});
