import { describe, expect, test } from 'vitest';
import { z } from 'zod';
// biome-ignore lint/style/noRestrictedImports: the real configurations are what the forms are for
import { MysqlConfiguration } from '../../remote/services/mysql/configuration.ts';
// biome-ignore lint/style/noRestrictedImports: likewise
import { PhpConfiguration } from '../../remote/services/php/configuration.ts';
import { type Field, fieldsOf, readField, readForm, textOf, titleOf } from './schema.ts';

const schema = z.toJSONSchema(
  z.strictObject({
    service: z.string(),
    name: z
      .string()
      .min(2)
      .max(5)
      .regex(/^[a-z]+$/),
    size: z.number().int().min(1).max(9).default(3),
    rate: z.number().optional(),
    mode: z.enum(['On', 'Off']).default('On'),
    debug: z.boolean().optional(),
    ids: z.array(z.string().regex(/^n\d$/)).optional(),
    nodes: z.record(z.string(), z.number().int().min(1)).optional(),
    anything: z.unknown().optional(),
    password: z.string().min(8).meta({ writeOnly: true }).optional(),
    script: z.string().max(5000).optional(),
  }),
  { io: 'input', unrepresentable: 'any' },
);
const fields = fieldsOf(schema, ['service']);
const field = (name: string): Field => {
  const found = fields.find((one) => one.name === name);
  if (!found) throw new Error(name);
  return found;
};

test('every property is a field, in order, but those that are filled in', () => {
  expect(fields.map(({ name, kind, required, defaultText }) => [name, kind, required, defaultText])).toEqual([
    ['name', 'text', true, undefined],
    ['size', 'integer', false, '3'],
    ['rate', 'number', false, undefined],
    ['mode', 'choice', false, 'On'],
    ['debug', 'boolean', false, undefined],
    ['ids', 'list', false, undefined],
    ['nodes', 'pairs', false, undefined],
    ['anything', 'json', false, undefined],
    ['password', 'secret', false, undefined],
    ['script', 'long', false, undefined],
  ]);
});

test.each([
  ['name', 'abc', { value: 'abc' }],
  ['name', '', { problem: 'This is needed.' }],
  ['name', 'a', { problem: '2 characters or more are expected.' }],
  ['name', 'abcdef', { problem: '5 characters or fewer are expected.' }],
  ['name', 'AB', { problem: 'This does not fit the pattern ^[a-z]+$.' }],
  ['size', '', { value: undefined }],
  ['size', ' 7 ', { value: 7 }],
  ['size', '1.5', { problem: 'A whole number is expected.' }],
  ['size', '10', { problem: '9 or less is expected.' }],
  ['size', '0', { problem: '1 or more is expected.' }],
  ['size', 'x', { problem: 'A whole number is expected.' }],
  ['size', ' ', { problem: 'A whole number is expected.' }],
  ['rate', '0.25', { value: 0.25 }],
  ['mode', 'Off', { value: 'Off' }],
  ['mode', 'no', { problem: 'One of On, Off is expected.' }],
  ['debug', 'false', { value: false }],
  ['ids', 'n1\n\n n2 \n', { value: ['n1', 'n2'] }],
  ['ids', 'n1\nx', { problem: 'x: This does not fit the pattern ^n\\d$.' }],
  ['nodes', 'backend=2\nweb = 1', { value: { backend: 2, web: 1 } }],
  ['nodes', 'backend', { problem: 'backend: KEY=VALUE is expected, one a line.' }],
  ['nodes', 'backend=0', { problem: 'backend: 1 or more is expected.' }],
  ['anything', '{"a": [1]}', { value: { a: [1] } }],
  ['anything', '{', { problem: expect.stringContaining('This is not JSON') }],
])('%s: %j', (name, text, expected) => {
  expect(readField(field(name), text)).toEqual(expected);
});

test('a form gives what was typed, and a problem beside each field that is wrong', () => {
  expect(readForm(fields, { name: 'abc', size: '4', debug: 'true', rate: 'x' })).toEqual({
    values: { name: 'abc', size: 4, debug: true },
    problems: { rate: 'A number is expected.' },
  });
});

describe('configurations of our service types', () => {
  test.each([
    ['php', PhpConfiguration],
    ['mysql', MysqlConfiguration],
  ])('%s: every key is a field of its own, and its default is valid', (_type, configuration) => {
    const all = fieldsOf(z.toJSONSchema(configuration, { io: 'input' }));
    expect(all.map(({ name }) => name)).toEqual(Object.keys(configuration.shape));
    expect(all.filter(({ kind }) => kind === 'json')).toEqual([]);
    const defaults = configuration.parse({}) as Record<string, unknown>;
    for (const one of all) {
      expect(one.description).toBeTruthy();
      // Nothing typed is the default, which may be nothing.
      const value = defaults[one.name] === '' ? undefined : defaults[one.name];
      expect(readField(one, textOf(defaults[one.name], one.kind))).toEqual({ value });
    }
  });
});

test.each([
  ['max_execution_time', 'Max execution time'],
  ['https_hsts_seconds', 'HTTPS HSTS seconds'],
  ['timeoutMs', 'Timeout ms'],
  ['service', 'Service'],
  ['innodb_buffer_pool_size', 'InnoDB buffer pool size'],
  ['sql_mode', 'SQL mode'],
  ['volume_gb', 'Volume GB'],
])('%s is called %s', (name, title) => expect(titleOf(name)).toBe(title));
