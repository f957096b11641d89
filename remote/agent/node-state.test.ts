import { expect, test } from 'vitest';
import type { ProcessState } from '../core/supervisor/index.ts';
import { type NodeFacts, nodeState } from './node-state.ts';

const enginesOf = (...kinds: readonly ProcessState['kind'][]): NodeFacts['engines'] => ({
  any: kinds.length > 0,
  isAny: (kind) => kinds.includes(kind),
});
const fresh = { phase: 'idle', isUp: false, isApplied: false, isWanted: true, hasFailed: false } as const;
const up = { ...fresh, isUp: true, isApplied: true } as const;

test.each([
  ['preparing', { ...fresh, phase: 'applying', engines: enginesOf() }],
  ['starting', { ...fresh, phase: 'applying', engines: enginesOf('starting') }],
  ['failed', { ...fresh, hasFailed: true, engines: enginesOf() }],
  ['running', { ...up, engines: enginesOf('running') }],
  ['failed', { ...up, engines: enginesOf('running', 'failed') }],
  ['starting', { ...up, engines: enginesOf('running', 'backing_off') }],
  ['running', { ...up, phase: 'applying', engines: enginesOf('running', 'starting') }],
  ['running', { ...up, hasFailed: true, engines: enginesOf('running') }],
  ['stopping', { ...up, phase: 'stopping', isWanted: false, engines: enginesOf('running') }],
  ['stopped', { ...fresh, isApplied: true, isWanted: false, engines: enginesOf() }],
] as const)('%s: %j', (state, facts) => {
  expect(nodeState(facts)).toBe(state);
});
