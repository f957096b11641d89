import { expect, test } from 'vitest';
import { schema } from '../text/fixtures.ts';
import { alternativesAt } from '../text/schema.ts';
import { type Field, fieldsOf } from './fields.ts';

function fields(type: string): ReadonlyMap<string, Field> {
  const [branch] = alternativesAt(schema, { Services: [{ Type: type }] }, ['Services', 0]);
  return new Map(fieldsOf(branch ?? {}, ['Type']).map((field) => [field.key, field]));
}

test.each([
  ['php', 'ServiceName', 'text'],
  ['php', 'Start', 'switch'],
  ['php', 'Archive', 'source'],
  ['php', 'StartupScript', 'source'],
  ['php', 'Environment', 'map'],
  ['php', 'Secrets', 'texts'],
  ['php', 'Domains', 'texts'],
  ['php', 'Needs', 'needs'],
  ['php', 'Configuration', 'group'],
  ['php', 'StartupInstances', 'group'],
  ['php', 'HealthCheck', 'group'],
  ['mysql', 'Password', 'password'],
  ['mysql', 'Dump', 'source'],
])('%s: %s is a %s', (type, key, kind) => {
  expect(fields(type).get(key)?.is.kind).toBe(kind);
});

test('nothing of a service has to be edited in the text', () => {
  const others = ['php', 'mysql'].flatMap((type) => [...fields(type).values()].filter(({ is }) => is.kind === 'other'));
  expect(others).toEqual([]);
});

test('several layers of code, one script', () => {
  expect(fields('php').get('Archive')?.is).toEqual({ kind: 'source', many: true });
  expect(fields('php').get('StartupScript')?.is).toEqual({ kind: 'source', many: false });
});

test('what counts where nothing is written is shown', () => {
  const nodes = fields('php').get('StartupInstances')?.is;
  const backend = nodes?.kind === 'group' ? nodes.fields.find(({ key }) => key === 'backend') : undefined;
  expect(backend).toMatchObject({ placeholder: '1', is: { kind: 'number', minimum: 1, maximum: 64 } });
  const settings = fields('php').get('Configuration')?.is;
  const limit = settings?.kind === 'group' ? settings.fields.find(({ key }) => key === 'memory_limit') : undefined;
  expect(limit?.placeholder).toBe('128M');
});
