/**
 * A whole deployment of machines that boot Debian, by the command: from nothing to WordPress, through lost and rebooted
 * machines, to nothing. Four machines at most, for they may be emulated; how long each step took is told at the end.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import type { Provider } from '../../remote/core/clouds/machines/provider.ts';
import { openQemu } from '../../remote/core/clouds/qemu/index.ts';
import { type Placed, readMachines } from '../../remote/core/clouds/qemu/record.ts';
import { sizes } from '../../remote/core/clouds/qemu/settings.ts';
import { ApplicationInfo, NodeInfo, VolumeInfo } from '../../remote/core/contract/index.ts';
import { type Desk, openDesk } from '../system/desk.ts';
import { intrude } from '../system/intruder.ts';
import { Status } from '../system/status.ts';
import { until } from '../system/until.ts';
import { installed, loggedIn, published, type Visitor, visitor, wordPressIn } from '../system/wordpress.ts';
import { type EnterableImage, makeEnterableImage } from './enterable-image.ts';
import { machineDisk } from './machine-disk.ts';
import { type OpenedMachine, openedDisk, openedMachine } from './opened-machine.ts';

const never = new AbortController().signal;
const minutes = 60_000;
/** Emulated machines have a tenth of the speed of this computer, and share it. */
const stepMs = 40 * minutes;
vi.setConfig({ testTimeout: stepMs, hookTimeout: stepMs });

describe('WordPress on machines of QEMU', () => {
  const times: { step: string; seconds: number }[] = [];
  let desk: Desk;
  let folder: string;
  let image: EnterableImage;
  let manifest: string;
  let cloud: Provider;
  let address: string;
  let admin: Visitor;
  let post: number;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'conpaas-test-'));
    image = await makeEnterableImage(machineDisk(), path.join(folder, 'image'));
    desk = await openDesk({ environment: { CONPAAS_QEMU_IMAGE: image.directory } });
    // Its first page is compiled, and a processor that is emulated beside others was seen to take more than a minute for it.
    manifest = await wordPressIn(folder, 1, 120);
  });
  afterAll(async () => {
    console.table(times);
    await desk[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  /** A test whose time is told. */
  const step = (name: string, work: () => Promise<void>): void => {
    it(name, async () => {
      const begunAt = performance.now();
      await work();
      times.push({ step: name, seconds: Math.round((performance.now() - begunAt) / 1000) });
    });
  };
  const nodes = () => desk.json(z.array(NodeInfo), 'nodes', 'list', 'WordPress');
  const backends = async () => (await nodes()).filter(({ role }) => role === 'backend');
  const servers = () => cloud.listServers(never);
  /** As the driver keeps them: the director's first. */
  const placed = async (): Promise<{ director: Placed; machines: readonly Placed[] }> => {
    const [{ id } = { id: '' }] = await desk.json(z.array(Status), 'status');
    const all = await readMachines(path.join(desk.home, 'qemu'), id);
    const director = all.find(({ record }) => record.tags.application === '');
    if (!director) throw new Error('there is no machine of a director');
    return { director, machines: all.filter((one) => one !== director) };
  };
  const reads = async (): Promise<void> => {
    const { status, text } = await visitor(address).get(`/?p=${post}`);
    expect({ status, text }).toMatchObject({ status: 200, text: expect.stringContaining('on a machine') });
  };
  const destroyMachineAt = async (lost: string | undefined): Promise<void> => {
    const machine = (await servers()).find(({ privateAddress }) => privateAddress === lost);
    if (!machine) throw new Error(`there is no machine at ${lost}`);
    await cloud.destroyServer(machine.id, never);
  };
  /** The director asks the desktop for its machines: here it is open meanwhile. */
  const serving = async (work: () => Promise<void>): Promise<void> => {
    const desktop = desk.start(['cloud', 'serve']);
    try {
      await work();
    } finally {
      const ended = new Promise((resolve) => desktop.once('close', resolve));
      desktop.kill();
      await ended;
    }
  };

  step('a director is up, on a machine that cloud-init has made one of ours', async () => {
    await desk.conpaas('up', '--cloud', 'qemu');
    const [deployment] = await desk.json(z.array(Status), 'status');
    expect(deployment).toMatchObject({ state: 'running' });
    const settings = { deployment: deployment?.id, directory: path.join(desk.home, 'qemu'), image: image.directory };
    cloud = openQemu(settings);
    const [director, ...others] = await servers();
    expect(others).toEqual([]);
    expect(await cloud.console(director?.id ?? '', never)).toMatch(/Cloud-init v\. .* finished/);
  });

  step('WordPress is applied on one machine, and installed', async () => {
    address = (await desk.conpaas('apply', manifest, '--wait')).trim();
    expect(await servers()).toHaveLength(2);
    admin = visitor(address);
    expect(await installed(admin, 'On machines of QEMU')).toContain('wp-login.php');
    expect(await loggedIn(admin, address)).toContain('wp-admin-bar');
    post = await published(admin, 'Hello', '<p>Written on a machine.</p>');
    await reads();
  });

  step('two more backends are on machines of their own', async () => {
    await desk.conpaas('nodes', 'add', 'WordPress', 'wordpress', '--backend', '2');
    const all = await backends();
    expect(all.map(({ state }) => state)).toEqual(['running', 'running', 'running']);
    expect(new Set(all.map(({ address: at }) => at)).size).toBe(3);
    expect(await servers()).toHaveLength(4);
    for (let round = 0; round < 6; round += 1) await reads();
  });

  step('an intruder finds no key of others on a machine, and tokens that only raise an alert', async () => {
    const { director, machines } = await placed();
    await using work = new AsyncDisposableStack();
    const opened: OpenedMachine[] = [];
    for (const machine of machines) {
      const memoryMb = sizes.small.memoryMb;
      opened.push(work.use(await openedMachine(machine, { image, work: folder, memoryMb, signal: never })));
    }
    const hasManager = await Promise.all(opened.map(async ({ homes }) => (await readdir(homes)).includes('manager-1')));
    expect(hasManager.filter(Boolean)).toHaveLength(1);
    expect(opened.map(({ processes }) => processes.length > 3)).toEqual([true, true, true]);
    const disk = work.use(await openedDisk(director, folder));
    const home = path.join(disk.homes, 'director');
    const reached = { host: director.record.loopback, port: 5555 };
    const loot = await intrude({ desktop: desk.home, director: home, machines: opened, reached });
    expect(loot.wrong).toEqual([]);
    expect(loot.places.every(({ length }) => length > 0)).toBe(true);
    // Three agents and a manager, in their files, and the hosts of three machines, in their first scripts.
    expect(loot.refusals).toEqual(new Array(7).fill('This join token was already used with another key.'));
    const alerts = await desk.conpaas('activity', '--kind', 'alert');
    expect(alerts.match(/A join token was used a second time/g)).toHaveLength(7);
  });

  step("WordPress answers while the director's machine is rebooted, and the director comes back", async () => {
    const director = (await servers()).find(({ tags }) => tags.application === '');
    await cloud.reboot(director?.id ?? '', never);
    await reads();
    await desk.conpaas('up');
    expect((await backends()).map(({ state }) => state)).toEqual(['running', 'running', 'running']);
  });

  step('the machine of the manager and the database is destroyed: another takes its place, with the data', async () => {
    const before = await nodes();
    const lost = before.find(({ role }) => role === 'mysql');
    expect(before.filter(({ vm }) => vm === lost?.vm).map(({ role }) => role)).toEqual(
      expect.arrayContaining(['proxy', 'backend', 'mysql']),
    );
    await destroyMachineAt(lost?.address);
    await serving(() =>
      until(
        'the application on another machine',
        async () => {
          const { code, stdout } = await desk.run(['--json', 'nodes', 'list', 'WordPress']);
          if (code !== 0) return false; // nobody manages it yet
          const now = z.array(NodeInfo).parse(JSON.parse(stdout));
          return now.length === before.length && now.every(({ vm, state }) => vm !== lost?.vm && state === 'running');
        },
        stepMs,
      ).then(() => undefined),
    );
    const { summary } = await desk.json(ApplicationInfo, 'app', 'show', 'WordPress');
    address = summary.address ?? '';
    await reads();
    expect((await nodes()).map(({ id }) => id)).toEqual(before.map(({ id }) => id));
    const [volume, ...others] = await desk.json(z.array(VolumeInfo), 'volume', 'list');
    expect(others).toEqual([]);
    expect(volume).toMatchObject({ node: lost?.id, state: 'attached' });
    expect(await servers()).toHaveLength(4);
  });

  step('a machine of an agent that is destroyed is replaced, and WordPress answers meanwhile', async () => {
    const lost = (await backends())[2]?.address;
    await destroyMachineAt(lost);
    await serving(() =>
      until(
        'another machine for the third backend',
        async () => {
          await reads();
          const now = await backends();
          return now.every(({ state }) => state === 'running') && now.length === 3 && now[2]?.address !== lost;
        },
        stepMs,
      ).then(() => undefined),
    );
    expect(await servers()).toHaveLength(4);
  });

  step('all is destroyed, and nothing is left: no machine, disk or process', async () => {
    await desk.conpaas('destroy', '--yes');
    expect(await servers()).toEqual([]);
    expect(desk.processes()).toEqual([]);
    const directory = path.join(desk.home, 'qemu');
    expect(existsSync(directory) ? await readdir(directory, { recursive: true }) : []).toEqual(['deployments']);
  });
});
