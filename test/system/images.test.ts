/** `conpaas image …` at a cloud: the command against a fake of OpenStack, where nothing boots. */
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { imageName, newBuilder } from '../../remote/core/clouds/machines/images.ts';
import { type FakeOpenStack, startFakeOpenStack } from '../../remote/core/clouds/openstack/fake/fake-openstack.ts';
import { openOpenStack } from '../../remote/core/clouds/openstack/index.ts';
import { type Desk, openDesk } from './desk.ts';

const never = new AbortController().signal;
const Image = z.strictObject({
  ...{ id: z.string(), name: z.string(), release: z.string(), base: z.string(), architecture: z.string() },
  ...{ createdAt: z.number(), state: z.string(), sizeGb: z.number().optional() },
});
const Images = z.strictObject({ images: z.array(Image) });

describe('images at a cloud', () => {
  let fake: FakeOpenStack;
  let desk: Desk;
  let signIn: Record<string, string>;

  beforeAll(async () => {
    fake = await startFakeOpenStack();
    desk = await openDesk({ environment: { CONPAAS_PASSPHRASE: 'of this test alone' } }); // a key file keeps no credentials
    const { id, secret } = fake.accounts.applicationCredential;
    signIn = { authUrl: fake.authUrl, applicationCredentialId: id, applicationCredentialSecret: secret };
    const added = await desk.run(['cloud', 'add', 'stack', 'openstack'], { input: JSON.stringify(signIn) });
    expect(added, added.stderr).toMatchObject({ code: 0 });
  });
  afterAll(async () => {
    await desk[Symbol.asyncDispose]();
    await fake[Symbol.asyncDispose]();
  });

  const living = () => [...fake.nova.servers.values()].filter(({ next }) => next !== 'DELETED');
  /** Of ours, beside what every project has. */
  const left = (): readonly unknown[] => {
    const { ports, floatingips, 'security-groups': groups } = fake.neutron.things;
    return [
      ...living(),
      ...[...ports.values()].filter((port) => port['device_owner'] !== 'network:router_interface'),
      ...[...floatingips.keys(), ...groups.keys()],
      ...fake.images.filter(({ visibility }) => visibility === 'private'),
    ];
  };

  test('are listed and removed', async () => {
    expect((await desk.json(Images, 'image', 'list', '--cloud', 'stack')).images).toEqual([]);
    const builder = newBuilder(Date.now());
    await using provider = openOpenStack({ ...signIn, deployment: builder });
    const tags = { deployment: builder, application: '', operation: '' };
    const { id: server } = await provider.createServer({ name: 'image', tags, userData: '', plain: true }, never);
    const state = async () => (await provider.listServers(never)).find(({ id }) => id === server)?.state;
    await expect.poll(state).toBe('running');
    const name = imageName({ release: '1.2.3', base: 'debian-12', architecture: 'x64', builder }, Date.now());
    await provider.images?.create({ name, tags, server }, never);
    await provider.destroyServer(server, never);
    for (const belonging of await provider.belongings(never)) {
      if (belonging.kind !== 'image') await provider.destroyBelonging(belonging, never);
    }
    const { images } = await desk.json(Images, 'image', 'list', '--cloud', 'stack');
    expect(images).toMatchObject([{ name, release: '1.2.3', base: 'debian-12', architecture: 'x64', sizeGb: 20 }]);
    expect(await desk.run(['image', 'remove', name, '--cloud', 'stack'])).not.toMatchObject({ code: 0 }); // it asks
    await desk.conpaas('image', 'remove', name, '--cloud', 'stack', '--yes');
    expect(await desk.run(['image', 'remove', name, '--cloud', 'stack', '--yes'])).toMatchObject({ code: 3 });
    expect(left()).toEqual([]);
  });

  test('one that is being made is cancelled by Ctrl+C, and nothing of it is left', async () => {
    const child = desk.start(['image', 'build', '--cloud', 'stack']);
    const said = child.stderr ? text(child.stderr) : Promise.resolve('');
    await expect.poll(() => living().length, { timeout: 60_000 }).toBe(1);
    const [server] = living();
    expect(server?.userData).toContain('conpaas-ssh.service');
    expect(server?.userData).not.toContain('conpaas-host');
    child.kill('SIGINT');
    const [code] = await once(child, 'exit');
    expect(code, await said).toBe(130);
    expect(await said).toContain('whose price is not known here');
    expect(left()).toEqual([]);
  });

  test('a cloud that keeps none says so', async () => {
    const { code, stderr } = await desk.run(['image', 'list', '--cloud', 'qemu']);
    expect(code).toBe(2);
    expect(stderr).toContain('conpaas image build --cloud qemu');
  });
});
