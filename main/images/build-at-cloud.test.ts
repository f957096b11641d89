/** The making of an image at fakes of clouds: what is asked of them, and that nothing is left of it. Nothing boots there. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Contact } from '../../remote/core/clouds/machines/contact.ts';
import { newBuilder } from '../../remote/core/clouds/machines/images.ts';
import type { Program } from '../../remote/core/clouds/machines/programs.ts';
import type { Provider } from '../../remote/core/clouds/machines/provider.ts';
import type { Copied, Ran, Transport } from '../../remote/core/clouds/machines/transport.ts';
import { type FakeOpenNebula, startFakeOpenNebula } from '../../remote/core/clouds/opennebula/fake/fake-opennebula.ts';
import { openOpenNebula } from '../../remote/core/clouds/opennebula/index.ts';
import { type FakeOpenStack, startFakeOpenStack } from '../../remote/core/clouds/openstack/fake/fake-openstack.ts';
import { openOpenStack } from '../../remote/core/clouds/openstack/index.ts';
import { toFailure } from '../../remote/core/contract/errors.ts';
import type { Operation } from '../../remote/core/contract/operation.ts';
import { buildImage, imagesOf } from './build-at-cloud.ts';

const never = new AbortController().signal;
const programs: Program[] = (['node', 'host.mjs'] as const).map((name, at) => ({
  ...{ name, path: `/here/${name}`, size: 1, sha256: String(at).repeat(64) },
}));

/** A machine that does what it is told. */
function obeying(answer: () => Promise<Ran>) {
  const copied: Copied[] = [];
  const ran: { command: readonly string[]; input: string }[] = [];
  const contact: Contact = {
    keys: async () => ({ hostKey: 'the host key of one use', authorizedKey: 'ssh-ed25519 AAAA' }),
    transport: (): Transport => ({
      async copy(_server, files) {
        copied.push(...files);
      },
      async run(_server, command, input) {
        ran.push({ command, input });
        return answer();
      },
    }),
  };
  return { contact, copied, ran };
}
const well = async (): Promise<Ran> => ({ code: 0, output: '', errors: '' });

describe.each<[string]>([['OpenStack'], ['OpenNebula']])('at a fake of %s', (cloud) => {
  let openstack: FakeOpenStack;
  let opennebula: FakeOpenNebula;
  beforeEach(async () => {
    openstack = await startFakeOpenStack();
    opennebula = await startFakeOpenNebula();
  });
  afterEach(async () => {
    await openstack[Symbol.asyncDispose]();
    await opennebula[Symbol.asyncDispose]();
  });

  function open(deployment: string): Provider {
    const { endpoint, username, password } = opennebula;
    if (cloud === 'OpenNebula') return openOpenNebula({ deployment, endpoint, username, password });
    const { id, secret } = openstack.accounts.applicationCredential;
    const signIn = { applicationCredentialId: id, applicationCredentialSecret: secret };
    return openOpenStack({ deployment, authUrl: openstack.authUrl, ...signIn });
  }

  /** What there is beside what every project has. */
  function left(): readonly unknown[] {
    const { machines, groups } = opennebula.oned;
    const { things } = openstack.neutron;
    const ports = [...things.ports.values()].filter((port) => port['device_owner'] !== 'network:router_interface');
    return [
      ...[...machines.keys(), ...groups.keys(), ...opennebula.oned.images.values()],
      ...[...openstack.nova.servers.values()].filter(({ next }) => next !== 'DELETED'),
      ...[...openstack.cinder.volumes.keys(), ...ports],
      ...[...things.floatingips.keys(), ...things['security-groups'].keys()],
      ...openstack.images.filter(({ visibility }) => visibility === 'private'),
    ];
  }

  async function build(answer = well, signal = never, onOperation?: (operation: Operation) => void) {
    const builder = newBuilder(Date.now());
    await using provider = open(builder);
    const machine = obeying(answer);
    const image = await buildImage({
      ...{ provider, builder, contact: machine.contact, programs: async () => programs, packages: ['nginx-light'] },
      ...{ release: '1.2.3', requestedBy: 'ann', signal, onOperation, now: () => Date.parse('2026-01-31T10:15:00Z') },
    });
    return { image, builder, ...machine };
  }

  test('its machine is gone, and the image stays', async () => {
    const { image, builder, copied, ran } = await build();
    expect(copied.map(({ to }) => to)).toEqual(['/opt/conpaas/node', '/opt/conpaas/host.mjs']);
    expect(ran).toHaveLength(1);
    expect(ran[0]?.command).toContain('--prepare-image');
    expect(JSON.parse(ran[0]?.input ?? '')).toEqual({ packages: ['nginx-light'], runtime: '0'.repeat(64) });
    expect(image).toMatchObject({ release: '1.2.3', base: 'debian-12', architecture: 'x64', state: 'available' });
    expect(image.name).toBe(`conpaas-1.2.3-debian-12-x64-20260131-101500-${builder.replace('image-', '')}`);
    expect(left()).toHaveLength(1);
    await using other = open('d-one');
    await imagesOf(other).destroy(image.id, never);
    expect(left()).toEqual([]);
  });

  test('a machine that cannot be made ready leaves nothing, and says what it said', async () => {
    const answer = async (): Promise<Ran> => ({ code: 1, output: '', errors: 'E: no such package\n' });
    const failed = build(answer);
    await expect(failed).rejects.toMatchObject({ code: 'cloud_failed', failure: { log: ['E: no such package'] } });
    expect(left()).toEqual([]);
  });

  test.each(['machine', 'programs', 'prepare', 'stop', 'image'])(
    'cancelled at the step %s, nothing is left',
    async (name) => {
      const cancelling = new AbortController();
      const onOperation = ({ steps }: Operation): void => {
        const step = steps.find((one) => one.name === name);
        if (step?.state === 'running') cancelling.abort();
      };
      expect(await build(well, cancelling.signal, onOperation).catch(toFailure)).toMatchObject({ code: 'cancelled' });
      expect(left()).toEqual([]);
    },
  );

  test('cancelled while the machine comes up or the image is written, nothing is left', async () => {
    for (const wanted of ['machine', 'image']) {
      const cancelling = new AbortController();
      const onOperation = ({ steps }: Operation): void => {
        const told = steps.some(
          ({ name, detail, state }) => name === wanted && state === 'running' && detail !== undefined,
        );
        if (told) cancelling.abort();
      };
      expect(await build(well, cancelling.signal, onOperation).catch(toFailure)).toMatchObject({ code: 'cancelled' });
      expect(left()).toEqual([]);
    }
  });
});
