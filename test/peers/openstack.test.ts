/**
 * The OpenStack driver against Debian's own Keystone, Nova, Neutron, Glance and Cinder, which `scripts/setup/openstack/`
 * starts. Nova's and Cinder's back ends are their own fake ones: machines and volumes are records. All is done by an
 * application credential that may do what the printed policy says, and nothing else.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { describeAddresses } from '../../remote/core/clouds/address-conformance.ts';
import { describeRecords, recordsOf } from '../../remote/core/clouds/conformance.ts';
import { describeImages } from '../../remote/core/clouds/image-conformance.ts';
import { createMachineCloud } from '../../remote/core/clouds/machines/machine-cloud.ts';
import type { Provider } from '../../remote/core/clouds/machines/provider.ts';
import { createOpenStackProvider } from '../../remote/core/clouds/openstack/openstack-provider.ts';
import { type AccessRule, policy } from '../../remote/core/clouds/openstack/policy.ts';
import { OpenStackSettings } from '../../remote/core/clouds/openstack/settings.ts';
import { describeCloudVolumes, describeVolumes } from '../../remote/core/clouds/volume-conformance.ts';
import { DeploymentId } from '../../remote/core/contract/ids.ts';

const Access = z.object({
  authUrl: z.string(),
  applicationCredentialId: z.string(),
  applicationCredentialSecret: z.string(),
  username: z.string(),
  password: z.string(),
  project: z.string(),
});

function peerAccess(): z.infer<typeof Access> {
  const text = process.env['CONPAAS_PEER_OPENSTACK'];
  if (text === undefined) throw new Error('Run these tests with: npm run test:peers');
  return Access.parse(JSON.parse(text));
}

const access = peerAccess();
const { authUrl, username, password, project } = access;
const deployment = 'd-conformance';
const never = new AbortController().signal;

interface Limited {
  readonly applicationCredentialId: string;
  readonly applicationCredentialSecret: string;
}

/** An application credential as its user would make it with OpenStack's own command, and the rules in a file. */
async function makeLimited(name: string, rules: readonly AccessRule[]): Promise<Limited> {
  const post = async (path: string, body: object, headers: Record<string, string> = {}): Promise<Response> => {
    const sent = { 'content-type': 'application/json', ...headers };
    const answer = await fetch(`${authUrl}${path}`, { method: 'POST', headers: sent, body: JSON.stringify(body) });
    if (answer.status !== 201) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  };
  const domain = { id: 'default' };
  const identity = { methods: ['password'], password: { user: { name: username, domain, password } } };
  const scope = { project: { name: project, domain } };
  const signedIn = await post('/auth/tokens', { auth: { identity, scope } });
  const { token } = z.object({ token: z.object({ user: z.object({ id: z.string() }) }) }).parse(await signedIn.json());
  const made = await post(
    `/users/${token.user.id}/application_credentials`,
    { application_credential: { name, roles: [{ name: 'member' }], access_rules: rules } },
    { 'x-auth-token': signedIn.headers.get('x-subject-token') ?? '' },
  );
  const Made = z.object({ application_credential: z.object({ id: z.string(), secret: z.string() }) });
  const { id, secret } = Made.parse(await made.json()).application_credential;
  return { applicationCredentialId: id, applicationCredentialSecret: secret };
}

const limited = await makeLimited(`policy-${process.pid}`, policy());

function open(of = deployment, settings: Partial<OpenStackSettings> = {}, credentials: object = {}): Provider {
  return createOpenStackProvider({
    deployment: DeploymentId.parse(of),
    settings: OpenStackSettings.parse(settings),
    credentials: { authUrl, ...limited, ...credentials },
  });
}
const nothing = async (): Promise<void> => undefined;

describeRecords("openstack (Debian's)", async () => ({
  deployment,
  open: (of) => recordsOf(open(of)),
  [Symbol.asyncDispose]: nothing,
}));

describeVolumes("openstack (Debian's)", async () => {
  const provider = open();
  const { volumes } = provider;
  if (!volumes) throw new Error('OpenStack has volumes');
  return {
    deployment,
    attachMs: 60_000,
    open: (of) => recordsOf(open(of)),
    volumes: () => volumes,
    [Symbol.asyncDispose]: () => provider[Symbol.asyncDispose](),
  };
});

describeAddresses("openstack (Debian's)", async () => ({
  deployment,
  open: (of) => open(of),
  staleMs: 150_000, // Nova keeps what Neutron has told it, and asks again every minute
  [Symbol.asyncDispose]: nothing,
}));

// Nova's fake back end writes no image: it stays what it is at first, and cannot be started from.
describeImages("openstack (Debian's)", async () => ({ open: (of) => open(of), [Symbol.asyncDispose]: nothing }));

describeCloudVolumes("openstack (Debian's)", async () => {
  const source = { kind: 'fetch', programs: async () => [], director: { host: '10.99.1.2', port: 5555 } } as const;
  return {
    ...{ deployment: 'd-cloud-volumes', bootMs: 120_000 },
    open: (of) => createMachineCloud({ provider: open(of), source }),
    [Symbol.asyncDispose]: nothing,
  };
});

describe("Debian's OpenStack in particular", () => {
  let provider: Provider;
  const tags = { deployment: 'd-particular', application: 'app-1', operation: 'op-1' };
  const userData = '#!/bin/sh\n';
  const find = async (id: string) => (await provider.listServers(never)).find((server) => server.id === id);
  const becomes = (id: string, state: string) =>
    expect.poll(async () => (await find(id))?.state, { timeout: 60_000, interval: 200 }).toBe(state);
  const kinds = async (): Promise<string[]> => (await provider.belongings(never)).map(({ kind }) => kind).sort();
  beforeAll(() => {
    provider = open('d-particular');
  });
  afterAll(() => provider[Symbol.asyncDispose]());
  // One that has failed leaves nothing to the next.
  afterEach(async () => {
    for (const { id } of await provider.listServers(never)) await provider.destroyServer(id, never);
  });

  test('a machine has its addresses and parts, goes off and on, and leaves nothing', async () => {
    const made = await provider.createServer({ name: 'web', tags, userData }, never);
    await becomes(made.id, 'running');
    expect(await find(made.id)).toMatchObject({
      name: 'web',
      size: 'm1.small',
      privateAddress: expect.stringMatching(/^10\.99\.1\./),
      publicAddress: expect.stringMatching(/^203\.0\.113\./),
    });
    expect(await kinds()).toEqual(['floating-ip', 'port', 'security-group']);
    expect(await provider.console(made.id, never)).toContain('FAKE');
    await Promise.all([provider.power(made.id, false, never), provider.power(made.id, false, never)]);
    await becomes(made.id, 'stopped');
    await provider.power(made.id, true, never);
    await becomes(made.id, 'running');
    await provider.reboot(made.id, never);
    await provider.destroyServer(made.id, never);
    expect(await kinds()).toEqual(['security-group']);
    const source = { kind: 'copy' as const, programs: async () => [] };
    await createMachineCloud({ provider, source }).retire(never);
    expect(await kinds()).toEqual([]);
  });

  test('more machines than a page has are listed, offers and quotas too', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    for (const name of names) await provider.createServer({ name, tags, userData }, never);
    expect((await provider.listServers(never)).map(({ name }) => name).sort()).toEqual(names);
    expect(await kinds()).toHaveLength(2 * names.length + 1);
    expect((await provider.offers(never)).map(({ name }) => name)).toEqual([
      'm1.tiny',
      'b1.small',
      'm1.small',
      'm1.medium',
    ]);
    const quotas = (await provider.quotas?.(never)) ?? [];
    expect(quotas.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['Machines', 'Virtual CPUs', 'Volumes', 'Floating IPs', 'Ports']),
    );
    expect(quotas.find(({ name }) => name === 'Machines')?.used).toBeGreaterThanOrEqual(names.length);
    expect(await provider.deployments(never)).toContain('d-particular');
    for (const { id } of await provider.listServers(never)) await provider.destroyServer(id, never);
  });

  test('a machine that fails says why: a back end of records cannot make the volume that a flavor without a disk needs', async () => {
    const { id } = await provider.createServer({ name: 'bare', tags, userData, size: 'b1.small' }, never);
    await becomes(id, 'failed');
    expect((await find(id))?.cause).toMatch(/The cloud says: .*Volume/);
    await provider.destroyServer(id, never);
    expect(await kinds()).toEqual(['security-group']);
  });

  test('an application credential without access rules serves as well; one that lacks a rule is told which', async () => {
    const { applicationCredentialId, applicationCredentialSecret } = access;
    await using whole = open(deployment, {}, { applicationCredentialId, applicationCredentialSecret });
    await whole.check(never);
    const rules = policy().filter(({ method, path }) => `${method} ${path}` !== 'POST /**v2.1/servers');
    await using lacking = open('d-particular', {}, await makeLimited(`lacking-${process.pid}`, rules));
    await lacking.check(never);
    await expect(lacking.createServer({ name: 'refused', tags, userData }, never)).rejects.toMatchObject({
      code: 'forbidden',
      message: /POST \/servers of compute\..*conpaas cloud policy openstack/,
    });
    expect(await kinds()).toEqual(['security-group']);
  });

  test('a user signs in with a password too; who does not is told so', async () => {
    const credentials = {
      applicationCredentialId: undefined,
      applicationCredentialSecret: undefined,
      username,
      project,
    };
    await using user = open(deployment, {}, { ...credentials, password });
    await user.check(never);
    await using nobody = open(deployment, {}, { ...credentials, password: 'no' });
    await expect(nobody.check(never)).rejects.toMatchObject({ code: 'unauthenticated' });
    for (const wrong of [{ applicationCredentialSecret: 'no' }, { applicationCredentialId: 'none' }]) {
      await using other = open(deployment, {}, wrong);
      await expect(other.check(never)).rejects.toMatchObject({ code: 'unauthenticated' });
    }
  });

  test("quotas that are used up are told in the driver's words", async () => {
    const big = provider.volumes?.create({ name: 'big', tags, sizeGb: 100_000 }, never);
    await expect(big).rejects.toMatchObject({ code: 'cloud_failed', message: /quota/ });
    await using torn = open('d-particular', { network: 'nonsense' });
    await expect(torn.check(never)).rejects.toThrow(/no network nonsense/);
  });
});
