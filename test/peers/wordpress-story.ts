/**
 * A whole deployment on the machines of a cloud, by the command: from nothing to WordPress, through lost and rebooted
 * machines, to nothing. Four machines at most, for they may be emulated; how long each step took is told at the end.
 */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Provider } from '../../remote/core/clouds/machines/provider.ts';
import { ApplicationInfo, NodeInfo, VolumeInfo } from '../../remote/core/contract/index.ts';
import { type Desk, openDesk } from '../system/desk.ts';
import { intrude, type Machine } from '../system/intruder.ts';
import { Status } from '../system/status.ts';
import { until } from '../system/until.ts';
import { installed, loggedIn, published, type Visitor, visitor, wordPressIn } from '../system/wordpress.ts';

export interface Story {
  /** As `conpaas up --cloud` takes it. */
  readonly kind: string;
  /** Milliseconds that a step may take. */
  readonly stepMs: number;
  /** Seconds that a page may take until a node is taken for well; absent: as it is ready-made. */
  readonly pageSeconds?: number;
  /** Whether the director asks the desktop for machines, which then has to be open. */
  readonly byDesktop?: boolean;
  /** What the console of a machine says that has booted. */
  readonly booted?: RegExp;
  /** How many tokens an intruder finds on the machines of three agents and a manager. */
  readonly tokens: number;
  /** Whether all machines are stopped and started, too. */
  readonly stops?: boolean;
  /** @param folder for what it needs; removed when all is over */
  open(folder: string): Promise<StoryPlace>;
}

export interface StoryPlace {
  /** Of every command. */
  readonly environment: Readonly<Record<string, string>>;
  provider(deployment: string, desk: Desk): Provider;
  /** As an intruder sees them who is root there. */
  enter(deployment: string, desk: Desk): Promise<Entered>;
  /** What is left when all machines are gone. */
  left(desk: Desk): Promise<readonly unknown[]>;
}

export interface Entered extends AsyncDisposable {
  readonly machines: readonly Machine[];
  /** Where the director has its files. */
  readonly director: string;
  /** Where the director is reached from here; absent: at the address that machines know. */
  readonly reached?: { readonly host: string; readonly port: number };
}

const never = new AbortController().signal;

export function describeWordPress(title: string, story: Story): void {
  describe(title, () => {
    const times: { step: string; seconds: number }[] = [];
    let desk: Desk;
    let folder: string;
    let place: StoryPlace;
    let deployment: string;
    let manifest: string;
    let cloud: Provider;
    let address: string;
    let admin: Visitor;
    let post: number;

    beforeAll(async () => {
      folder = await mkdtemp(path.join(os.tmpdir(), 'conpaas-test-'));
      place = await story.open(folder);
      desk = await openDesk({ environment: place.environment });
      manifest = await wordPressIn(folder, 1, story.pageSeconds);
    }, story.stepMs);
    afterAll(async () => {
      console.table(times);
      await desk[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    }, story.stepMs);

    /** A test whose time is told. */
    const step = (name: string, work: () => Promise<void>): void => {
      const timed = async (): Promise<void> => {
        const begunAt = performance.now();
        await work();
        times.push({ step: name, seconds: Math.round((performance.now() - begunAt) / 1000) });
      };
      it(name, timed, story.stepMs);
    };
    const nodes = () => desk.json(z.array(NodeInfo), 'nodes', 'list', 'WordPress');
    const backends = async () => (await nodes()).filter(({ role }) => role === 'backend');
    const servers = () => cloud.listServers(never);
    const reads = async (): Promise<void> => {
      const { status, text } = await visitor(address).get(`/?p=${post}`);
      expect({ status, text }).toMatchObject({ status: 200, text: expect.stringContaining('on a machine') });
    };
    const destroyMachineAt = async (lost: string | undefined): Promise<void> => {
      const machine = (await servers()).find(({ privateAddress }) => privateAddress === lost);
      if (!machine) throw new Error(`there is no machine at ${lost}`);
      await cloud.destroyServer(machine.id, never);
    };
    /** With a desktop that is open, where the director needs one. */
    const serving = async (what: string, isSo: () => Promise<boolean>): Promise<void> => {
      const desktop = story.byDesktop ? desk.start(['cloud', 'serve']) : undefined;
      try {
        await until(what, isSo, story.stepMs);
      } finally {
        const ended = desktop && new Promise((resolve) => desktop.once('close', resolve));
        desktop?.kill();
        await ended;
      }
    };

    step('a director is up, on a machine that has become one of ours', async () => {
      await desk.conpaas('up', '--cloud', story.kind);
      const [found] = await desk.json(z.array(Status), 'status');
      expect(found).toMatchObject({ state: 'running' });
      deployment = found?.id ?? '';
      cloud = place.provider(deployment, desk);
      const [director, ...others] = await servers();
      expect(others).toEqual([]);
      if (story.booted) expect(await cloud.console(director?.id ?? '', never)).toMatch(story.booted);
    });

    step('WordPress is applied on one machine, and installed', async () => {
      address = (await desk.conpaas('apply', manifest, '--wait')).trim();
      expect(await servers()).toHaveLength(2);
      admin = visitor(address);
      expect(await installed(admin, 'On machines')).toContain('wp-login.php');
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
      await using entered = await place.enter(deployment, desk);
      const { machines } = entered;
      const homes = await Promise.all(machines.map((machine) => readdir(machine.homes)));
      expect(homes.filter((names) => names.includes('manager-1'))).toHaveLength(1);
      expect(machines.map(({ processes }) => processes.length > 3)).toEqual([true, true, true]);
      const loot = await intrude({ desktop: desk.home, ...entered });
      expect(loot.wrong).toEqual([]);
      expect(loot.places.every(({ length }) => length > 0)).toBe(true);
      const refused = 'This join token was already used with another key.';
      expect(loot.refusals).toEqual(new Array(story.tokens).fill(refused));
      const alerts = await desk.conpaas('activity', '--kind', 'alert');
      expect(alerts.match(/A join token was used a second time/g)).toHaveLength(story.tokens);
    });

    step("WordPress answers while the director's machine is rebooted, and the director comes back", async () => {
      const director = (await servers()).find(({ tags }) => tags.application === '');
      await cloud.reboot(director?.id ?? '', never);
      await reads();
      await desk.conpaas('up');
      expect((await backends()).map(({ state }) => state)).toEqual(['running', 'running', 'running']);
    });

    step(
      'the machine of the manager and the database is destroyed: another takes its place, with the data',
      async () => {
        const before = await nodes();
        const lost = before.find(({ role }) => role === 'mysql');
        expect(before.filter(({ vm }) => vm === lost?.vm).map(({ role }) => role)).toEqual(
          expect.arrayContaining(['proxy', 'backend', 'mysql']),
        );
        await destroyMachineAt(lost?.address);
        await serving('the application on another machine', async () => {
          const { code, stdout } = await desk.run(['--json', 'nodes', 'list', 'WordPress']);
          if (code !== 0) return false; // nobody manages it yet
          const now = z.array(NodeInfo).parse(JSON.parse(stdout));
          return now.length === before.length && now.every(({ vm, state }) => vm !== lost?.vm && state === 'running');
        });
        const { summary } = await desk.json(ApplicationInfo, 'app', 'show', 'WordPress');
        address = summary.address ?? '';
        await reads();
        expect((await nodes()).map(({ id }) => id)).toEqual(before.map(({ id }) => id));
        const [volume, ...others] = await desk.json(z.array(VolumeInfo), 'volume', 'list');
        expect(others).toEqual([]);
        expect(volume).toMatchObject({ node: lost?.id, state: 'attached' });
        expect(await servers()).toHaveLength(4);
      },
    );

    step('a machine of an agent that is destroyed is replaced, and WordPress answers meanwhile', async () => {
      const lost = (await backends())[2]?.address;
      await destroyMachineAt(lost);
      await serving('another machine for the third backend', async () => {
        await reads();
        const now = await backends();
        return now.every(({ state }) => state === 'running') && now.length === 3 && now[2]?.address !== lost;
      });
      expect(await servers()).toHaveLength(4);
    });

    if (story.stops) {
      step('all is stopped and started, and WordPress comes back with its data', async () => {
        await desk.conpaas('stop');
        await expect(fetch(address, { signal: AbortSignal.timeout(2000) })).rejects.toThrow();
        await desk.conpaas('up');
        await until('WordPress answers', async () => {
          const page = await fetch(address, { signal: AbortSignal.timeout(10_000) }).catch(() => undefined);
          return page?.status === 200;
        });
        await reads();
      });
    }

    step('all is destroyed, and nothing is left', async () => {
      await desk.conpaas('destroy', '--yes');
      expect(await servers()).toEqual([]);
      expect(await place.left(desk)).toEqual([]);
      expect(desk.processes()).toEqual([]);
    });
  });
}
