import { afterEach, beforeEach, expect, test } from 'vitest';
import type { VmInfo } from '../../core/contract/application.ts';
import { ConpaasError } from '../../core/contract/errors.ts';
import { VmId } from '../../core/contract/ids.ts';
import { Changed } from '../../core/events/index.ts';
import type { WebService } from '../../core/service/manager.ts';
import { service, state, type as typeOf, vm, world } from '../fixtures.ts';
import { addressOf } from '../info.ts';
import type { World } from '../views.ts';
import { StableAddress, type StableAddressOptions, wantedHolder } from './stable-address.ts';

const [one, two] = [VmId.parse('vm-one'), VmId.parse('vm-two')];
const machines: VmInfo[] = [vm('one', { address: '10.0.0.1' }), vm('two', { address: '10.0.0.2' })];

interface Given {
  /** Machines whose proxies run. */
  readonly fronts: readonly string[];
  readonly domains?: readonly string[];
  readonly running?: boolean;
  readonly vms?: VmInfo[];
}

function worldOf({ fronts, domains = ['shop.example.org'], running = true, vms = machines }: Given): World {
  const web: WebService = { fronts, certificates: {}, challenges: [], https: undefined };
  const served = typeOf({ address: () => 'http://10.0.0.1:8080', webService: () => (fronts[0] ? web : undefined) });
  const services = [service('s1', 'plain'), service('s2', 'web', { domains: [...domains], running })];
  return { ...world(state(services, []), vms), types: { plain: typeOf({}), web: served } };
}

test.each<[string, Given, VmId | undefined, VmId | null | undefined]>([
  ['the first proxy has it', { fronts: ['10.0.0.1', '10.0.0.2'] }, undefined, one],
  ['whoever has it keeps it', { fronts: ['10.0.0.1', '10.0.0.2'] }, two, two],
  ['where the proxy of that machine runs no more another has it', { fronts: ['10.0.0.2'] }, one, two],
  ['while no proxy runs it stays where it is', { fronts: [] }, one, undefined],
  ['while the service is stopped, too', { fronts: ['10.0.0.1'], running: false }, one, undefined],
  ['without domains nobody wants one', { fronts: ['10.0.0.1'], domains: [] }, one, null],
  [
    'a machine that has gone cannot have it',
    { fronts: ['10.0.0.1'], vms: [vm('one', { address: '10.0.0.1', state: 'gone' })] },
    one,
    undefined,
  ],
])('%s', (_what, given, holder, wanted) => {
  expect(wantedHolder(worldOf(given), holder)).toBe(wanted);
});

test('users are told the address that stays, at the port of the service', () => {
  const seen = { ...worldOf({ fronts: ['10.0.0.1'] }), stableAddress: '203.0.113.5' };
  const [plain, web] = seen.state.services;
  if (!plain || !web) throw new Error('there are two services');
  expect(addressOf(seen, web)).toBe('http://203.0.113.5:8080');
  expect(addressOf({ ...seen, stableAddress: undefined }, web)).toBe('http://10.0.0.1:8080');
});

let given: Given;
const trigger = new Changed();
const asked: unknown[] = [];
const notices: string[] = [];
let answers: (() => { address?: string })[];
let stop: AbortController;
let running: Promise<void> | undefined;
let stable: StableAddress;

beforeEach(() => {
  asked.length = 0;
  notices.length = 0;
  stop = new AbortController();
  const call = async (_method: string, params: unknown) => {
    asked.push(params);
    const answer = answers.shift();
    if (!answer) throw new Error('it asks too often');
    return answer();
  };
  stable = new StableAddress({
    director: { call } as unknown as StableAddressOptions['director'],
    world: () => worldOf(given),
    triggers: [trigger],
    pauseMs: 20,
    notice: (text) => void notices.push(text),
    log: () => undefined,
  });
});
afterEach(async () => {
  stop.abort();
  await running;
});

const become = (next: Given): void => {
  given = next;
  trigger.notify();
};

test('it is asked for once, moved with the proxy, and given back with the last domain', async () => {
  answers = [() => ({ address: '203.0.113.5' }), () => ({ address: '203.0.113.5' }), () => ({})];
  given = { fronts: ['10.0.0.1', '10.0.0.2'] };
  running = stable.run(stop.signal);
  await expect.poll(() => stable.address).toBe('203.0.113.5');
  become({ fronts: ['10.0.0.2', '10.0.0.1'] });
  become({ fronts: ['10.0.0.2'] });
  await expect.poll(() => asked).toEqual([{ vm: one }, { vm: two }]);
  become({ fronts: ['10.0.0.2'], domains: [] });
  await expect.poll(() => stable.address).toBeUndefined();
  expect(asked).toEqual([{ vm: one }, { vm: two }, {}]);
  expect(notices).toEqual([]);
});

test('a cloud without any is asked once; a quota that is used up is told once, and tried again', async () => {
  const full = () => {
    throw new ConpaasError('cloud_failed', 'Your quota in this region is used up.');
  };
  answers = [() => ({}), full, full, () => ({ address: '203.0.113.5' })];
  given = { fronts: ['10.0.0.1'] };
  running = stable.run(stop.signal);
  await expect.poll(() => asked).toHaveLength(1);
  become({ fronts: ['10.0.0.2'] });
  await expect.poll(() => asked).toHaveLength(2);
  for (let round = 0; round < 5; round += 1) trigger.notify();
  expect(asked).toHaveLength(2);
  await expect.poll(() => stable.address).toBe('203.0.113.5');
  expect(notices).toEqual(['The application has no address that stays: Your quota in this region is used up.']);
});

test('a director that does not know of them is asked once', async () => {
  answers = [
    () => {
      throw new ConpaasError('unknown_method', 'There is no method hold_address.');
    },
  ];
  given = { fronts: ['10.0.0.1'] };
  await stable.run(stop.signal);
  expect(asked).toEqual([{ vm: one }]);
});
