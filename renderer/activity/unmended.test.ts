import { expect, test } from 'vitest';
import type { Operation } from '../../remote/core/contract/operation.ts';
import { unmended } from './unmended.ts';

const operation = (id: string, state: Operation['state'], application?: string, service?: string) =>
  ({ id, state, target: { application, service } }) as unknown as Operation;

const cases: readonly [string, readonly Operation[], readonly string[]][] = [
  ['nothing has happened', [], []],
  ['failed last', [operation('a', 'failed', 'x', 'web'), operation('b', 'done', 'x', 'web')], ['a']],
  ['done since', [operation('a', 'done', 'x', 'web'), operation('b', 'failed', 'x', 'web')], []],
  ['being done again', [operation('a', 'running', 'x', 'web'), operation('b', 'failed', 'x', 'web')], []],
  ['the whole application was done since', [operation('a', 'done', 'x'), operation('b', 'failed', 'x', 'web')], []],
  ['another service was done since', [operation('a', 'done', 'x', 'db'), operation('b', 'failed', 'x', 'web')], ['b']],
  ['another application too', [operation('a', 'failed', 'x'), operation('b', 'failed', 'y')], ['a', 'b']],
];

test.each(cases)('%s', (_title, all, ids) => {
  expect(unmended(all).map(({ id }) => id)).toEqual(ids);
});
