/** The audit trail on a real database: what is written, what is never, that it cannot be changed unnoticed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Event } from '../../core/contract/application.ts';
import { ConpaasError } from '../../core/contract/errors.ts';
import { ApplicationId, DeploymentId, UserName } from '../../core/contract/ids.ts';
import { type Call, method } from '../../core/contract/method.ts';
import { AuditStore, bounds } from './audit-store.ts';
import { type AuditedOptions, audited, isAudited, isAuditedWith, targetOf } from './audited.ts';
import { told } from './history.ts';
import { relayedCalls } from './relayed.ts';

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'audit-'));
  file = join(directory, 'audit.db');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const entry = (method: string, more: object = {}) => ({
  who: 'ann',
  from: '127.0.0.1',
  method,
  target: {},
  outcome: 'done',
  ...more,
});

/** Changes the file behind the store's back, as somebody with access to the disk would. */
function tamper(sql: string): void {
  const database = new DatabaseSync(file);
  for (const trigger of ['audit_is_not_changed', 'audit_is_not_removed', 'anchor_only_rises']) {
    database.exec(`DROP TRIGGER ${trigger}`);
  }
  database.exec(sql);
  database.close();
}

describe('the chain', () => {
  const filled = async () => {
    using store = new AuditStore(file);
    for (const name of ['one', 'two', 'three', 'four']) await store.append(entry(name));
  };
  const verified = () => {
    using store = new AuditStore(file);
    return store.verify();
  };

  test('is intact as it was written, over restarts', async () => {
    await filled();
    await filled();
    expect(verified()).toMatchObject({ intact: true, entries: 8, last: 8 });
  });

  test.each([
    ['a changed entry', `UPDATE audit SET record = replace(record, '"ann"', '"bob"') WHERE seq = 2`, 2],
    ['a removed entry', 'DELETE FROM audit WHERE seq = 3', 3],
    ['a removed beginning', 'DELETE FROM audit WHERE seq = 1', 1],
    ['a changed hash', "UPDATE audit SET hash = 'f' WHERE seq = 4", 4],
    [
      'entries that changed places',
      'UPDATE audit SET seq = 9 WHERE seq = 2; UPDATE audit SET seq = 2 WHERE seq = 3',
      2,
    ],
    [
      'a changed entry with a hash that fits it alone',
      `UPDATE audit SET record = '{}', hash = (SELECT hash FROM audit WHERE seq = 1) WHERE seq = 2`,
      2,
    ],
  ])('shows %s', async (_what, sql, brokenAt) => {
    await filled();
    tamper(sql);
    expect(verified()).toMatchObject({ intact: false, brokenAt });
  });

  test('a cut end shows in the head', async () => {
    await filled();
    const before = verified();
    tamper('DELETE FROM audit WHERE seq = 4');
    expect(verified()).toMatchObject({ intact: true, last: 3 });
    expect(verified().head).not.toBe(before.head);
  });

  test('the database itself refuses changes', async () => {
    await filled();
    const database = new DatabaseSync(file);
    expect(() => database.exec("UPDATE audit SET record = '{}'")).toThrow(/never changed/);
    expect(() => database.exec('DELETE FROM audit')).toThrow(/only the oldest/);
    database.close();
  });

  test('the oldest go, and the rest still verifies', async () => {
    let now = 1000;
    const limits = { audit: { entries: 20, days: 1 }, events: bounds.events };
    using store = new AuditStore(file, limits, () => now);
    for (let n = 0; n < 501; n += 1) await store.append(entry(`m${n}`)); // the bounds are looked at now and then
    expect(store.verify()).toMatchObject({ intact: true, entries: 21, last: 501 });
    now += 2 * 86_400_000;
    using later = new AuditStore(file, limits, () => now);
    await later.append(entry('new'));
    expect(later.verify()).toMatchObject({ intact: true, entries: 1, last: 502 });
  });
});

test('filters and pages', async () => {
  let now = 0;
  using store = new AuditStore(file, bounds, () => now);
  for (now = 1; now <= 9; now += 1) {
    await store.append(
      entry(now % 2 ? 'apply' : 'stop', {
        who: now < 5 ? 'ann' : 'bob',
        outcome: now === 3 ? 'conflict' : 'done',
        ...(now > 6 && { application: 'app-a' }),
      }),
    );
  }
  const seqs = (filter: object) => store.list({ limit: 100, ...filter }).items.map(({ seq }) => seq);
  expect(seqs({})).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1]);
  expect(seqs({ user: 'ann', method: 'apply' })).toEqual([3, 1]);
  expect(seqs({ outcome: 'failed' })).toEqual([3]);
  expect(seqs({ application: 'app-a', outcome: 'done' })).toEqual([9, 8, 7]);
  expect(seqs({ since: 4, until: 6 })).toEqual([6, 5, 4]);
  const first = store.list({ limit: 4 });
  expect(first.next).toBe(6);
  expect(seqs({ before: first.next, limit: 5 })).toEqual([5, 4, 3, 2, 1]);
  expect(store.list({ before: 2, limit: 5 }).next).toBeUndefined();
});

describe('what is written', () => {
  const params = z.strictObject({});
  const of = (kind: 'query' | 'command' | 'stream' | 'upload' | 'download' | 'duplex', more: object = {}) =>
    method({ kind, params, result: z.unknown(), callers: ['user'], since: 1, doc: '', ...more });

  test.each([
    ['query', false],
    ['stream', false],
    ['command', true],
    ['upload', true],
    ['download', true],
    ['duplex', true],
  ] as const)('%s: %s', (kind, expected) => expect(isAudited('some', of(kind))).toBe(expected));

  test('secret reads, and what this director does not know', () => {
    expect(isAudited('get_secrets', of('query'))).toBe(true);
    expect(isAudited('new_thing', undefined)).toBe(true);
    const revealing = of('query', { revealedBy: 'reveal' });
    expect(isAuditedWith('get_connection', revealing, { reveal: true })).toBe(true);
    expect(isAuditedWith('get_connection', revealing, { reveal: false })).toBe(false);
  });

  test('names only, never values', () => {
    expect(
      targetOf({
        service: 'web',
        name: 'API_KEY',
        value: 'hunter2',
        password: 'hunter2',
        nodes: { backend: 2 },
        environment: { KEY: 'hunter2' },
        ids: ['a', 'b'],
        script: 'hunter2',
      }),
    ).toEqual({ service: 'web', name: 'API_KEY', nodes: 'backend 2', ids: 'a, b' });
  });

  const written: object[] = [];
  const options: AuditedOptions = {
    append: async (one) => written.push(one),
    application: (idOrName) => (['app-a', 'Shop'].includes(idOrName) ? { id: 'app-a', name: 'Shop' } : undefined),
    log: () => undefined,
  };
  beforeEach(() => written.splice(0));
  const user: Call = {
    caller: { kind: 'user', deployment: DeploymentId.parse('dep'), name: UserName.parse('ann') },
    user: 'ann',
    signal: new AbortController().signal,
    presented: [],
    from: '10.0.0.1',
    client: 'command 1.0.0',
  };

  test('calls of users with their outcome and operation; queries and calls of managers are not', async () => {
    const handlers = audited(
      { stop: of('command'), list: of('query'), fail: of('command') },
      {
        stop: async (_params: object, _call: Call) => ({ operation: 'op-1' }),
        list: async (_params: object, _call: Call) => [],
        fail: async (_params: object, _call: Call): Promise<object> => {
          throw new ConpaasError('conflict', 'no');
        },
      },
      options,
    );
    await handlers.stop({ application: 'Shop' }, user);
    await handlers.list({}, user);
    await expect(handlers.fail({ application: 'gone' }, user)).rejects.toThrow('no');
    const manager = {
      kind: 'manager',
      deployment: DeploymentId.parse('dep'),
      application: ApplicationId.parse('app-a'),
      epoch: 1,
    } as const;
    await handlers.stop({}, { ...user, caller: manager, user: undefined });
    const common = { who: 'ann', from: '10.0.0.1', client: 'command 1.0.0' };
    expect(written).toEqual([
      {
        ...common,
        method: 'stop',
        application: 'app-a',
        target: { application: 'Shop' },
        outcome: 'done',
        operation: 'op-1',
      },
      { ...common, method: 'fail', application: 'gone', target: {}, outcome: 'conflict' },
    ]);
  });

  test('relayed calls, and terminals with how long they were open', () => {
    const watch = relayedCalls({ open_terminal: of('duplex'), list_nodes: of('query') }, options);
    const call = { application: 'Shop', user: 'ann', from: '10.0.0.1', client: undefined };
    expect(watch({ ...call, name: 'list_nodes' })).toBeUndefined();
    const terminal = watch({ ...call, name: 'open_terminal' });
    terminal?.opened({ node: 'web-1', columns: 80, rows: 24 });
    terminal?.closed({ node: 'web-1', columns: 80, rows: 24 }, 1234.5);
    const common = {
      who: 'ann',
      from: '10.0.0.1',
      application: 'app-a',
      target: { application: 'Shop', node: 'web-1' },
    };
    expect(written).toEqual([
      { ...common, method: 'open_terminal', outcome: 'done' },
      { ...common, method: 'close_terminal', outcome: 'done', durationMs: 1235 },
    ]);
  });
});

test('of events only what is worth keeping becomes history', () => {
  const known = {
    states: new Map([['app-a', 'running']]),
    machines: new Map(),
    names: new Map(),
    nameOf: () => undefined,
  };
  const app = (state: string, cause?: string): Event =>
    ({ type: 'application', application: { id: 'app-a', name: 'Shop', state, cause } }) as unknown as Event;
  const texts = [
    app('running'),
    app('degraded', 'backend-2 exits'),
    app('degraded', 'backend-2 exits again'),
    { type: 'vm', vm: { id: 'vm-1', cloud: 'local', state: 'running', role: 'application', createdAt: 0 } },
    {
      type: 'vm',
      vm: { id: 'vm-1', cloud: 'local', state: 'gone', address: '127.1.0.2', role: 'application', createdAt: 0 },
    },
    { type: 'notice', level: 'alert', text: 'somebody knocked', time: 0 },
    { type: 'notice', level: 'info', text: 'nothing', time: 0 },
    { type: 'application_deleted', id: 'app-a' },
  ].map((event) => told(event as Event, known)?.event);
  expect(texts.map((event) => event && [event.kind, event.level, event.text])).toEqual([
    undefined,
    ['application', 'warning', 'Shop is degraded: backend-2 exits'],
    undefined,
    undefined,
    ['machine', 'info', 'The machine 127.1.0.2 (local) is gone'],
    ['alert', 'alert', 'somebody knocked'],
    undefined,
    ['application', 'info', 'Shop was deleted'],
  ]);
});
