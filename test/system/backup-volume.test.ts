/**
 * Backups that the director writes by itself, to a volume of its cloud: a director that is lost with its disk, and a desktop
 * that is lost but for an export of its vault, are made anew from the volume alone, while an application serves.
 */
import { existsSync } from 'node:fs';
import { readdir, readFile, realpath, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { ApplicationSummary } from '../../remote/core/contract/index.ts';
import { loseDirector } from '../support/lose-director.ts';
import { type Desk, openDesk } from './desk.ts';
import { entries, sign } from './guestbook.ts';
import { explain, startLoad } from './load.ts';
import { homes } from './long-ago.ts';
import { machineIds, runningNodes, untilFollowed } from './new-director.ts';

const Applications = z.array(ApplicationSummary);
const Backups = z.looseObject({
  backups: z.array(z.looseObject({ id: z.string(), createdAt: z.number() })),
  elsewhere: z
    .looseObject({
      ...{ kind: z.string(), label: z.string(), upToDate: z.boolean() },
      copies: z.array(z.looseObject({ id: z.string(), createdAt: z.number() })),
      failure: z.looseObject({ code: z.string(), message: z.string() }).optional(),
    })
    .optional(),
});

const backups = (desk: Desk) => desk.json(Backups, 'director', 'backups');

/** Directories of all volumes of the deployment's local cloud. */
async function volumes(desk: Desk): Promise<string[]> {
  const [home = ''] = homes(desk, 'director');
  const all = path.join(home, '../../../volumes');
  return (await readdir(all).catch(() => [])).map((name) => path.join(all, name, 'data'));
}

/** Where the director writes its own. */
const backupDirectory = (desk: Desk) =>
  realpath(path.join(homes(desk, 'director')[0] ?? '', 'volumes/director-backups'));

it('makes a lost director anew from its volume alone, while the application serves', async () => {
  await using desk = await openDesk();
  await desk.conpaas('up');
  const address = (await desk.conpaas('apply', 'manifests/guestbook.json', '--wait')).trim();
  await sign(address, 'Ann', 'before the backup');
  await desk.conpaas('director', 'backup', '--to', 'volume');
  const before = await backups(desk);
  expect(before).toMatchObject({
    backups: [{}],
    elsewhere: { kind: 'volume', label: 'a volume of 10 GB', copies: [{}] },
  });
  const directory = await backupDirectory(desk);
  const files = (await readdir(directory)).filter((name) => name.endsWith('.backup'));
  expect(files.length).toBeGreaterThan(0);
  expect((await readdir(path.join(directory, 'blobs'))).length).toBeGreaterThan(0);
  // Sealed to this desktop: nothing of it is readable, and the director has no key for it.
  for (const name of files) expect((await readFile(path.join(directory, name))).includes('SQLite')).toBe(false);
  // Whatever is swept, the volume is the director's.
  const swept = await desk.json(
    z.looseObject({ findings: z.array(z.looseObject({ kind: z.string(), unowned: z.boolean(), why: z.string() })) }),
    ...['cloud', 'sweep', '--dry-run', '--older-than', '0'],
  );
  expect(swept.findings).toContainEqual(
    expect.objectContaining({ kind: 'volume', unowned: false, why: 'backups of the director' }),
  );

  const begun = performance.now();
  await using load = startLoad({ name: 'load', address, path: '/', keepAlive: false, requestsPerSecond: 20 });
  const nodes = await runningNodes(desk, 'Guestbook');
  const vms = await machineIds(desk);
  // This computer loses its own: they are on the volume alone.
  await rm(path.join(desk.home, 'backups'), { recursive: true });
  await loseDirector(desk.home);
  await load.more(20);
  // Cut short when the backup has come from the volume, and before what came is brought: begun again, it ends.
  for (const point of ['up:6:before', 'up:9:before']) {
    const cut = await desk.run(['director', 'restore', '--yes'], { environment: { CONPAAS_CRASH: point } });
    expect(cut.code, cut.stderr).not.toBe(0);
    await rm(path.join(desk.home, 'backups'), { recursive: true });
  }
  await desk.conpaas('director', 'restore', '--yes');
  await untilFollowed(desk);
  expect(await runningNodes(desk, 'Guestbook')).toEqual(nodes);
  expect(await machineIds(desk)).toEqual(vms);

  // Everything obeys, and the new director goes on writing there.
  await desk.conpaas('nodes', 'add', 'Guestbook', 'guestbook', '--backend', '1');
  expect(await runningNodes(desk, 'Guestbook')).toHaveLength(nodes.length + 1);
  await sign(address, 'Ann', 'after the restoration');
  expect((await entries(address)).slice(0, 2)).toEqual(['after the restoration', 'before the backup']);
  await desk.conpaas('director', 'backup', '--now');
  const after = await backups(desk);
  expect(after.elsewhere).toMatchObject({ kind: 'volume', upToDate: true });
  expect(after.elsewhere?.copies.length).toBeGreaterThan(before.elsewhere?.copies.length ?? 0);
  expect(homes(desk, 'director')).toHaveLength(1);
  await load.more(20);
  await load.stop();
  expect(load.failures().length, explain(load, begun).join('\n')).toBe(0);

  // From the volume of a director that is there: the newest, which this computer need not have.
  await rm(path.join(desk.home, 'backups'), { recursive: true });
  await desk.conpaas('director', 'restore', '--from', 'volume', '--yes');
  await untilFollowed(desk);
  expect((await backups(desk)).elsewhere).toMatchObject({ kind: 'volume' });
}, 300_000);

it('tells what is wrong with a volume, mends what it can, and removes it when it is not wanted any more', async () => {
  await using desk = await openDesk();
  await desk.conpaas('up');
  await desk.conpaas('app', 'create', 'Empty');
  await desk.conpaas('director', 'backup', '--to', 'volume', '--size', '2');
  const directory = await backupDirectory(desk);

  // It vanishes: that is told, the director works on, and once it is back so are the backups.
  await rename(directory, `${directory}.gone`);
  await desk.conpaas('app', 'create', 'Another');
  const refused = await desk.run(['director', 'backup']);
  expect(refused.code).not.toBe(0);
  expect(refused.stderr).toContain('The backup is on this computer, but is not on a volume of 2 GB.');
  const broken = await backups(desk);
  expect(broken.backups).toHaveLength(2);
  expect(broken.elsewhere).toMatchObject({ upToDate: false, failure: { code: 'not_found' } });
  await rename(`${directory}.gone`, directory);
  await desk.conpaas('director', 'backup');
  expect((await backups(desk)).elsewhere).toMatchObject({ upToDate: true, copies: [{}, {}] });

  const larger = await desk.run(['director', 'backup', '--to', 'volume', '--size', '3']);
  expect(larger.stderr).toContain('There is a volume for backups already, of 2 GB.');
  const malformed = await desk.run(['director', 'backup', '--to', 'volume', '--size', 'half']);
  expect(malformed.code).not.toBe(0);

  // After a stop it is there again; given up it is gone, and backups are on this computer alone.
  await desk.conpaas('stop');
  await desk.conpaas('up');
  await desk.conpaas('director', 'backup', '--now');
  expect((await backups(desk)).elsewhere).toMatchObject({ upToDate: true });
  expect((await desk.run(['director', 'backup', '--to', 'nowhere'])).code).not.toBe(0);
  expect(await volumes(desk)).toHaveLength(1);
  await desk.conpaas('director', 'backup', '--to', 'nowhere', '--yes');
  expect(await volumes(desk)).toEqual([]);
  expect((await backups(desk)).elsewhere).toBeUndefined();
  const nothing = await desk.run(['director', 'restore', '--from', 'volume', '--yes']);
  expect(nothing.stderr).toContain('has no volume with backups');
  // Nothing has happened to the director.
  expect((await desk.json(Applications, 'app', 'list')).map(({ name }) => name).sort()).toEqual(['Another', 'Empty']);

  await desk.conpaas('director', 'backup', '--to', 'volume');
  await desk.conpaas('destroy', '--yes');
  expect(existsSync(path.dirname(directory))).toBe(false);
  expect(await readdir(path.join(desk.home, 'deployments')).catch(() => [])).toEqual([]);
}, 300_000);
