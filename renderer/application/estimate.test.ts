import { expect, test } from 'vitest';
import { OperationId } from '../../remote/core/contract/ids.ts';
import type { Operation } from '../../remote/core/contract/operation.ts';
import { costOf, expectedTime, median } from './estimate.ts';

test.each([
  [[], undefined],
  [[7], 7],
  [[9, 1, 5], 5],
  [[4, 1, 10, 6], 5],
  [[2, 2, 100], 2],
])('median of %j is %j', (values, expected) => expect(median(values)).toBe(expected));

function operation(kind: string, state: Operation['state'], took: number, startedAt = 0): Operation {
  return {
    id: OperationId.parse(`op-${startedAt}-${took}`),
    kind,
    title: '',
    target: {},
    state,
    steps: [],
    log: [],
    startedAt,
    ...(state === 'running' ? {} : { endedAt: startedAt + took }),
    deadline: 0,
    requestedBy: 'ann',
    cancellable: false,
    retryable: false,
  };
}

test('only what ended well of these kinds counts, the newest fifty of it', () => {
  const some = [
    operation('add_nodes', 'done', 4000),
    operation('add_nodes', 'done', 6000),
    operation('add_nodes', 'failed', 90_000),
    operation('add_nodes', 'running', 0),
    operation('remove_nodes', 'done', 100),
  ];
  expect(expectedTime(some, ['add_nodes'])).toEqual({ ms: 5000, of: 2 });
  expect(expectedTime(some, ['apply'])).toBeUndefined();
  const old = Array.from({ length: 60 }, (_, index) =>
    operation('add_nodes', 'done', index < 10 ? 99_999 : 1000, index),
  );
  expect(expectedTime(old, ['add_nodes'])).toEqual({ ms: 1000, of: 50 });
});

test.each([
  [2, [{ pricePerHour: 0.01 }], 0.02],
  [-1, [{ pricePerHour: 0.5 }], -0.5],
  [2, [{ pricePerHour: 0 }], 0],
  [2, [{}], undefined],
  [2, [], undefined],
])('%d machines of %j: %s', (nodes, machines, dollars) => expect(costOf(nodes, machines)).toBe(dollars));
