/** EC2 as desktop and director drive it, against moto: what machines are made with. Nothing boots there. */
import { DescribeInstanceAttributeCommand, EC2Client } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConpaasError } from '../../contract/errors.ts';
import type { HostProcess } from '../../contract/host.ts';
import { DeploymentId, VmId } from '../../contract/ids.ts';
import { createCloud } from '../index.ts';
import { cloudKind } from '../kinds.ts';
import type { Contact, Contacted } from '../machines/contact.ts';
import type { Program } from '../machines/programs.ts';
import type { Copied, Transport } from '../machines/transport.ts';
import { type Moto, startMoto } from './moto.ts';

const never = new AbortController().signal;
const deployment = DeploymentId.parse('d-cloud');
const credentials = { accessKeyId: 'AKIATESTTESTTEST', secretAccessKey: 'secret-of-this-test' };
const programs: Program[] = (['node', 'host.mjs', 'director.mjs', 'manager.mjs', 'agent.mjs'] as const).map(
  (name, at) => ({ name, path: `/here/${name}`, size: 1, sha256: String(at).repeat(64) }),
);
const settings = () => ({ ...credentials, region: 'eu-west-1', endpoint: moto.endpoint, deployment });
let moto: Moto;
let client: EC2Client;

beforeAll(async () => {
  moto = await startMoto();
  client = new EC2Client({ region: 'eu-west-1', endpoint: moto.endpoint, credentials: { ...credentials } });
});
afterAll(async () => {
  client.destroy();
  await moto[Symbol.asyncDispose]();
});

async function userDataOf(id: string): Promise<string> {
  const { UserData } = await client.send(
    new DescribeInstanceAttributeCommand({ InstanceId: id, Attribute: 'userData' }),
  );
  return Buffer.from(UserData?.Value ?? '', 'base64').toString();
}

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
        return { code: 0, output: command.includes('--call') ? '{"result":{}}' : '', errors: '' };
      },
    }),
  };
  return { contact, copied, inputs, contacted };
}

describe('EC2 as a cloud', () => {
  test('is a kind that can be chosen, with fields that the driver takes and only one secret', () => {
    const fields = cloudKind('ec2')?.credentials;
    const secret = Object.entries(fields?.shape ?? {}).filter(([, field]) => field.meta()?.['secret'] === true);
    expect(secret.map(([name]) => name)).toEqual(['secretAccessKey']);
    const entered = fields?.parse({ ...credentials, region: 'eu-west-1' });
    expect(createCloud('ec2', { ...entered, deployment, size: 't3.medium' }).lists).toBe('followed');
  });

  test('settings that it does not know, or that are wrong, are said by their place', () => {
    const open = (more: object) => () => createCloud('ec2', { ...settings(), ...more });
    expect(open({ sise: 't3.small' })).toThrow(/sise/);
    expect(open({ diskGb: 1 })).toThrow(ConpaasError);
    expect(open({ diskGb: 1 })).toThrow(/diskGb/);
  });

  test("the desktop's machine has the way in in its user-data, and programs and secrets come by that way", async () => {
    const { contact, copied, inputs, contacted } = rememberingContact();
    const source = { kind: 'copy' as const, programs: async () => programs, contact };
    await using cloud = createCloud('ec2', settings(), source);
    expect(cloud.lists).toBe('set');
    const bootstrap = { kind: 'director', cloud: { kind: 'ec2', settings: settings() } };
    const director: HostProcess = { name: 'director', bundle: 'director', bootstrap };
    const tags = { deployment, application: '', operation: 'op-1' };
    const vm = await cloud.createVm({ name: 'director', tags, processes: [director] }, never);
    const userData = await userDataOf(vm.id);
    expect(userData).toContain('conpaas-ssh.service');
    expect(userData).toContain(Buffer.from('the host key of one use').toString('base64'));
    expect(Buffer.byteLength(userData)).toBeLessThan(8192);
    expect(userData).not.toContain(credentials.secretAccessKey);
    expect(copied.map(({ to }) => to)).toEqual(programs.map(({ name }) => `/opt/conpaas/${name}`));
    expect(inputs.at(-1)).toContain(credentials.secretAccessKey); // over SSH, on the program's standard input
    // It is reached from outside.
    const [found] = await cloud.listVms(never);
    expect(found?.publicAddress).not.toBe(found?.address);
    expect(contacted).toEqual([{ name: 'director', host: found?.publicAddress }]);
    await cloud.destroyVm(vm.id, never);
    expect((await cloud.tagged(never)).map(({ kind }) => kind)).toEqual(['security-group']);
    await cloud.retire(never);
    expect(await cloud.tagged(never)).toEqual([]);
  });

  test("a director's machines fetch their programs and follow their lists; nobody has a way in", async () => {
    const director = { host: '10.0.0.2', port: 5555 };
    await using cloud = createCloud('ec2', settings(), {
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
    const userData = await userDataOf(made.id);
    expect(userData).toContain('director=10.0.0.2:5555');
    expect(userData).toContain("wanted='bubblewrap nginx-light'");
    expect(userData).not.toContain('conpaas-ssh');
    expect(userData).not.toContain(credentials.secretAccessKey);
    await cloud.destroyVm(made.id, never);
    await cloud.retire(never);
  });
});
