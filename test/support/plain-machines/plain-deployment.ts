/**
 * A real director, in this process, whose machines are containers of a plain Debian that nobody has a way into: as on
 * clouds that are contacted by user-data alone. They fetch programs and packages from it, and follow their lists.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import type { Cloud } from '../../../remote/core/clouds/cloud.ts';
import { createContainersProvider } from '../../../remote/core/clouds/containers/containers-provider.ts';
import { containerOf } from '../../../remote/core/clouds/containers/servers.ts';
import { createContactedCloud } from '../../../remote/core/clouds/machines/contacted-cloud.ts';
import { type ProgramSource, programsOf } from '../../../remote/core/clouds/machines/programs.ts';
import { ConpaasError, DeploymentId, directorMethods, VmId } from '../../../remote/core/contract/index.ts';
import { createTrust } from '../../../remote/core/identity/fixtures.ts';
import { type Client, connect } from '../../../remote/core/rpc/index.ts';
import type { ServiceSpec } from '../../../remote/core/service/spec.ts';
import { startDirector } from '../../../remote/director/director.ts';
import { runtime } from '../../../remote/host/stand-in.ts';
import { processorTime } from './processor-time.ts';

export interface PlainMachine {
  /** Where its files are, seen from here. */
  readonly root: string;
  /** Of its first process. */
  readonly pid: number;
  /** From the moment that the engine has started it to the end of the operation, which waits for manager and agent; milliseconds. */
  readonly readyMs: number;
  /** What its processes have used of processors until then, milliseconds. */
  readonly processorMs: number;
}

export interface PlainDeployment extends AsyncDisposable {
  readonly owner: Client<typeof directorMethods>;
  /** Where the director keeps packages. */
  readonly packages: string;
  /** Makes an application, and with it a machine that runs its manager and its agent; waits until both are there. */
  add(name: string): Promise<PlainMachine>;
  /** Makes a machine that runs a script of somebody else's at its boot, and nothing of ours. */
  bare(name: string, script: string): Promise<Pick<PlainMachine, 'root' | 'pid'>>;
}

export interface PlainOptions {
  readonly socket: string;
  readonly image: string;
  /** To serve on. */
  readonly address: string;
  readonly mirror: string;
  readonly specs: Readonly<Record<string, ServiceSpec>>;
  readonly bundles: string;
  readonly signal: AbortSignal;
}

const Inspected = z.object({ State: z.object({ Pid: z.number(), StartedAt: z.iso.datetime({ offset: true }) }) });

export async function openPlainDeployment(options: PlainOptions): Promise<PlainDeployment> {
  const { socket, image, address, mirror, specs, signal } = options;
  const trust = await createTrust(`d-plain${process.pid}`);
  const { deployment } = trust;
  const home = await mkdtemp(path.join(os.tmpdir(), 'conpaas-plain-'));
  await mkdir(path.join(home, 'identity'), { mode: 0o700 });
  await writeFile(path.join(home, 'identity/intermediate.key'), trust.intermediateKey, { mode: 0o600 });
  await writeFile(path.join(home, 'identity/intermediate.pem'), trust.intermediate);
  const { provider, api } = createContainersProvider({ deployment, socket, image });
  // Of another deployment: the director destroys what carries its tag and belongs to nothing.
  const others = DeploymentId.parse(`${deployment}-bare`);
  const strangers = createContainersProvider({ deployment: others, socket, image });
  const openCloud = (_kind: string, _settings: unknown, source: ProgramSource): Cloud =>
    createContactedCloud(provider, source);
  const logged: string[] = [];
  const director = await startDirector({
    home,
    bootstrap: {
      ...{ kind: 'director', deployment, address, vm: VmId.parse('vm-director'), owner: 'ann', port: 0 },
      roots: [trust.root.certificate],
      cloud: { kind: 'containers', settings: {}, lent: false },
      mirrors: { debian: `${mirror}/debian`, 'debian-security': `${mirror}/debian-security` },
    },
    specs,
    openCloud,
    openAskedCloud: openCloud,
    programs: programsOf(options.bundles, runtime),
    product: 'test',
    documents: {},
    signal,
    log: (line) => logged.push(line),
  });
  const { port } = JSON.parse(await readFile(path.join(home, 'director.json'), 'utf8')) as { port: number };
  const credentials = await trust.credentials(trust.identities.user);
  const owner = connect(directorMethods, {
    address: { host: address, port },
    expect: { kind: 'director', deployment },
    credentials: () => credentials,
  });

  const inspect = async (container: string) => {
    const found = await api.request({ method: 'GET', path: `/containers/${container}/json` }, signal);
    const { Pid, StartedAt } = Inspected.parse(found).State;
    return { pid: Pid, root: `/proc/${Pid}/root`, startedAt: Date.parse(StartedAt) };
  };

  return {
    owner,
    packages: path.join(home, 'packages'),
    async add(name) {
      const { application, operation } = await owner.call('create_application', { name }, { signal });
      for await (const state of owner.stream('watch_operation', { operation }, { signal })) {
        if (state.failure) throw ConpaasError.of(state.failure);
      }
      const readyAt = Date.now();
      const server = (await provider.listServers(signal)).find(({ tags }) => tags.application === application);
      const container = containerOf(server?.id ?? '');
      if (container === undefined) throw new Error(`There is no machine of ${name}:\n${logged.join('\n')}`);
      const { startedAt, ...machine } = await inspect(container);
      return { ...machine, readyMs: readyAt - startedAt, processorMs: await processorTime(machine.pid) };
    },
    async bare(name, script) {
      const tags = { deployment: others, application: 'app-bare', operation: 'op-bare' };
      const { id } = await strangers.provider.createServer({ name, tags, userData: script }, signal);
      return inspect(containerOf(id) ?? '');
    },
    async [Symbol.asyncDispose]() {
      await owner[Symbol.asyncDispose]();
      await director[Symbol.asyncDispose]();
      const limit = AbortSignal.timeout(120_000);
      for (const one of [provider, strangers.provider]) {
        for (const { id } of await one.listServers(limit)) await one.destroyServer(id, limit);
        for (const each of await one.belongings(limit)) await one.destroyBelonging(each, limit);
      }
      await rm(home, { recursive: true, force: true });
    },
  };
}
