/**
 * Machines of a plain image install what they need by their director, from Debian's real archive: the first has it fetched,
 * the second costs the mirror nothing, and where the director cannot get it a machine helps itself.
 */
import { readdir, readFile, readlink, rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hostDirectory } from '../../remote/core/clouds/machines/layout.ts';
import { findExecutable } from '../../remote/core/service/engines.ts';
import { spec as php } from '../../remote/services/php/spec.ts';
import { type CountingMirror, openMirror } from '../support/plain-machines/mirror.ts';
import {
  openPlainDeployment,
  type PlainDeployment,
  type PlainMachine,
} from '../support/plain-machines/plain-deployment.ts';
import { checkout } from '../system/paths.ts';
import { peerAddress, peerMirror, peerSocket, plainImage } from './engine.ts';

const hostLog = ({ root }: PlainMachine): Promise<string> =>
  readFile(path.join(root, hostDirectory, 'host.log'), 'utf8');

/** Names of all programs that run in the machine of a process. */
async function programsBeside(pid: number): Promise<string[]> {
  const namespace = await readlink(`/proc/${pid}/ns/mnt`);
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const names = pids.map(async (one) => {
    const its = await readlink(`/proc/${one}/ns/mnt`).catch(() => undefined); // it has just ended
    return its === namespace ? await readFile(`/proc/${one}/comm`, 'utf8').catch(() => '') : '';
  });
  return (await Promise.all(names)).map((name) => name.trim()).filter((name) => name !== '');
}

describe('machines without engines', () => {
  let deployment: PlainDeployment;
  /** Of the director. */
  let mirror: CountingMirror;
  /** That the machines' own sources name. */
  let theirs: CountingMirror;

  beforeAll(async () => {
    mirror = await openMirror(peerMirror(), peerAddress(), 8080);
    theirs = await openMirror(peerMirror(), peerAddress(), 80);
    deployment = await openPlainDeployment({
      ...{ socket: peerSocket(), image: plainImage(), address: peerAddress(), mirror: mirror.url },
      ...{ specs: { php }, bundles: path.join(checkout, 'dist/remote'), signal: AbortSignal.timeout(540_000) },
    });
  });
  afterAll(async () => {
    await deployment[Symbol.asyncDispose]();
    await mirror[Symbol.asyncDispose]();
    await theirs[Symbol.asyncDispose]();
  });

  /** Engines are there, and nothing of them was started or will be. */
  async function isReady({ root, pid }: PlainMachine): Promise<void> {
    const programs = Object.values(php.roles).flatMap(({ executables }) => executables);
    expect(programs.filter((program) => findExecutable(path.join(root, program)) === undefined)).toEqual([]);
    expect(await readlink(path.join(root, 'etc/systemd/system/nginx.service'))).toBe('/dev/null');
    const running = await programsBeside(pid);
    expect(running).toContain('tini');
    expect(running.filter((name) => /nginx|php|redis|haproxy/.test(name))).toEqual([]);
  }

  it('the first has the director fetch what it needs', async () => {
    const machine = await deployment.add('First');
    await isReady(machine);
    expect(mirror.count.bytes).toBeGreaterThan(5_000_000);
    expect(mirror.count.asked.length).toBe(new Set(mirror.count.asked).size); // nothing twice
    expect(theirs.count.asked).toEqual([]);
    expect(await hostLog(machine)).toMatch(/packages: installed by the director in [\d.]+ s: \d+ files, \d+ bytes/);
    console.log(`first: ${mirror.count.bytes} bytes from the mirror in ${mirror.count.asked.length} files`);
  });

  it('the second costs the mirror nothing', async () => {
    mirror.reset();
    const machine = await deployment.add('Second');
    await isReady(machine);
    expect(mirror.count).toEqual({ asked: [], bytes: 0 });
    expect(theirs.count.asked).toEqual([]);
    const log = await hostLog(machine);
    expect(log).toMatch(/packages: installed by the director/);
    console.log(`second: ${mirror.count.bytes} bytes from the mirror; ${/packages: .*/.exec(log)?.[0]}`);
  });

  it('where the director has no way to its mirror, a machine goes to its own and says so', async () => {
    await mirror[Symbol.asyncDispose]();
    for (const name of await readdir(deployment.packages)) await rm(path.join(deployment.packages, name));
    const machine = await deployment.add('Third');
    await isReady(machine);
    expect(theirs.count.bytes).toBeGreaterThan(5_000_000);
    const log = await hostLog(machine);
    expect(log).toMatch(
      /packages: not all came by the director \(The mirror did not give http.*\); this machine's own sources are asked/,
    );
    expect(log).toMatch(/packages: installed from this machine's own sources in/);
  });
});
