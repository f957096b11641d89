/**
 * A director that is lost with its machine and disk is made anew from a backup on this computer, while its applications
 * answer as if nothing had happened; and a restoration that is cut short leaves one of the two whole.
 */
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { ApplicationSummary } from '../../remote/core/contract/index.ts';
import { loseDirector } from '../support/lose-director.ts';
import { openDesk } from './desk.ts';
import { entries, sign } from './guestbook.ts';
import { explain, startLoad } from './load.ts';
import { homes } from './long-ago.ts';
import { machineIds, runningNodes, untilFollowed } from './new-director.ts';

const Applications = z.array(ApplicationSummary);
const Backups = z.looseObject({ backups: z.array(z.object({ id: z.string() })), damaged: z.array(z.unknown()) });

it('makes a lost director anew, while the application serves', async () => {
  await using desk = await openDesk();
  await desk.conpaas('up');
  const address = (await desk.conpaas('apply', 'manifests/guestbook.json', '--wait')).trim();
  await desk.conpaas('app', 'placement', 'Guestbook', 'spread');
  await sign(address, 'Ann', 'before the backup');
  // A copy goes to another disk, and this computer loses its own: it is restored from there.
  const disk = path.join(desk.home, 'another-disk');
  await mkdir(disk);
  await desk.conpaas('director', 'backup', '--to', disk);
  expect(await desk.json(Backups, 'director', 'backups')).toMatchObject({
    backups: [{}],
    elsewhere: { kind: 'directory', label: disk, upToDate: true, copies: [{}] },
  });
  await rm(path.join(desk.home, 'backups'), { recursive: true });
  const before = await machineIds(desk);

  const begun = performance.now();
  await using load = startLoad({ name: 'load', address, path: '/', keepAlive: false, requestsPerSecond: 20 });
  // What no backup knows: another machine, and another node on it.
  await desk.conpaas('nodes', 'add', 'Guestbook', 'guestbook', '--backend', '1');
  const nodes = await runningNodes(desk, 'Guestbook');
  const vms = await machineIds(desk);
  expect(vms.length).toBeGreaterThan(before.length);
  await sign(address, 'Ann', 'after the backup');

  const oldHome = await loseDirector(desk.home);
  // Nothing puts an empty director in its place: that one would destroy all machines.
  const refused = await desk.run(['app', 'list']);
  expect(refused.code, refused.stderr).toBe(4);
  expect(refused.stderr).toContain('conpaas director restore');
  await load.more(20);

  await desk.conpaas('director', 'restore', '--yes');
  expect((await desk.json(Applications, 'app', 'list')).map(({ name }) => name)).toEqual(['Guestbook']);
  await untilFollowed(desk);
  // What has happened since the backup was taken over.
  expect(await runningNodes(desk, 'Guestbook')).toEqual(nodes);
  expect(await machineIds(desk)).toEqual(vms);
  expect(existsSync(oldHome)).toBe(false);

  // Everything obeys: it grows, by a machine that joins the new director and a node that gets
  // the password of the database there: every page is read from it.
  await desk.conpaas('nodes', 'add', 'Guestbook', 'guestbook', '--backend', '1');
  expect(await runningNodes(desk, 'Guestbook')).toHaveLength(nodes.length + 1);
  await sign(address, 'Ann', 'after the restoration');
  const texts = ['after the restoration', 'after the backup', 'before the backup'];
  expect((await entries(address)).slice(0, 3)).toEqual(texts);
  await desk.conpaas('audit', 'verify');
  await load.more(20);
  await load.stop();
  expect(load.failures().length, explain(load, begun).join('\n')).toBe(0);
  expect(load.answers.length).toBeGreaterThan(100);
}, 300_000);

/** The journal lines of a restoration: two a step. A command is killed before it writes one of them. */
const points = process.env['CONPAAS_ALL_POINTS'] ? Array.from({ length: 14 }, (_, index) => index + 1) : [6, 8, 10, 12];

it('cut short at any step, one of the two directors is whole', async () => {
  await using desk = await openDesk();
  await desk.conpaas('up');
  await desk.conpaas('app', 'create', 'Empty');
  await desk.conpaas('director', 'backup');
  const ids = async () => (await desk.json(Backups, 'director', 'backups')).backups.map(({ id }) => id);
  const cut = (words: readonly string[], crash: string) => desk.run(words, { environment: { CONPAAS_CRASH: crash } });

  const before = await ids();
  expect((await cut(['director', 'backup', '--now'], 'backup:1:before')).code).not.toBe(0);
  expect(await ids()).toEqual(before);
  expect((await cut(['director', 'backup', '--now'], 'backup:1:after')).code).not.toBe(0);
  expect((await ids()).slice(1)).toEqual(before);

  for (const point of points) {
    const { code, stderr } = await cut(['director', 'restore', '--yes'], `up:${point}:before`);
    expect(code, `point ${point}: ${stderr}`).not.toBe(0);
    // Whoever comes next finds a director: the one before, or the new one, which is finished first.
    const all = await desk.json(Applications, 'app', 'list');
    expect(
      all.map(({ name }) => name),
      `point ${point}`,
    ).toEqual(['Empty']);
  }
  await desk.conpaas('director', 'restore', '--yes');
  await untilFollowed(desk);
  expect(homes(desk, 'director')).toHaveLength(1);
  desk.process('director');
}, 900_000);
