import { describe, expect, test } from 'vitest';
import type { ApplicationSummary, Health } from '../../remote/core/contract/application.ts';
import { ApplicationId, OperationId } from '../../remote/core/contract/ids.ts';
import type { Operation } from '../../remote/core/contract/operation.ts';
import { hourText, monthText } from '../components/money.ts';
import { attentionOf, newestOperations } from './attention.ts';
import { Arrangement, everything, type Query } from './query.ts';

const summary = (
  name: string,
  state: Health = 'running',
  more: Partial<ApplicationSummary> = {},
): ApplicationSummary => ({
  id: ApplicationId.parse(`app-${name}`),
  name,
  state,
  services: [{ name: 'web', type: 'php', state }],
  nodes: { running: 1, wanted: 1 },
  createdAt: 0,
  ...more,
});

const all = new Map(
  [
    summary('shop10', 'running', { costPerHour: 0.2, nodes: { running: 9, wanted: 9 }, load: [4, 8] }),
    summary('shop9', 'stopped', { costPerHour: 0 }),
    summary('alpha', 'starting', { cloud: 'ec2', load: [90] }),
    summary('beta', 'failed', { cause: 'Class "Foo" not found', address: 'http://127.1.2.3' }),
    summary('gamma', 'degraded', { cloud: 'ec2', services: [{ name: 'db', type: 'mysql', state: 'running' }] }),
  ].map((one) => [one.id as string, one]),
);

const cases: readonly [string, Partial<Query>, string[]][] = [
  ['what needs attention first', {}, ['beta', 'gamma', 'alpha', 'shop10', 'shop9']],
  ['by name, numbers as numbers', { sort: 'name' }, ['alpha', 'beta', 'gamma', 'shop9', 'shop10']],
  ['by name, backwards', { sort: 'name', descending: true }, ['shop10', 'shop9', 'gamma', 'beta', 'alpha']],
  ['by cost, unknown ones together', { sort: 'cost', descending: true }, ['shop10', 'shop9', 'gamma', 'beta', 'alpha']],
  ['by nodes', { sort: 'nodes', descending: true }, ['shop10', 'shop9', 'gamma', 'beta', 'alpha']],
  ['by load', { sort: 'load', descending: true }, ['alpha', 'shop10', 'shop9', 'gamma', 'beta']],
  ['a word of a cause', { search: 'FOO' }, ['beta']],
  ['each word somewhere', { search: 'shop  stopped' }, ['shop9']],
  ['a type of service, an address', { search: 'mysql' }, ['gamma']],
  ['an address', { search: '127.1.2' }, ['beta']],
  ['what needs you', { state: 'needs-you' }, ['beta', 'gamma']],
  ['what is changing', { state: 'changing' }, ['alpha']],
  ['stopped ones', { state: 'stopped' }, ['shop9']],
  ['of a cloud', { cloud: 'ec2' }, ['gamma', 'alpha']],
  ['nothing', { search: 'nowhere' }, []],
];

describe('the list of applications', () => {
  test.each(cases)('%s', (_name, query, names) => {
    expect(new Arrangement().arrange(all, { ...everything, ...query }).map(({ name }) => name)).toEqual(names);
  });

  test('follows renames', () => {
    const arrangement = new Arrangement();
    arrangement.arrange(all, everything);
    const renamed = new Map(all);
    renamed.set('app-alpha', { ...summary('alpha', 'starting'), name: 'zeta' });
    expect(arrangement.arrange(renamed, { ...everything, sort: 'name' }).map(({ name }) => name)).toEqual([
      'beta',
      'gamma',
      'shop9',
      'shop10',
      'zeta',
    ]);
  });
});

const operation = (application: string, more: Partial<Operation>): Operation => ({
  id: OperationId.parse(`op-${application}-${more.startedAt ?? 1}`),
  kind: 'apply',
  title: 'Apply',
  target: { application: `app-${application}` },
  state: 'done',
  steps: [],
  log: [],
  startedAt: 1,
  deadline: 9,
  requestedBy: 'ann',
  cancellable: false,
  retryable: false,
  ...more,
});
const listed = (...operations: Operation[]) => newestOperations(new Map(operations.map((one) => [one.id, one])));

describe('what needs the user', () => {
  test.each<[string, ApplicationSummary, Operation[], object | undefined]>([
    ['nothing where all is well', summary('a'), [operation('a', {})], undefined],
    [
      'nothing while something is done about it',
      summary('a', 'failed'),
      [operation('a', { state: 'running' })],
      undefined,
    ],
    [
      'a failed operation is tried again',
      summary('a', 'failed', { cause: 'no' }),
      [operation('a', { state: 'failed', retryable: true, startedAt: 2 }), operation('a', {})],
      { cause: 'no', mend: { kind: 'retry', operation: 'op-a-2' } },
    ],
    [
      'what came with new code goes with it',
      summary('a', 'degraded', { cause: 'exits' }),
      [operation('a', { kind: 'activate_code_version', target: { application: 'app-a', service: 'web' } })],
      { cause: 'exits', mend: { kind: 'roll_back', service: 'web' } },
    ],
    [
      'a manager that is away is replaced',
      summary('a', 'unreachable'),
      [],
      { cause: undefined, mend: { kind: 'replace_manager' } },
    ],
    ['others are only shown', summary('a', 'degraded'), [operation('b', { state: 'failed' })], { mend: undefined }],
  ])('%s', (_name, application, operations, attention) => {
    const found = attentionOf(application, listed(...operations));
    if (attention === undefined) expect(found).toBeUndefined();
    else expect(found).toMatchObject(attention);
  });
});

test.each<[number | undefined, string, string]>([
  [undefined, 'unknown', 'unknown'],
  [0, '0.000', '0.0'],
  [0.041, '0.041', '29.9'],
  [12.5, '12.50', '9125'],
])('costs in words: %s', (perHour, hour, month) => {
  expect([hourText(perHour), monthText(perHour)]).toEqual([hour, month]);
});
