/**
 * A director that is lost with its machine and disk is made anew from a backup on this computer, while its applications
 * answer as if nothing had happened.
 */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { ApplicationSummary, NodeInfo, VmInfo } from '../../remote/core/contract/index.ts';
import { type Desk, openDesk } from './desk.ts';
import { entries, sign } from './guestbook.ts';
import { explain, startLoad } from './load.ts';
import { homes } from './long-ago.ts';
import { kill9 } from './processes.ts';
import { until } from './until.ts';

const Applications = z.array(ApplicationSummary);
const Backups = z.object({ backups: z.array(z.object({ id: z.string() })), damaged: z.array(z.unknown()) });

/** The director's process and all that it has. */
async function loseDirector(desk: Desk): Promise<string> {
  const [home = ''] = homes(desk, 'director');
  expect(home).not.toBe('');
  kill9(desk.process('director').pid);
  // Its host starts it again, on a disk that is empty.
  await until('the disk to be gone', async () => {
    await rm(path.dirname(home), { recursive: true, force: true });
    return !existsSync(path.join(home, 'director.db')) && !existsSync(path.join(home, 'identity/intermediate.pem'));
  });
  return home;
}

const running = async (desk: Desk) =>
  (await desk.json(z.array(NodeInfo), 'nodes', 'list', 'Guestbook'))
    .filter(({ state }) => state === 'running')
    .map(({ id }) => id)
    .sort();

it('makes a lost director anew, while the application serves', async () => {
  await using desk = await openDesk();
  await desk.conpaas('up');
  const address = (await desk.conpaas('apply', 'manifests/guestbook.json', '--wait')).trim();
  await sign(address, 'Ann', 'before the backup');
  await desk.run(['secret', 'set', 'Guestbook', 'API_KEY'], { input: 'a value of before' });
  await desk.conpaas('director', 'backup');
  const { backups } = await desk.json(Backups, 'director', 'backups');
  expect(backups).toHaveLength(1);
  expect(await desk.conpaas('director', 'backup')).toContain('Nothing has changed');

  const begun = performance.now();
  await using load = startLoad({ name: 'load', address, path: '/', keepAlive: false, requestsPerSecond: 20 });
  // What no backup knows: more machines, and another value of a secret.
  await desk.conpaas('nodes', 'add', 'Guestbook', 'guestbook', '--backend', '1');
  await desk.run(['secret', 'set', 'Guestbook', 'API_KEY'], { input: 'a value of after' });
  const nodes = await running(desk);
  const vms = (await desk.json(z.array(VmInfo), 'call', 'director', 'list_vms')).map(({ id }) => id).sort();
  await sign(address, 'Ann', 'after the backup');

  const oldHome = await loseDirector(desk);
  // Nothing puts an empty director in its place: that one would destroy all machines.
  const refused = await desk.run(['app', 'list']);
  expect(refused.code).toBe(4);
  expect(refused.stderr).toContain('conpaas director restore');
  await load.more(20);

  await desk.conpaas('director', 'restore', '--yes');
  expect((await desk.json(Applications, 'app', 'list')).map(({ name }) => name)).toEqual(['Guestbook']);
  await until('the manager to follow', async () => {
    const [summary] = await desk.json(Applications, 'app', 'list');
    return summary?.state === 'running';
  });
  // What has happened since the backup was taken over.
  expect(await running(desk)).toEqual(nodes);
  expect((await desk.json(z.array(VmInfo), 'call', 'director', 'list_vms')).map(({ id }) => id).sort()).toEqual(vms);
  expect(existsSync(oldHome)).toBe(false);

  // Everything obeys: it grows, and secrets open.
  await desk.conpaas('nodes', 'add', 'Guestbook', 'guestbook', '--backend', '1');
  expect(await running(desk)).toHaveLength(nodes.length + 1);
  await desk.conpaas('nodes', 'remove', 'Guestbook', 'guestbook', '--backend', '1');
  await sign(address, 'Ann', 'after the restoration');
  expect((await entries(address)).slice(0, 3)).toEqual([
    'after the restoration',
    'after the backup',
    'before the backup',
  ]);
  await desk.conpaas('audit', 'verify');
  await load.more(20);
  await load.stop();
  expect(load.failures().length, explain(load, begun).join('\n')).toBe(0);
  expect(load.answers.length).toBeGreaterThan(100);
});
