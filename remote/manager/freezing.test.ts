import { expect, test } from 'vitest';
import { until } from '../../test/system/until.ts';
import { Changed } from '../core/events/index.ts';
import type { DesiredState } from '../core/service/state.ts';
import { service, specs, state } from './fixtures.ts';
import { freeze, thawInTime, withData } from './freezing.ts';

const mine = 'hold-of-mine';
const others = 'hold-of-others';

test.each<[string, DesiredState['frozen'], Parameters<typeof freeze>[1], DesiredState['frozen'] | string]>([
  ['takes hold', undefined, { hold: mine, seconds: 60, prolong: false }, { hold: mine, until: 61_000 }],
  ['for ever', undefined, { hold: mine, seconds: null, prolong: false }, { hold: mine }],
  ['prolongs', { hold: mine, until: 2000 }, { hold: mine, seconds: 60, prolong: true }, { hold: mine, until: 61_000 }],
  ['prolongs for ever', { hold: mine, until: 2000 }, { hold: mine, seconds: null, prolong: true }, { hold: mine }],
  ['does not prolong what has ended', { hold: mine, until: 999 }, { hold: mine, seconds: 9, prolong: true }, 'anew'],
  ['does not prolong what is not there', undefined, { hold: mine, seconds: 9, prolong: true }, 'anew'],
  ['does not prolong another', { hold: others }, { hold: mine, seconds: 9, prolong: true }, 'anew'],
  ['does not take another', { hold: others }, { hold: mine, seconds: 9, prolong: false }, 'somebody else'],
  [
    'takes what has ended',
    { hold: others, until: 1 },
    { hold: mine, seconds: 1, prolong: false },
    { hold: mine, until: 2000 },
  ],
])('a freeze %s', (_title, before, wanted, after) => {
  const own: DesiredState = { ...state([], []), ...(before && { frozen: before }) };
  if (typeof after === 'string') {
    expect(() => freeze(own, wanted, 1000)).toThrow(after);
    expect(own.frozen).toEqual(before);
  } else {
    freeze(own, wanted, 1000);
    expect(own.frozen).toEqual(after);
  }
});

test('only running services with data are waited for', () => {
  const own = state([service('s1', 'web'), service('s2', 'store'), service('s3', 'store', { running: false })], []);
  expect(withData(own, { specs }).map(({ id }) => id)).toEqual(['s2']);
});

test('it ends by itself, also where the director was away, and one that lasts stays', async () => {
  const stop = new AbortController();
  const changed = new Changed();
  const own: DesiredState = state([], []);
  let refusals = 1;
  const desired = {
    changed,
    state: own,
    change: async <T>(mutate: (state: DesiredState) => T): Promise<T> => {
      if (refusals-- > 0) throw new Error('the director is away');
      const result = mutate(own);
      changed.notify();
      return result;
    },
  };
  const lines: string[] = [];
  const manager = { desired, log: (line: string) => void lines.push(line) } as unknown as Parameters<
    typeof thawInTime
  >[0];
  own.frozen = { hold: mine, until: Date.now() + 50 };
  const ended = thawInTime(manager, stop.signal);
  await until('the end of the freeze', () => own.frozen === undefined);
  expect(lines).toEqual([expect.stringContaining('could not be told'), expect.stringContaining('take changes again')]);
  own.frozen = { hold: mine };
  changed.notify();
  stop.abort();
  await ended;
  expect(own.frozen).toEqual({ hold: mine });
});
