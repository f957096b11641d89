/** Hosts of machines at a whole director, on a cloud that keeps records only: who is told which list. */
import { X509Certificate } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Cloud, CloudVm, VmRequest } from '../core/clouds/cloud.ts';
import type { MachineOrders } from '../core/contract/hosts.ts';
import { type ApplicationId, directorMethods, type Identity, type OperationId, VmId } from '../core/contract/index.ts';
import type { HostBootstrap } from '../core/contract/machine-host.ts';
import { createTrust, type Trust } from '../core/identity/fixtures.ts';
import {
  bootstrapIdentity,
  type Credentials,
  createToken,
  joinDirector,
  ManagerBootstrap,
  openCredentials,
  renewCertificate,
  serialOf,
} from '../core/identity/index.ts';
import { type Client, connect } from '../core/rpc/index.ts';
import { startDirector } from './director.ts';

const host = '127.77.9.2';
const patience = { timeout: 20_000 };
let trust: Trust;
let home: string;
let requests: VmRequest[];
let owner: Client<typeof directorMethods>;
let stop: () => Promise<void>;
let port: number;

/** Machines that are records: nothing runs on them, and nobody can tell them anything. */
function cloudOfRecords(): Cloud {
  const vms = new Map<VmId, CloudVm>();
  const refuse = async (): Promise<never> => {
    throw new Error('lists are followed here');
  };
  return {
    kind: 'records',
    lists: 'followed',
    check: async () => undefined,
    async createVm(request) {
      requests.push(request);
      const { name, tags } = request;
      const made: CloudVm = {
        ...{ id: VmId.parse(`i-${name}`), name, tags, state: 'running', address: '10.0.0.9', createdAt: Date.now() },
      };
      vms.set(made.id, made);
      return made;
    },
    listVms: async () => [...vms.values()],
    async destroyVm(id) {
      vms.delete(id);
    },
    setProcesses: refuse,
    install: refuse,
    contact: refuse,
    offers: async () => [],
    power: async () => undefined,
    wake: async () => undefined,
    tagged: async () => [],
    removeTagged: refuse,
    deployments: async () => [],
    retire: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  };
}

beforeAll(async () => {
  trust = await createTrust('d-one');
  home = await mkdtemp(path.join(os.tmpdir(), 'conpaas-hosts-'));
  requests = [];
  await mkdir(path.join(home, 'identity'), { mode: 0o700 });
  await writeFile(path.join(home, 'identity/intermediate.key'), trust.intermediateKey, { mode: 0o600 });
  await writeFile(path.join(home, 'identity/intermediate.pem'), trust.intermediate);
  const signal = AbortSignal.timeout(120_000);
  const director = await startDirector({
    home,
    bootstrap: {
      ...{ kind: 'director', deployment: trust.deployment, address: host, vm: VmId.parse('vm-director') },
      ...{
        owner: 'ann',
        roots: [trust.root.certificate],
        port: 0,
        cloud: { kind: 'records', settings: {}, lent: false },
      },
    },
    specs: {},
    openCloud: cloudOfRecords,
    openAskedCloud: cloudOfRecords,
    programs: async () => [],
    product: 'test',
    documents: {},
    signal,
    log: () => undefined,
  });
  port = (JSON.parse(await readFile(path.join(home, 'director.json'), 'utf8')) as { port: number }).port;
  owner = clientOf(await trust.credentials(trust.identities.user));
  stop = async () => {
    await owner[Symbol.asyncDispose]();
    await director[Symbol.asyncDispose]();
  };
});
afterAll(async () => {
  await stop();
  await rm(home, { recursive: true, force: true });
});
beforeEach(() => {
  requests.length = 0;
});

function clientOf(credentials: Credentials): Client<typeof directorMethods> {
  const expected: Identity = { kind: 'director', deployment: trust.deployment };
  return connect(directorMethods, { address: { host, port }, expect: expected, credentials: () => credentials });
}

interface Machine {
  readonly application: ApplicationId;
  /** Of its creation, which waits for a manager that no record can run. */
  readonly operation: OperationId;
  readonly follow: HostBootstrap;
}

/** An application with its first machine, as the cloud was asked for it. */
async function machineOf(name: string): Promise<Machine> {
  const { application, operation } = await owner.call('create_application', { name });
  const asked = () => requests.find(({ tags }) => tags.application === application);
  await expect.poll(asked, patience).toBeDefined();
  const request = asked();
  if (!request?.follow) throw new Error('its machine is not told whom to follow');
  expect(request.processes).toEqual([]); // what runs there is told to its host alone, once that has joined
  return { application, operation, follow: request.follow };
}

const directoryOf = (what: string): string => path.join(home, 'credentials', what);

function join(bootstrap: HostBootstrap | ManagerBootstrap, what: string, port?: number): Promise<Credentials> {
  const signal = AbortSignal.timeout(20_000);
  return joinDirector({
    bootstrap,
    directory: directoryOf(what),
    signal,
    log: () => undefined,
    ...(port === undefined ? {} : { port }),
  });
}

/** The lists that a host is told, newest last, until `stop` or the director ends it. */
function follow(credentials: Credentials): { lists: MachineOrders[]; ended: Promise<unknown>; stop(): void } {
  const lists: MachineOrders[] = [];
  const stopping = new AbortController();
  const run = async (): Promise<unknown> => {
    await using client = clientOf(credentials);
    try {
      for await (const orders of client.stream('watch_processes', {}, { signal: stopping.signal })) lists.push(orders);
    } catch (error) {
      return error;
    }
    return undefined;
  };
  return { lists, ended: run(), stop: () => stopping.abort() };
}

const names = ({ processes }: MachineOrders): string[] => processes.map(({ name }) => name);

test('a host is told the list of its own machine, again after each change, and of no other', async () => {
  const [one, two] = [await machineOf('one'), await machineOf('two')];
  const [first, second] = await Promise.all([one, two].map(async (of) => follow(await join(of.follow, of.follow.vm))));
  if (!first || !second) throw new Error('two machines');
  await expect.poll(() => first.lists.map(names), patience).toEqual([['manager-1', 'agent']]);
  await expect.poll(() => second.lists.map(names), patience).toEqual([['manager-1', 'agent']]);
  for (const [told, of] of [
    [first, one],
    [second, two],
  ] as const) {
    for (const { bootstrap } of told.lists.flatMap(({ processes }) => processes)) {
      expect(bootstrap).toMatchObject({ application: of.application, vm: of.follow.vm });
    }
  }
  // There is no way to ask for another's: a machine cannot even be named.
  await using client = clientOf(await join(one.follow, one.follow.vm));
  const strange = { vm: two.follow.vm } as unknown as Record<string, never>;
  await expect(client.stream('watch_processes', strange)[Symbol.asyncIterator]().next()).rejects.toMatchObject({
    code: 'invalid_request',
  });

  await owner.call('cancel_operation', { operation: two.operation });
  await owner.call('replace_manager', { application: two.application });
  await expect
    .poll(() => names(second.lists.at(-1) ?? { processes: [], renewals: 0 }), patience)
    .toContain('manager-2');
  expect(first.lists).toHaveLength(1);
  first.stop();
  second.stop();
});

test('a manager is no host, whatever it asks for, and a host is no manager', async () => {
  const machine = await machineOf('posing');
  const host = await join(machine.follow, 'posing-host');
  const told = follow(host);
  await expect.poll(() => told.lists.length, patience).toBe(1);
  const listed = told.lists[0]?.processes.find(({ name }) => name === 'manager-1')?.bootstrap;
  const bootstrap = ManagerBootstrap.parse({ ...(listed as object), address: '10.0.0.9' });
  const manager = await join(bootstrap, 'posing-manager', 7001);
  await using asManager = clientOf(manager);
  const lists = asManager.stream('watch_processes', {})[Symbol.asyncIterator]();
  await expect(lists.next()).rejects.toMatchObject({ code: 'forbidden' });

  // The token decides: with a manager's, nobody becomes a host.
  const posing: HostBootstrap = { ...machine.follow, token: createToken() };
  await expect(join(posing, 'posing-unknown')).rejects.toMatchObject({ code: 'unauthenticated' });
  await expect(join({ ...machine.follow, token: bootstrap.token }, 'posing-stolen')).rejects.toMatchObject({
    code: 'unauthenticated', // bound to the manager's key
  });
  const agent = told.lists[0]?.processes.find(({ name }) => name === 'agent')?.bootstrap as { token: string };
  await expect(join({ ...machine.follow, token: agent.token }, 'posing-fresh')).rejects.toMatchObject({
    code: 'forbidden', // what comes is an agent's certificate, which is not kept
  });
  expect(await (await openCredentials(directoryOf('posing-fresh'))).load()).toBeUndefined();

  await using asHost = clientOf(host);
  for (const name of ['get_state', 'get_revocations', 'list_applications', 'list_vms'] as const) {
    await expect(asHost.callAny(name, {}), name).rejects.toMatchObject({ code: 'forbidden' });
  }
  told.stop();
});

test('a revoked host loses its stream at once, is answered no more, and cannot renew', async () => {
  const machine = await machineOf('revoked');
  const credentials = await join(machine.follow, 'revoked');
  const told = follow(credentials);
  await expect.poll(() => told.lists.length, patience).toBe(1);
  const serial = serialOf(new X509Certificate(credentials.certificate));
  expect(await owner.call('list_certificates', {})).toContainEqual(
    expect.objectContaining({ serial, kind: 'host', vm: machine.follow.vm, state: 'valid' }),
  );
  await owner.call('revoke_certificate', { serial });
  expect(await told.ended).toBeInstanceOf(Error);
  expect(await follow(credentials).ended).toMatchObject({ code: 'unauthenticated' });
  const files = await openCredentials(directoryOf('revoked'));
  const access = { director: { host, port }, identity: bootstrapIdentity(machine.follow), files };
  await expect(renewCertificate(access, credentials, AbortSignal.timeout(10_000))).rejects.toMatchObject({
    code: 'unauthenticated',
  });
  expect(told.lists).toHaveLength(1);
});

test('the host of a machine that is destroyed is told so, and is nobody afterwards', async () => {
  const machine = await machineOf('deleted');
  const credentials = await join(machine.follow, 'deleted');
  const told = follow(credentials);
  await expect.poll(() => told.lists.length, patience).toBe(1);
  await owner.call('cancel_operation', { operation: machine.operation });
  await owner.call('delete_application', { application: machine.application, confirm: 'deleted' });
  expect(await told.ended).toMatchObject({ code: 'forbidden' });
  await expect
    .poll(async () => (await follow(credentials).ended) as object, patience)
    .toMatchObject({ code: 'forbidden' });
});

test('a host is told to renew its certificate, and has when that is said to be done', async () => {
  const machine = await machineOf('renewed');
  const credentials = await join(machine.follow, 'renewed');
  const told = follow(credentials);
  await expect.poll(() => told.lists.length, patience).toBe(1);
  const serial = serialOf(new X509Certificate(credentials.certificate));
  const renewing = owner.call('renew_certificates', { serial });
  await expect.poll(() => told.lists.map(({ renewals }) => renewals), patience).toEqual([0, 1]);
  const files = await openCredentials(directoryOf('renewed'));
  const access = { director: { host, port }, identity: bootstrapIdentity(machine.follow), files };
  await renewCertificate(access, credentials, AbortSignal.timeout(10_000));
  expect(await renewing).toEqual({ renewed: 1, failed: [] });
  told.stop();
});
