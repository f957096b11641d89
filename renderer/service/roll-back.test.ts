import { expect, test } from 'vitest';
import type { ServiceInfo } from '../../remote/core/contract/application.ts';
import type { Operation } from '../../remote/core/contract/operation.ts';
import { freshMs, rollBackTo } from './roll-back.ts';

const now = 10_000_000;
const code: ServiceInfo['code'] = { active: 'v2', previous: 'v1', versions: [] };
const activated = (ago: number, state: Operation['state'] = 'done') =>
  [{ kind: 'activate_code_version', state, endedAt: now - ago }] as unknown as Operation[];
const running = [{ kind: 'add_nodes', state: 'running' }] as unknown as Operation[];

test.each<[string, ServiceInfo['state'], ServiceInfo['code'], Operation[], string | undefined]>([
  ['well, and live for long', 'running', code, activated(freshMs), undefined],
  ['well, and live since a moment', 'running', code, activated(1000), 'v1'],
  ['well, and nothing is known of how it came', 'running', code, [], undefined],
  ['what was tried went back', 'running', code, activated(1000, 'failed'), undefined],
  ['unwell', 'degraded', code, [], 'v1'],
  ['does not run', 'failed', code, [], 'v1'],
  ['unwell, but something is being done', 'degraded', code, running, undefined],
  ['stopped', 'stopped', code, activated(1000), undefined],
  ['nothing before', 'failed', { active: 'v1', versions: [] }, [], undefined],
  ['no code', 'failed', undefined, [], undefined],
])('%s', (_when, state, of, operations, expected) => {
  expect(rollBackTo({ state, code: of }, operations, now)).toBe(expected);
});
