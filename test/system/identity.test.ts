/** Identities of a whole deployment: a manager that was replaced commands nothing, and ended certificates come back. */
import { createPublicKey, X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { agentMethods, directorMethods, FoundNode, type Identity, VmInfo } from '../../remote/core/contract/index.ts';
import {
  AgentBootstrap,
  createIssuer,
  lifeOf,
  ManagerBootstrap,
  openCredentials,
  splitPem,
  statedIdentity,
} from '../../remote/core/identity/index.ts';
import { connect } from '../../remote/core/rpc/index.ts';
import { type Desk, openDesk } from './desk.ts';
import { day, homes, upLongAgo } from './long-ago.ts';
import { ask, probeManifest } from './probe.ts';

async function withProbe(desk: Desk, work: (address: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'conpaas-test-'));
  try {
    await work((await desk.conpaas('apply', await probeManifest(folder), '--wait')).trim());
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

it('a manager that was replaced is refused by director and agent, while the application goes on', async () => {
  await using desk = await openDesk();
  await desk.conpaas('up');
  await withProbe(desk, async (address) => {
    const [home = ''] = homes(desk, 'manager-1');
    const bootstrap = ManagerBootstrap.parse(JSON.parse(await readFile(path.join(home, 'bootstrap.json'), 'utf8')));
    const old = await (await openCredentials(path.join(home, 'identity'))).load();
    expect(old).toBeDefined();

    await desk.conpaas('--json', 'call', 'director', 'replace_manager', JSON.stringify({ application: 'Probe' }));
    await expect
      .poll(async () => (await desk.conpaas('op', 'list', '--state', 'running')).trim(), { timeout: 60_000 })
      .toBe('');
    expect(homes(desk, 'manager-2')).toHaveLength(1);
    expect(homes(desk, 'manager-1')).toHaveLength(0);

    const { deployment, application } = bootstrap;
    const credentials = () => old;
    await using director = connect(directorMethods, {
      address: bootstrap.director,
      expect: { kind: 'director', deployment },
      credentials,
    });
    await expect(director.call('get_state', {})).rejects.toMatchObject({ code: 'superseded' });
    await expect(director.call('put_state', { n: 99, document: {} })).rejects.toMatchObject({ code: 'superseded' });
    const [vm] = await desk.json(z.array(VmInfo), 'call', 'director', 'list_vms');
    const expectAgent: Identity = { kind: 'agent', deployment, application, vm: vm?.id ?? bootstrap.vm };
    await using agent = connect(agentMethods, {
      address: { host: vm?.address ?? '', port: vm?.agentPort ?? 0 },
      expect: expectAgent,
      credentials,
    });
    await expect(agent.call('set_nodes', { nodes: [], keep: [] })).rejects.toMatchObject({ code: 'superseded' });

    expect((await ask(address)).version).toBe('one');
    await desk.conpaas('nodes', 'add', 'Probe', 'web', '--backend', '1');
    expect((await ask(address)).version).toBe('one');
    const find = ['find_nodes', '{"text":"probe backend-2"}'];
    expect(await desk.json(z.array(FoundNode), 'call', 'director', ...find)).toMatchObject([
      { application, name: 'Probe', node: 'web-backend-2', service: 'web', role: 'backend' },
    ]);
  });
});

it('certificates that ended while everything was switched off come back, and the application can be changed', async () => {
  await using desk = await openDesk();
  // Root and intermediate are three weeks old; what they issued then can have ended since.
  await upLongAgo(desk, 20);
  await withProbe(desk, async (address) => {
    await desk.conpaas('stop');
    const [director = ''] = homes(desk, 'director');
    const read = (name: string) => readFile(path.join(director, 'identity', name), 'utf8');
    for (const name of ['manager-1', 'agent']) {
      const [home = ''] = homes(desk, name);
      const schema = name === 'agent' ? AgentBootstrap : ManagerBootstrap;
      const { deployment, roots } = schema.parse(JSON.parse(await readFile(path.join(home, 'bootstrap.json'), 'utf8')));
      const issuer = await createIssuer({
        key: await read('intermediate.key'),
        certificate: await read('intermediate.pem'),
        roots,
        deployment,
      });
      const file = path.join(home, 'identity/certificate.pem');
      const identity = statedIdentity(new X509Certificate(splitPem(await readFile(file, 'utf8'))[0] ?? ''));
      if (!identity) throw new Error(`no identity in ${file}`);
      const key = await readFile(path.join(home, 'identity/key.pem'), 'utf8');
      const publicKey = createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
      const ended = await issuer.issue(identity, publicKey, { lifetimeMs: 10 * day, now: Date.now() - 19 * day });
      expect(lifeOf(ended.certificate).notAfter).toBeLessThan(Date.now() - 8 * day);
      await writeFile(file, ended.certificate);
    }
    await desk.conpaas('up');
    await expect
      .poll(async () => (await ask(address).catch(() => undefined))?.version, { timeout: 60_000 })
      .toBe('one');
    await expect
      .poll(async () => (await desk.run(['nodes', 'add', 'Probe', 'web', '--backend', '1'])).code, { timeout: 60_000 })
      .toBe(0);
    expect((await ask(address)).version).toBe('one');
  });
});
