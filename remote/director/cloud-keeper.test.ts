/** The clouds of a director, over a journal on disk and drivers in memory. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { filesOf, found, huntFiles } from '../../test/support/hunt.ts';
import type { Cloud } from '../core/clouds/cloud.ts';
import { cloudKind } from '../core/clouds/kinds.ts';
import { ConpaasError } from '../core/contract/errors.ts';
import { FurtherCloud } from '../core/contract/further-clouds.ts';
import { openJournal } from '../core/journal/index.ts';
import { CloudKeeper, noSuchCloud, refuseUnreachable } from './cloud-keeper.ts';
import { SecretStore } from './secrets.ts';
import { migrations } from './store.ts';

const never = new AbortController().signal;
const secret = 'sealed/Secret+of=the"stack';
let home: string;
let stack: AsyncDisposableStack;
/** What the drivers were opened with, and asked for. */
let opened: { kind: string; settings: Record<string, unknown>; director: string }[];
let calls: string[];
let refuses: Partial<Record<'open' | 'check' | 'retire', ConpaasError>>;

beforeEach(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'conpaas-keeper-'));
  stack = new AsyncDisposableStack();
  [opened, calls, refuses] = [[], [], {}];
});
afterEach(async () => {
  await stack.disposeAsync();
  await rm(home, { recursive: true, force: true });
});

/** A director's, as it is after a start. */
async function open(kind: string): Promise<CloudKeeper> {
  const journal = stack.use(openJournal({ path: path.join(home, 'director.db'), name: 'director', migrations }));
  const say = (what: 'check' | 'retire', name: unknown) => async (): Promise<void> => {
    calls.push(`${what} ${String(name)}`);
    if (refuses[what]) throw refuses[what];
  };
  return stack.use(
    new CloudKeeper({
      home: { kind, settings: { deployment: 'd-1' }, lent: kind !== 'local' },
      journal,
      secrets: await SecretStore.open(journal, path.join(home, 'secrets.key')),
      address: { host: '10.0.0.2', port: 5555 },
      open: (of, settings, director) => {
        if (refuses.open) throw refuses.open;
        opened.push({ kind: of, settings, director: `${director.host}:${director.port}` });
        const named = settings['name'] ?? of;
        const cloud: Partial<Cloud> = {
          ...{ kind: of, lists: 'set', check: say('check', named), retire: say('retire', named) },
          [Symbol.asyncDispose]: async () => undefined,
        };
        return cloud as Cloud;
      },
      openAsked: () => expect.unreachable('no desktop is asked'),
      ownSettings: (name) => ({ name }),
      onWaiting: () => undefined,
      log: () => undefined,
    }),
  );
}

/** Ends all of it and begins again. */
async function restart(kind: string): Promise<CloudKeeper> {
  await stack.disposeAsync();
  stack = new AsyncDisposableStack();
  opened = [];
  return open(kind);
}

const local = FurtherCloud.parse({ name: 'attic', kind: 'local', lent: false, connected: false });
const stackCloud = FurtherCloud.parse({
  ...{ name: 'stack', kind: 'openstack', settings: { region: 'one' }, lent: true, connected: false },
  director: '203.0.113.7',
});
const credentials = { applicationCredentialId: 'id', applicationCredentialSecret: secret };

test('one of the same computer is tried, is there for all at once, and outlives the director', async () => {
  const keeper = await open('local');
  const seen = keeper.all;
  await keeper.add(local, never);
  expect([...seen.keys()]).toEqual(['local', 'attic']);
  expect(calls).toEqual(['check attic']);
  expect(keeper.list()).toEqual([
    { cloud: 'local', access: 'free' },
    { cloud: 'attic', access: 'free' },
  ]);
  // Whatever was said: two parts of one computer reach each other.
  expect(keeper.areConnected('local', 'attic')).toBe(true);
  await keeper.add(local, never);
  expect(calls).toEqual(['check attic']);

  const again = await restart('local');
  expect([...again.all.keys()]).toEqual(['local', 'attic']);
  expect(opened.map(({ settings }) => settings['name'])).toEqual([undefined, 'attic']);
});

test('another cloud waits for credentials, which are sealed; its machines reach the director from outside', async () => {
  const keeper = await open('ec2');
  await keeper.add(stackCloud, never);
  expect(opened).toEqual([]);
  expect(keeper.list()).toMatchObject([
    { cloud: 'ec2', access: 'none' },
    { cloud: 'stack', access: 'none' },
  ]);
  expect([keeper.isOutside('stack'), keeper.areConnected('ec2', 'stack')]).toEqual([true, false]);
  await expect(keeper.lend('stak', credentials, never)).rejects.toThrow('Did you mean "stack"?');
  await keeper.lend('stack', credentials, never);
  expect(opened).toMatchObject([
    { kind: 'openstack', settings: { region: 'one', name: 'stack', ...credentials }, director: '203.0.113.7:5555' },
  ]);
  expect(keeper.directorAt('stack')).toMatchObject({ host: '203.0.113.7', port: 5555 });
  expect(keeper.directorAt('ec2')).toMatchObject({ host: '10.0.0.2', port: 5555 });

  const again = await restart('ec2');
  expect(again.list()).toMatchObject([{ access: 'none' }, { cloud: 'stack', access: 'credentials' }]);
  expect(opened).toMatchObject([{ settings: credentials }]);
  expect(found(JSON.stringify(again.list()), { secret })).toEqual([]);
  expect(huntFiles(await filesOf(home), { secret })).toEqual([]);

  // The networks are one now: what it was lent stays.
  await again.add({ ...stackCloud, connected: true, director: undefined }, never);
  expect([again.isOutside('stack'), again.areConnected('ec2', 'stack')]).toEqual([false, true]);
  expect(again.list()).toMatchObject([{ access: 'none' }, { access: 'credentials' }]);
  expect(again.directorAt('stack')).toMatchObject({ host: '10.0.0.2' });
});

test('one that is in use stays; else it goes, with what it was given', async () => {
  const keeper = await open('ec2');
  await keeper.add(stackCloud, never);
  await keeper.lend('stack', credentials, never);
  await expect(keeper.remove('stack', () => 'Shop is on it', never)).rejects.toThrow('in use: Shop is on it.');
  refuses.retire = new ConpaasError('cloud_failed', 'Not now.', { retry: true });
  await expect(keeper.remove('stack', () => undefined, never)).rejects.toThrow('Not now.');
  expect([...keeper.all.keys()]).toEqual(['ec2', 'stack']);
  refuses = {};
  await keeper.remove('stack', () => undefined, never);
  await keeper.remove('stack', () => expect.unreachable('it is gone'), never);
  expect([...keeper.all.keys()]).toEqual(['ec2']);
  await expect(keeper.remove('ec2', () => undefined, never)).rejects.toMatchObject({ code: 'conflict' });

  const again = await restart('ec2');
  expect([...again.all.keys()]).toEqual(['ec2']);
  // Under the same name it begins with nothing.
  await again.add(stackCloud, never);
  expect(again.list()).toMatchObject([{}, { cloud: 'stack', access: 'none' }]);
});

test('one that does not work is not taken, and one that works no longer keeps nothing else from working', async () => {
  const keeper = await open('local');
  refuses.check = new ConpaasError('cloud_failed', 'The local host did not start.');
  await expect(keeper.add(local, never)).rejects.toThrow('did not start');
  expect([...keeper.all.keys()]).toEqual(['local']);
  refuses = {};
  await keeper.add(local, never);

  await stack.disposeAsync();
  stack = new AsyncDisposableStack();
  const first = { isOver: false };
  refuses = {
    get open() {
      if (first.isOver) return new ConpaasError('invalid_request', 'Its settings are of another version.');
      first.isOver = true;
      return undefined;
    },
  } as typeof refuses;
  const again = await open('local');
  expect([...again.all.keys()]).toEqual(['local', 'attic']);
  await expect(again.all.get('attic')?.listVms(never)).rejects.toThrow('Its settings are of another version.');
});

describe('machines must reach the director', () => {
  test.each([
    ['local', 'local', true],
    ['local', 'ec2', false],
    ['local', 'containers', false],
    ['containers', 'containers', true],
    ['qemu', 'containers', false],
    ['containers', 'local', false],
    ['qemu', 'openstack', false],
    ['ec2', 'local', false],
    ['ec2', 'qemu', false],
    ['ec2', 'ec2', true],
    ['ec2', 'openstack', true],
    ['openstack', 'opennebula', true],
  ])('of a director on %s, those of %s: %s', (from, kind, good) => {
    const further = cloudKind(kind);
    if (!further) throw new Error(`${kind} is a kind`);
    const attempt = (): void => refuseUnreachable(from, further);
    if (good) expect(attempt).not.toThrow();
    else expect(attempt).toThrow(/valid (on|there)/);
  });

  test('without a network in common they need an address of it', async () => {
    const keeper = await open('ec2');
    await expect(keeper.add({ ...stackCloud, director: undefined }, never)).rejects.toThrow(
      'need an address of the director that is valid there',
    );
    for (const [change, code] of [
      [{ name: 'ec2' }, 'conflict'],
      [{ kind: 'moon' }, 'invalid_request'],
    ] as const) {
      await expect(keeper.add({ ...stackCloud, ...change }, never)).rejects.toMatchObject({ code });
    }
  });
});

test.each([
  ['atic', 'There is no cloud "atic". There are: local, attic. Did you mean "attic"?'],
  ['moon', 'There is no cloud "moon". There are: local, attic.'],
])('%s is not known', (name, text) => {
  expect(noSuchCloud(name, ['local', 'attic'])).toBe(text);
});
