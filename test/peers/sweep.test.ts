/** `conpaas cloud sweep` on real containers: what was abandoned goes, what is somebody else's stays. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createContainersProvider } from '../../remote/core/clouds/containers/containers-provider.ts';
import { imageName } from '../../remote/core/clouds/containers/settings.ts';
import { DeploymentId } from '../../remote/core/contract/ids.ts';
import { type Desk, openDesk } from '../system/desk.ts';
import { peerSocket } from './engine.ts';

const socket = peerSocket();
const never = new AbortController().signal;
const providerOf = (of: string) => createContainersProvider({ deployment: DeploymentId.parse(of), socket });
const Swept = z.object({
  findings: z.array(z.object({ kind: z.string(), unowned: z.boolean(), why: z.string() })),
  others: z.array(z.string()),
  removed: z.array(z.string()),
});

describe('a sweep of containers', () => {
  const lost = providerOf('d-lost');
  const others = providerOf('d-others');
  let desk: Desk;
  let untagged: string;

  beforeAll(async () => {
    desk = await openDesk({ environment: { DOCKER_HOST: `unix://${socket}` } });
    for (const { provider } of [lost, others]) {
      const deployment = provider === lost.provider ? 'd-lost' : 'd-others';
      const tags = { deployment, application: 'app-lost', operation: 'op-1' };
      await provider.createServer({ name: 'vm-lost', tags, userData: '#!/bin/sh\nsleep 600\n' }, never);
    }
    const body = { Image: imageName, Cmd: ['/bin/sleep', '600'], Labels: { 'not.conpaas': 'd-lost' } };
    const made = await lost.api.request({ method: 'POST', path: '/containers/create', body }, never);
    untagged = z.object({ Id: z.string() }).parse(made).Id;
  });
  afterAll(async () => {
    await lost.api.request({ method: 'DELETE', path: `/containers/${untagged}`, query: { force: '1' } }, never);
    for (const { provider } of [lost, others]) {
      for (const { id } of await provider.listServers(never)) await provider.destroyServer(id, never);
      for (const each of await provider.belongings(never)) await provider.destroyBelonging(each, never);
    }
    await desk[Symbol.asyncDispose]();
  });

  const sweep = (...words: string[]) =>
    desk.json(Swept, 'cloud', 'sweep', '--abandoned', 'd-lost', '--cloud', 'containers', ...words);
  const left = async () => {
    const [servers, belongings] = [await lost.provider.listServers(never), await lost.provider.belongings(never)];
    return servers.length + belongings.length;
  };

  it('shows what it would remove and touches nothing; what is young stays', async () => {
    const young = await sweep('--yes');
    expect(young.findings.map(({ unowned }) => unowned)).toEqual([false, false, false]);
    const shown = await sweep('--dry-run', '--older-than', '0');
    expect(shown.findings.map(({ kind, unowned }) => [kind, unowned])).toEqual([
      ['machine', true],
      ['network', true],
      ['shelf', true],
    ]);
    expect(shown).toMatchObject({ removed: [], others: ['d-others'] });
    expect(await left()).toBe(3);
  });

  it('asks before it removes anything', async () => {
    const { code } = await desk.run([
      'cloud',
      'sweep',
      '--abandoned',
      'd-lost',
      '--cloud',
      'containers',
      '--older-than',
      '0',
    ]);
    expect(code).not.toBe(0);
    expect(await left()).toBe(3);
  });

  it('removes the machine with its network and its place for volumes, and nothing of others', async () => {
    expect((await sweep('--yes', '--older-than', '0')).removed).toHaveLength(3);
    expect(await left()).toBe(0);
    expect(await others.provider.listServers(never)).toHaveLength(1);
    expect(await others.provider.belongings(never)).toHaveLength(2);
    await lost.api.request({ method: 'GET', path: `/containers/${untagged}/json` }, never); // throws where it is gone
  });
});
