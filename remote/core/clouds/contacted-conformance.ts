/**
 * What every cloud must do whose machines are contacted by SSH at first, as desktop and director drive it: what machines
 * are made with, and by which way secrets come. Nothing has to boot.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HostProcess } from '../contract/host.ts';
import { DeploymentId, VmId } from '../contract/ids.ts';
import { createCloud } from './index.ts';
import { cloudKind } from './kinds.ts';
import type { Contact, Contacted } from './machines/contact.ts';
import type { Program } from './machines/programs.ts';
import type { Copied, Transport } from './machines/transport.ts';
import { laidDown } from './machines/user-data.fixture.ts';

export interface ContactedSubject extends AsyncDisposable {
  readonly kind: string;
  /** What the driver is opened with beside the deployment: credentials too. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** What of it is entered in a form, and is enough there. */
  readonly entered: Readonly<Record<string, unknown>>;
  /** What of it must be nowhere. */
  readonly secret: string;
  /** Fields of the form that are typed blind. */
  readonly secretFields: readonly string[];
  /** What the cloud was told that the machine runs at its first boot. */
  userDataOf(id: string): Promise<string>;
  /** Whether its machines have an address outside of their network, by which they are contacted. */
  readonly outside: boolean;
  /** Kinds of things that the deployment still has when its machines are gone. */
  readonly stays: readonly string[];
}

const never = new AbortController().signal;
const deployment = DeploymentId.parse('d-cloud');
const programs: Program[] = (['node', 'host.mjs', 'director.mjs', 'manager.mjs', 'agent.mjs'] as const).map(
  (name, at) => ({ name, path: `/here/${name}`, size: 1, sha256: String(at).repeat(64) }),
);

/** What the host of a machine says of it, whatever it is asked. */
const hostAnswer = { address: '10.0.0.9', state: 'running', processes: [] };

/** A way in that remembers what goes through it. */
function rememberingContact() {
  const copied: Copied[] = [];
  const inputs: string[] = [];
  const contacted: (Contacted | undefined)[] = [];
  const contact: Contact = {
    keys: async () => ({ hostKey: 'the host key of one use', authorizedKey: 'ssh-ed25519 AAAA' }),
    transport: (find): Transport => ({
      async copy(server, files, signal) {
        contacted.push(await find(server, signal));
        copied.push(...files);
      },
      async run(_server, command, input) {
        inputs.push(input);
        return {
          code: 0,
          output: command.includes('--call') ? JSON.stringify({ result: hostAnswer }) : '',
          errors: '',
        };
      },
    }),
  };
  return { contact, copied, inputs, contacted };
}

export function describeContactedCloud(name: string, subject: () => Promise<ContactedSubject>): void {
  describe(`${name} as desktop and director drive it`, () => {
    let given: ContactedSubject;
    const settings = () => ({ ...given.settings, deployment });
    beforeAll(async () => {
      given = await subject();
    });
    afterAll(() => given[Symbol.asyncDispose]());

    test('is a kind that can be chosen, with fields that the driver takes; secrets are typed blind', () => {
      const fields = cloudKind(given.kind)?.credentials;
      const secret = Object.entries(fields?.shape ?? {}).filter(([, field]) => field.meta()?.['secret'] === true);
      expect(secret.map(([field]) => field)).toEqual(given.secretFields);
      const entered = fields?.parse(given.entered);
      expect(createCloud(given.kind, { ...entered, deployment, size: 'some.size' }).lists).toBe('followed');
    });

    test('settings that it does not know, or that are wrong, are said by their place', () => {
      const open = (more: object) => () => createCloud(given.kind, { ...settings(), ...more });
      expect(open({ sise: 't3.small' })).toThrow(/sise/);
      expect(open({ diskGb: 1 })).toThrow(/diskGb/);
      expect(open({ diskGb: 1 })).toThrow(expect.objectContaining({ code: 'invalid_request' }));
    });

    test("the desktop's machine has the way in in its user-data, and programs and secrets come by that way", async () => {
      const { contact, copied, inputs, contacted } = rememberingContact();
      const source = { kind: 'copy' as const, programs: async () => programs, contact };
      await using cloud = createCloud(given.kind, settings(), source);
      expect(cloud.lists).toBe('set');
      const bootstrap = { kind: 'director', cloud: { kind: given.kind, settings: settings() } };
      const director: HostProcess = { name: 'director', bundle: 'director', bootstrap };
      const tags = { deployment, application: '', operation: 'op-1' };
      const vm = await cloud.createVm({ name: 'director', tags, processes: [director] }, never);
      const userData = await given.userDataOf(vm.id);
      expect(userData).toContain('conpaas-ssh.service');
      expect(userData).toContain(Buffer.from('the host key of one use').toString('base64'));
      expect(Buffer.byteLength(userData)).toBeLessThan(8192);
      expect(userData).not.toContain(given.secret);
      expect(copied.slice(0, 5).map(({ to }) => to)).toEqual(programs.map((program) => `/opt/conpaas/${program.name}`));
      expect(inputs.at(-1)).toContain(given.secret); // over SSH, on the program's standard input
      // It is reached from outside, if there is a way, once it runs.
      const found = async () => (await cloud.listVms(never)).find(({ id }) => id === vm.id);
      await expect.poll(async () => (await found())?.state).toBe('running');
      await cloud.createVm({ name: 'director', tags, processes: [director] }, never);
      const { address, publicAddress } = (await found()) ?? {};
      expect(publicAddress !== undefined && publicAddress !== address).toBe(given.outside);
      expect(contacted.at(-1)).toEqual({ name: 'director', host: given.outside ? publicAddress : address });
      await cloud.destroyVm(vm.id, never);
      expect((await cloud.tagged(never)).map(({ kind }) => kind)).toEqual(given.stays);
      await cloud.retire(never);
      expect(await cloud.tagged(never)).toEqual([]);
    });

    test("a director's machines fetch their programs and follow their lists; nobody has a way in", async () => {
      const director = { host: '10.0.0.2', port: 5555 };
      await using cloud = createCloud(given.kind, settings(), {
        kind: 'fetch',
        programs: async () => programs,
        director,
        packages: ['bubblewrap', 'nginx-light'],
      });
      expect(cloud.lists).toBe('followed');
      const vm = VmId.parse('vm-one');
      const follow = { kind: 'host' as const, deployment, vm, director, roots: ['root'], token: 'token-of-the-host' };
      const tags = { deployment, application: 'app-one', operation: 'op-1' };
      const made = await cloud.createVm({ name: vm, tags, processes: [], follow }, never);
      const userData = await given.userDataOf(made.id);
      expect(userData).toContain('director=10.0.0.2:5555');
      expect(laidDown(userData)).toEqual({ name: vm, processes: [], follow, packages: ['bubblewrap', 'nginx-light'] });
      expect(userData).not.toContain('conpaas-ssh');
      expect(userData).not.toContain(given.secret);
      await cloud.destroyVm(made.id, never);
      await cloud.retire(never);
    });
  });
}
