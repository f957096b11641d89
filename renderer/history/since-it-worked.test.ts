import { expect, test } from 'vitest';
import type { HistoryEntry } from '../../remote/core/contract/history.ts';
import { OperationId } from '../../remote/core/contract/ids.ts';
import type { Operation } from '../../remote/core/contract/operation.ts';
import { sinceItWorked } from './since-it-worked.ts';

const operation = (id: string, kind: string, state: Operation['state'], endedAt?: number): Operation => ({
  id: OperationId.parse(id),
  kind,
  title: kind,
  target: {},
  state,
  steps: [],
  log: [],
  startedAt: (endedAt ?? 100) - 1,
  ...(endedAt === undefined ? {} : { endedAt }),
  deadline: 0,
  requestedBy: 'ann',
  cancellable: false,
  retryable: false,
});
const entry = (version: number, at: number, id?: string): HistoryEntry => ({
  version,
  at,
  by: 'ann',
  kind: 'x',
  title: 'x',
  changes: [],
  ...(id === undefined ? {} : { operation: OperationId.parse(id) }),
});

test.each<[string, Operation[], HistoryEntry[], object]>([
  ['nothing is known', [], [], { worked: undefined, versions: [], failed: [], last: undefined }],
  [
    'nothing was changed since: the last change is the one that worked',
    [operation('op-1', 'activate_code_version', 'done', 10)],
    [entry(2, 9, 'op-1'), entry(1, 1)],
    { worked: { id: 'op-1' }, versions: [], failed: [], last: { version: 2 }, before: { version: 1 } },
  ],
  [
    'a version and a failure came after it; what proves nothing is not "it worked"',
    [
      operation('op-1', 'apply', 'done', 10),
      operation('op-2', 'set_configuration', 'failed', 20),
      operation('op-3', 'restart_node', 'done', 30),
      operation('op-4', 'apply', 'running'),
    ],
    [entry(2, 20, 'op-2'), entry(1, 9, 'op-1')],
    { worked: { id: 'op-1' }, versions: [{ version: 2 }], failed: [{ id: 'op-2' }] },
  ],
])('%s', (_name, operations, history, expected) => {
  expect(sinceItWorked(operations, history)).toMatchObject(expected);
});
