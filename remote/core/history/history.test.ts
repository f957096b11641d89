import { describe, expect, test } from 'vitest';
import type { HistoryChange, HistoryDocument, HistoryService } from '../contract/history.ts';
import { ApplicationId, NodeId, ServiceId } from '../contract/ids.ts';
import { type DesiredState, emptyService } from '../service/state.ts';
import { blobOf, versionOf } from '../service/version.fixture.ts';
import { blobsOf, compareVersions, describeChange, historyDocument, valueText } from './index.ts';

const service = (more: Partial<HistoryService> = {}): HistoryService => ({
  name: 'web',
  type: 'php',
  configuration: {},
  environment: {},
  secrets: [],
  needs: [],
  domains: [],
  ...more,
});
const document = (...services: HistoryService[]): HistoryDocument => ({ schema: 1, description: '', services });

test('a version holds code, configuration and references; no data, no nodes, not whether it runs', () => {
  const web = {
    ...emptyService(ServiceId.parse('s1'), 'php', 'web'),
    configuration: { b: 1, a: 2 },
    secrets: ['KEY', 'A'],
    versions: [versionOf('v1', '1'), versionOf('v2', '2')],
    activeVersion: 'v2',
    data: { password: { Secret: 'DB_PASSWORD' }, dump: 'file.sql', debug: true },
  };
  const state: DesiredState = {
    schema: 1,
    application: ApplicationId.parse('app-a'),
    name: 'a',
    description: 'x',
    services: [web],
    nodes: [],
    nextService: 2,
    nextSlot: 1,
  };
  const version = historyDocument(state);
  expect(version).toEqual({
    schema: 1,
    description: 'x',
    services: [
      service({
        configuration: { a: 2, b: 1 },
        secrets: ['A', 'KEY'],
        code: versionOf('v2', '2'),
        password: 'DB_PASSWORD',
      }),
    ],
  });
  expect(blobsOf(version)).toEqual([blobOf('2'), blobOf('f')]);
  const busy = {
    ...state,
    name: 'renamed',
    services: [{ ...web, running: true, nextNode: { backend: 9 }, versions: web.versions.slice(1) }],
    nodes: [
      {
        id: NodeId.parse('web-backend-1'),
        service: web.id,
        role: 'backend',
        slot: 'first',
        phase: 'wanted' as const,
        restarts: 3,
        operation: 'op-1',
        createdAt: 0,
      },
    ],
  };
  expect(historyDocument(busy)).toEqual(version);
});

const cases: readonly [string, HistoryDocument, HistoryDocument, HistoryChange[], string[]][] = [
  ['nothing', document(service()), document(service()), [], []],
  [
    'code',
    document(service({ code: versionOf('v6', '1') })),
    document(service({ code: versionOf('v7', '2') })),
    [
      {
        service: 'web',
        subject: 'code',
        change: 'changed',
        from: { version: 'v6', name: 'v6.zip', blob: blobOf('1') },
        to: { version: 'v7', name: 'v7.zip', blob: blobOf('2') },
      },
    ],
    ['web: code v6 → v7'],
  ],
  [
    'configuration: one changed, one back to its default, one new',
    document(service({ configuration: { memory_limit: '128M', display_errors: true } })),
    document(service({ configuration: { memory_limit: '256M', max_children: 4 } })),
    [
      { service: 'web', subject: 'configuration', change: 'removed', key: 'display_errors', from: true },
      { service: 'web', subject: 'configuration', change: 'added', key: 'max_children', to: 4 },
      { service: 'web', subject: 'configuration', change: 'changed', key: 'memory_limit', from: '128M', to: '256M' },
    ],
    [
      'web: configuration display_errors removed (true)',
      'web: configuration max_children added (4)',
      'web: configuration memory_limit 128M → 256M',
    ],
  ],
  [
    'secrets, needs and domains are names that come and go',
    document(service({ secrets: ['OLD'], needs: [], domains: ['a.example'] })),
    document(service({ secrets: ['NEW'], needs: ['db'], domains: [] })),
    [
      { service: 'web', subject: 'secret', change: 'added', key: 'NEW' },
      { service: 'web', subject: 'secret', change: 'removed', key: 'OLD' },
      { service: 'web', subject: 'need', change: 'added', key: 'db' },
      { service: 'web', subject: 'domain', change: 'removed', key: 'a.example' },
    ],
    ['web: secret NEW added', 'web: secret OLD removed', 'web: needs db added', 'web: domain a.example removed'],
  ],
  [
    'health check, startup script, description',
    { ...document(service()), description: 'old' },
    {
      ...document(service({ healthCheck: { path: '/up', timeoutMs: 2000 }, startupScript: { blob: blobOf('3') } })),
      description: 'new',
    },
    [
      { subject: 'description', change: 'changed', from: 'old', to: 'new' },
      { service: 'web', subject: 'health_check', change: 'added', to: '/up, within 2 s' },
      { service: 'web', subject: 'startup_script', change: 'added', to: '333333333333' },
    ],
    ['description changed', 'web: health check added (/up, within 2 s)', 'web: startup script added'],
  ],
  [
    'services come and go; another type is another service',
    document(service(), service({ name: 'db', type: 'mysql' })),
    document(service({ type: 'java' }), service({ name: 'cache', type: 'keyvalue' })),
    [
      { service: 'web', subject: 'service', change: 'added', to: 'java' },
      { service: 'cache', subject: 'service', change: 'added', to: 'keyvalue' },
      { service: 'web', subject: 'service', change: 'removed', from: 'php' },
      { service: 'db', subject: 'service', change: 'removed', from: 'mysql' },
    ],
    [
      'web: service added (java)',
      'cache: service added (keyvalue)',
      'web: service removed (php)',
      'db: service removed (mysql)',
    ],
  ],
];

describe('the difference between two versions', () => {
  test.each(cases)('%s', (_name, from, to, changes, words) => {
    expect(compareVersions(from, to)).toEqual(changes);
    expect(compareVersions(from, to).map(describeChange)).toEqual(words);
  });

  test('long values are cut in words', () => {
    expect(valueText('x'.repeat(100))).toHaveLength(60);
    expect(valueText({ a: 1 })).toBe('{"a":1}');
  });
});
