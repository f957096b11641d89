/** Data lies on volumes: the machine of a database is destroyed, and the one in its place has the rows. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { hostSocket } from '../../remote/core/clouds/local/index.ts';
import { ApplicationInfo, hostMethods, NodeInfo, VolumeInfo } from '../../remote/core/contract/index.ts';
import { connect } from '../../remote/core/rpc/index.ts';
import { type Desk, openDesk } from './desk.ts';
import { entries, sign } from './guestbook.ts';
import { kill9 } from './processes.ts';
import { until } from './until.ts';

const volumesOf = (desk: Desk) => desk.json(z.array(VolumeInfo), 'volume', 'list');

/** The directory of the deployment's local host. */
async function hostDirectory(desk: Desk): Promise<string> {
  const names = await readdir(desk.home, { recursive: true });
  const found = names.find((name) => path.basename(name) === 'host.sock');
  if (found === undefined) throw new Error('there is no host');
  return path.join(desk.home, path.dirname(found));
}

/** A machine vanishes without our doing, and the director looks at its machines: as it does when it starts. */
async function lose(desk: Desk, directory: string, address: string | undefined): Promise<void> {
  using socket = hostSocket(directory);
  await using host = connect(hostMethods, { address: { socket: socket.path } });
  const lost = (await host.call('list_vms', {})).find((vm) => vm.address === address);
  if (!lost) throw new Error(`there is no machine at ${address}`);
  await host.call('destroy_vm', { vm: lost.id });
  kill9(desk.process('director').pid);
}

it('a database outlives its machine, and its volume goes with its application', async () => {
  await using desk = await openDesk();
  await desk.conpaas('up');
  await desk.conpaas('app', 'create', 'Guestbook');
  await desk.conpaas('app', 'placement', 'Guestbook', 'spread');
  const address = (await desk.conpaas('apply', 'manifests/guestbook.json', '--name', 'Guestbook', '--wait')).trim();
  await sign(address, 'Ann', 'before its machine is lost');
  const nodes = await desk.json(z.array(NodeInfo), 'nodes', 'list', 'Guestbook');
  const database = nodes.find(({ role }) => role === 'mysql');
  const [volume, ...others] = await volumesOf(desk);
  expect(others).toEqual([]);
  expect(volume).toMatchObject({ node: database?.id, state: 'attached', attachedTo: database?.vm, sizeGb: 10 });
  // Nobody else is on that machine.
  expect(nodes.filter(({ vm }) => vm === database?.vm)).toHaveLength(1);

  const directory = await hostDirectory(desk);
  await lose(desk, directory, database?.address);

  await until('the database on another machine, with all that was written', async () => {
    const [now] = await volumesOf(desk).catch(() => []); // the director is starting
    if (now?.attachedTo === undefined || now.attachedTo === volume?.attachedTo) return false;
    return (await entries(address).catch((): string[] => [])).includes('before its machine is lost');
  });
  await sign(address, 'Ann', 'after that');
  expect((await entries(address)).slice(0, 2)).toEqual(['after that', 'before its machine is lost']);

  const kept = path.join(directory, 'volumes');
  expect(await readdir(kept)).toHaveLength(1);
  await desk.conpaas('app', 'delete', 'Guestbook', '--yes');
  expect(await volumesOf(desk)).toEqual([]);
  expect(existsSync(kept) ? await readdir(kept) : []).toEqual([]);
}, 180_000);

it('a packed application whose machine vanishes with its manager comes back on another, with its data', async () => {
  await using desk = await openDesk();
  await desk.conpaas('up');
  const before = (await desk.conpaas('apply', 'manifests/guestbook.json', '--wait')).trim();
  await sign(before, 'Ann', 'before its machine is lost');
  const nodesNow = () => desk.json(z.array(NodeInfo), 'nodes', 'list', 'Guestbook');
  const nodes = await nodesNow();
  const machines = new Set(nodes.map(({ vm }) => vm));
  expect(machines.size).toBe(1);
  await lose(desk, await hostDirectory(desk), nodes[0]?.address);

  // Its address went with its machine: it tells the new one.
  let address = '';
  await until(
    'the application on another machine, with all that was written',
    async () => {
      const now = await nodesNow().catch(() => []); // neither director nor manager need be there yet
      if (now.length < nodes.length || now.some(({ vm, state }) => machines.has(vm) || state !== 'running'))
        return false;
      const { summary } = await desk.json(ApplicationInfo, 'app', 'show', 'Guestbook');
      address = summary.address ?? '';
      return (await entries(address).catch((): string[] => [])).includes('before its machine is lost');
    },
    150_000,
  );
  expect(new Set((await nodesNow()).map(({ vm }) => vm)).size).toBe(1);
  await sign(address, 'Ann', 'after that');
  expect((await entries(address)).slice(0, 2)).toEqual(['after that', 'before its machine is lost']);
  const [volume, ...others] = await volumesOf(desk);
  expect(others).toEqual([]);
  expect(volume).toMatchObject({ state: 'attached' });
}, 240_000);
