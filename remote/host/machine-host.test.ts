/** The real host of a VM with stand-ins for what it starts, reached as the first contact reaches it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ownAddress } from './own-address.ts';
import { makeBundles, runtime } from './stand-in.ts';

let root: string;
let bundles: string;
let directory: string;
let host: ChildProcess;

beforeAll(async () => {
  root = await realpath(await mkdtemp(path.join(os.tmpdir(), 'conpaas-machine-')));
  bundles = path.join(root, 'bundles');
  directory = await mkdtemp(path.join(root, 'machine-'));
  await makeBundles(bundles);
  const processes = [{ name: 'agent', bundle: 'agent', bootstrap: { marker: 'one' } }];
  await writeFile(path.join(directory, 'machine.json'), JSON.stringify({ name: 'vm-one', processes }));
  host = start();
});
afterAll(async () => {
  await call('set_machine_processes', { processes: [] });
  await end('SIGTERM');
  await rm(root, { recursive: true, force: true });
});

const start = (): ChildProcess =>
  spawn(runtime, [path.join(bundles, 'host.mjs'), '--machine', directory, bundles], { stdio: 'ignore' });

async function end(signal: NodeJS.Signals): Promise<void> {
  const ended = once(host, 'exit');
  host.kill(signal);
  await ended;
}

/** Standard input is left open, as some first contacts must. */
async function call(method: string, params: unknown): Promise<unknown> {
  const child = spawn(runtime, [path.join(bundles, 'host.mjs'), '--call', directory, method], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.write(`${JSON.stringify(params)}\n`);
  return JSON.parse(await text(child.stdout));
}

async function started(process: string): Promise<{ pid: number; bootstrap: unknown }> {
  const file = { path: `${process}/started.json` };
  await expect
    .poll(() => call('read_machine_file', file), { timeout: 20_000 })
    .toMatchObject({ result: { content: expect.any(String) } });
  const { result } = (await call('read_machine_file', file)) as { result: { content: string } };
  return JSON.parse(result.content);
}

test('it starts its list, changes it, and adopts what lives after it was killed', async () => {
  const first = await started('agent');
  expect(first.bootstrap).toEqual({ vm: 'vm-one', address: expect.stringMatching(/^[0-9.]+$/), marker: 'one' });
  const agent = { name: 'agent', bundle: 'agent', bootstrap: { marker: 'one' } };
  const manager = { name: 'manager-2', bundle: 'manager', bootstrap: { marker: 'two' } };
  expect(await call('set_machine_processes', { processes: [agent, manager] })).toEqual({ result: {} });
  await started('manager-2');

  await end('SIGKILL');
  expect(await call('get_machine', {})).toMatchObject({ failure: { code: 'unreachable' } });
  host = start();
  expect((await started('agent')).pid).toBe(first.pid);
  expect(await call('get_machine', {})).toMatchObject({
    result: { state: 'running', processes: [{ name: 'agent', pid: first.pid }, { name: 'manager-2' }] },
  });

  expect(await call('set_machine_processes', { processes: [agent] })).toEqual({ result: {} });
  expect(await call('read_machine_file', { path: 'manager-2/started.json' })).toEqual({ result: { content: null } });
  expect(await call('set_machine_processes', { processes: [agent, agent] })).toMatchObject({
    failure: { code: 'invalid_request' },
  });
  expect(await call('create_vm', {})).toMatchObject({ failure: { code: 'unknown_method' } });
});

test('its address is that of the default route, else any that is not loopback', () => {
  const address = (value: string, internal = false) => [
    { address: value, netmask: '', family: 'IPv4' as const, mac: '', internal, cidr: null },
  ];
  const interfaces = { lo: address('127.0.0.1', true), a: address('10.0.0.1'), b: address('10.0.0.2') };
  const routes = 'Iface\tDestination\tGateway\nb\t00000000\t0100000A\na\t0000000A\t00000000\n';
  expect(ownAddress(interfaces, routes)).toBe('10.0.0.2');
  expect(ownAddress(interfaces, 'Iface\tDestination\n')).toBe('10.0.0.1');
  expect(() => ownAddress({ lo: address('127.0.0.1', true) }, '')).toThrow(/no IPv4/);
});
