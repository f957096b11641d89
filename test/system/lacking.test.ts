/** Machines that lack something: what is missing is said, with the way out, and what runs goes on. */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { uncontainedWords } from '../../remote/core/contract/manager.ts';
import { type Desk, openDesk } from './desk.ts';
import { ask, probeManifest } from './probe.ts';

/** Somebody without an entry at this computer. */
const ordinaryUser = 4711;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'conpaas-test-'));
  await chmod(folder, 0o755); // for the ordinary user
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const nothingRuns = async (desk: Desk): Promise<void> =>
  expect(await desk.conpaas('op', 'list', '--state', 'running')).toBe('');

describe('a machine without the packages of a service', () => {
  it('names what is missing and the command that installs it; the old version goes on', async () => {
    await using desk = await openDesk({ lacking: ['/usr/sbin/mariadbd'] });
    await desk.conpaas('up');
    const address = (await desk.conpaas('apply', await probeManifest(folder), '--wait')).trim();
    const { code, stderr } = await desk.run([
      ...['apply', await probeManifest(folder, { version: 'two', database: true }), '--wait'],
    ]);
    expect(code).toBe(1);
    expect(stderr).toContain('/usr/sbin/mariadbd');
    expect(stderr).toContain('sudo apt-get install mariadb-server mariadb-client');
    expect((await ask(address)).version).toBe('one');
    await nothingRuns(desk);
    expect(await desk.conpaas('app', 'show', 'Probe')).toContain('which is not installed on this machine');
  });
});

describe('a machine that cannot contain hosted code', () => {
  it('runs none of it until the user has accepted that in words', async () => {
    await using desk = await openDesk({ lacking: ['/usr/bin/bwrap'], uid: ordinaryUser });
    await desk.conpaas('up');
    const refused = await desk.run(['apply', await probeManifest(folder), '--wait']);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('conpaas app accept-uncontained');
    const [operation = { id: '' }] = await desk.json(
      z.array(z.object({ id: z.string() })),
      ...['op', 'list', '--state', 'failed'],
    );

    const wrong = await desk.run(['app', 'accept-uncontained', 'Probe', '--words', 'yes']);
    expect(wrong.code).not.toBe(0);
    expect(wrong.stderr).toContain(uncontainedWords);
    expect((await desk.run(['op', 'retry', operation.id])).code).not.toBe(0);

    await desk.conpaas('app', 'accept-uncontained', 'Probe', '--words', uncontainedWords);
    await desk.conpaas('op', 'retry', operation.id);
    const { address } = await desk
      .json(z.object({ summary: z.object({ address: z.string() }) }), 'app', 'show', 'Probe')
      .then(({ summary }) => summary);
    expect((await ask(address)).version).toBe('one');
    expect(await desk.conpaas('app', 'show', 'Probe')).toContain('has accepted that');
    await nothingRuns(desk);
  });
});
