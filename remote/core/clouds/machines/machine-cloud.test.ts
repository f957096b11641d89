/** What all real clouds share, over a provider in memory: what a real one answers is the conformance suite's. */
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { ConpaasError } from '../../contract/errors.ts';
import type { HostProcess } from '../../contract/host.ts';
import { DeploymentId, VmId } from '../../contract/ids.ts';
import { createMachineCloud } from './machine-cloud.ts';
import type { Program, ProgramSource } from './programs.ts';
import { fakeProvider } from './provider.fixture.ts';
import type { Server } from './provider.ts';
import type { Copied, Transport } from './transport.ts';

const never = new AbortController().signal;
const tags = { deployment: 'd-one', application: 'app-one', operation: 'op-one' };
const programs: Program[] = (['node', 'host.mjs', 'director.mjs', 'manager.mjs', 'agent.mjs'] as const).map(
  (name, at) => ({ name, path: `/here/${name}`, size: 1, sha256: String(at).repeat(64) }),
);
const copying: ProgramSource = { kind: 'copy', programs: async () => programs };
const fetching: ProgramSource = {
  kind: 'fetch',
  programs: async () => programs,
  director: { host: '10.0.0.2', port: 5555 },
};
const agent: HostProcess = { name: 'agent', bundle: 'agent', bootstrap: { token: 'token-of-agent' } };

/** A transport to a machine that has some programs, and whose host answers what it is told to. */
function fakeTransport(
  present: readonly Program[],
  hostAnswers: readonly unknown[] = [{ result: {} }],
  { ready = false } = {},
) {
  const copied: Copied[] = [];
  const calls: { readonly method: string | undefined; readonly input: unknown }[] = [];
  const answers = [...hostAnswers];
  const transport: Transport = {
    async copy(_server, files) {
      copied.push(...files);
    },
    async run(_server, command, input) {
      if (command[0]?.endsWith('sha256sum')) {
        return { code: 1, output: present.map((p) => `${p.sha256}  /opt/conpaas/${p.name}\n`).join(''), errors: '' };
      }
      if (command[0]?.endsWith('test')) return { code: ready ? 0 : 1, output: '', errors: '' };
      calls.push({ method: command.at(-1), input: JSON.parse(input) });
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      return { code: 0, output: JSON.stringify(answer), errors: '' };
    },
  };
  return { transport, copied, calls };
}

const textOf = (userData: string): string => {
  const block = /<<'END' \| gzip -d [^\n]*\n([\s\S]*?)\nEND\n/.exec(userData)?.[1] ?? '';
  return userData + gunzipSync(Buffer.from(block, 'base64')).toString('utf8');
};

describe('a cloud of machines, over a fake provider', () => {
  test('a machine that fetches is told its list, whom to ask, and what it must get', async () => {
    const { provider, requests } = fakeProvider();
    const { transport, copied, calls } = fakeTransport([]);
    const cloud = createMachineCloud({ provider, transport, source: fetching });
    const vm = await cloud.createVm({ name: 'vm-a', tags, processes: [agent] }, never);
    expect(vm).toMatchObject({ id: 's-vm-a', state: 'running', address: '10.0.0.9', tags });
    const text = textOf(requests[0]?.userData ?? '');
    expect(text).toContain('token-of-agent');
    expect(text).toContain('director=10.0.0.2:5555');
    expect(text).toContain(`need agent.mjs ${'4'.repeat(64)}`);
    expect(text).not.toContain('director.mjs');
    expect([copied, calls]).toEqual([[], []]);
  });

  test('a machine that nobody can tell anything is told where to follow its list', async () => {
    const { provider, requests } = fakeProvider();
    const cloud = createMachineCloud({ provider, source: fetching });
    const deployment = DeploymentId.parse('d-one');
    const vm = VmId.parse('vm-a');
    const director = { host: '10.0.0.2', port: 5555 };
    const follow = { kind: 'host' as const, deployment, vm, director, roots: ['root'], token: 'token-of-host' };
    expect(cloud.lists).toBe('followed');
    await cloud.createVm({ name: vm, tags, processes: [], follow }, never);
    expect(textOf(requests[0]?.userData ?? '')).toContain(JSON.stringify({ name: vm, processes: [], follow }));
    await expect(cloud.setProcesses(vm, [agent], never)).rejects.toMatchObject({ code: 'internal' });
  });

  test('what a director is told comes by the first contact and never by user-data', async () => {
    const { provider, requests } = fakeProvider();
    const { transport, copied, calls } = fakeTransport(programs.slice(0, 2));
    const cloud = createMachineCloud({ provider, transport, source: copying });
    const director: HostProcess = { name: 'director', bundle: 'director', bootstrap: { cloud: { key: 'secret-key' } } };
    await cloud.createVm({ name: 'director', tags, processes: [director] }, never);
    expect(textOf(requests[0]?.userData ?? '')).not.toContain('secret-key');
    expect(copied.map(({ from, to }) => [from, to])).toEqual(
      ['director.mjs', 'manager.mjs', 'agent.mjs'].map((name) => [`/here/${name}`, `/opt/conpaas/${name}`]),
    );
    expect(calls).toEqual([{ method: 'set_machine_processes', input: { processes: [director] } }]);
  });

  test('a director that is asked for again is left as it is: an upgrade alone replaces what runs', async () => {
    const { provider } = fakeProvider();
    const director: HostProcess = { name: 'director', bundle: 'director', bootstrap: {} };
    const facts = {
      address: '10.0.0.9',
      state: 'running',
      processes: [{ name: 'director', state: 'running', restarts: 0 }],
    };
    const made = fakeTransport([], [{ result: facts }], { ready: true });
    const cloud = createMachineCloud({ provider, transport: made.transport, source: copying });
    await cloud.createVm({ name: 'director', tags, processes: [director] }, never);
    expect(made.copied).toEqual([]);
    expect(made.calls.map(({ method }) => method)).toEqual(['get_machine']);

    // One whose set-up was cut short before it had its list is told.
    const bare = { result: { ...facts, processes: [] } };
    const cut = fakeTransport(programs, [bare, { result: {} }], { ready: true });
    const again = createMachineCloud({ provider, transport: cut.transport, source: copying });
    await again.createVm({ name: 'director', tags, processes: [director] }, never);
    expect(cut.calls.map(({ method }) => method)).toEqual(['get_machine', 'set_machine_processes']);
  });

  test('a host that is starting is waited for; what it refuses is told in its words', async () => {
    const { provider } = fakeProvider();
    const away = { failure: { code: 'unreachable', message: 'not yet' } };
    const starting = fakeTransport([], [away, away, { result: { content: 'text' } }]);
    const cloud = createMachineCloud({ provider, transport: starting.transport, source: copying });
    const contact = await cloud.contact(VmId.parse('s-vm-a'), never);
    expect(await contact.readFile('agent/x', never)).toBe('text');
    expect(starting.calls).toHaveLength(3);

    const refused = { failure: { code: 'invalid_request', message: '"../x" is not a plain relative path.' } };
    const strict = createMachineCloud({ provider, transport: fakeTransport([], [refused]).transport, source: copying });
    const other = await strict.contact(VmId.parse('s-vm-a'), never);
    await expect(other.readFile('../x', never)).rejects.toMatchObject({ code: 'invalid_request' });
  });

  test('a machine that the cloud refuses is refused with its words', async () => {
    const quota = new ConpaasError('cloud_failed', 'The quota of machines is used up.');
    const { provider } = fakeProvider({ createServer: quota });
    const cloud = createMachineCloud({ provider, transport: fakeTransport([]).transport, source: fetching });
    await expect(cloud.createVm({ name: 'vm-a', tags, processes: [] }, never)).rejects.toThrow(/quota/);
  });

  test('a disk is taken from a machine once its host has let go of it, or does not answer', async () => {
    const { provider } = fakeProvider();
    const volume = (name: string) => ({ id: `v-${name}`, name, tags, sizeGb: 1, attachedTo: 's-a' });
    const done: string[] = [];
    const volumes = {
      list: async () => [volume('one'), volume('two')].map((one) => ({ ...one, state: 'attached' as const })),
      attach: async (id: string) => [`/dev/${id}`],
      detach: async (id: string) => void done.push(`detach ${id}`),
      create: () => Promise.reject(new Error('nothing is made')),
      destroy: async () => undefined,
    };
    const busy = { failure: { code: 'internal', message: 'target is busy' } };
    const away = { failure: { code: 'not_found', message: 'The machine is gone.' } };
    const told = { method: 'set_machine_volumes', input: { volumes: [{ name: 'two', devices: ['/dev/v-two'] }] } };
    for (const [answers, asked] of [
      [[busy, { result: {} }], 2],
      [[away], 1],
    ] as const) {
      const { transport, calls } = fakeTransport([], answers);
      const watched: Transport = {
        ...transport,
        run: (...given) => {
          done.push('ask the host');
          return transport.run(...given);
        },
      };
      const cloud = createMachineCloud({ provider: { ...provider, volumes }, transport: watched, source: fetching });
      await cloud.volumes?.detach('v-one', never);
      expect(calls).toEqual(Array(asked).fill(told));
      expect(done.splice(0)).toEqual([...Array(asked).fill('ask the host'), 'detach v-one']);
    }
  });

  test('power: one that cannot be started does not keep the others; one that cannot be stopped is an error', async () => {
    const stuck = new ConpaasError('cloud_failed', 'No capacity.');
    const { provider, servers, powered } = fakeProvider({ 's-b': stuck });
    const server = (id: string, state: Server['state']): Server => ({ id, name: id, tags, state, createdAt: 1 });
    servers.push(server('s-a', 'stopped'), server('s-b', 'stopped'), server('s-c', 'running'), server('s-d', 'gone'));
    const cloud = createMachineCloud({ provider, transport: fakeTransport([]).transport, source: fetching });
    await cloud.power(true, never);
    expect(powered.splice(0)).toEqual(['s-a on']);
    await cloud.startVm?.(VmId.parse('s-c'), never);
    expect(powered.splice(0)).toEqual(['s-c on']);
    servers.splice(0, 2, server('s-b', 'running'));
    await expect(cloud.power(false, never)).rejects.toBe(stuck);
    expect(powered).toEqual(['s-c off']);
  });
});
