import { expect, test } from 'vitest';
import type { Failure } from '../core/contract/errors.ts';
import { NodeId } from '../core/contract/ids.ts';
import { patienceHere } from '../core/supervisor/patience.ts';
import { node, observation, service, state, vm, world } from './fixtures.ts';
import { assign } from './plan.ts';
import { failureOf } from './waits.ts';

const late: Failure = { code: 'health_check_failed', message: '/ did not answer.', retry: true };
const wrong: Failure = { code: 'health_check_failed', message: '/ answers with status 500.' };
const away: Failure = { code: 'unreachable', message: 'The director does not answer.' };

/** Given up after so many seconds; 0: at once. */
test.each<[string, Failure, { version: string; state: 'running' | 'failed' }, number]>([
  ['a page is late that another node serves', late, { version: 'v1', state: 'running' }, 120],
  ['a page is late that no other node serves', late, { version: 'v1', state: 'failed' }, 0],
  ['a page is late of a version that no other node has', late, { version: 'v2', state: 'running' }, 0],
  ['a page is wrong that another node serves', wrong, { version: 'v1', state: 'running' }, 0],
  ['somebody is away', away, { version: 'v1', state: 'running' }, 6],
])('%s', (_what, failure, other, seconds) => {
  const of = state(
    [service('s1', 'web', { activeVersion: 'v1' })],
    [node('back-0', 's1', 'back', { version: other.version }), node('back-1', 's1', 'back', { version: 'v1' })],
  );
  const own = NodeId.parse('back-1');
  const attempted = assign(world(of, [vm('first')])).get(own)?.hash ?? 'none';
  const seen = world(
    of,
    [vm('first')],
    [observation('back-0', { state: other.state }), observation('back-1', { state: 'failed', attempted, failure })],
  );
  const firstSeen = new Map<string, number>();
  const at = (after: number) => failureOf(seen, [own], firstSeen, 1_000_000 + after * 1000 * patienceHere());
  for (const after of seconds === 0 ? [] : [0, seconds - 1]) expect(at(after)).toBeUndefined();
  expect(at(seconds)).toEqual({ ...failure, message: `back-1: ${failure.message}` });
});
