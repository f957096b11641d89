import { expect, test } from 'vitest';
import { outlineOf } from './outline.ts';

const types = { code: new Set(['php']), databases: new Set(['mysql']) };
const outline = (services: readonly object[]) => {
  const document = { Services: services };
  return outlineOf(JSON.stringify(document), document, types);
};

test('a service with code needs every database where nothing else is written, and stands left of it', () => {
  const found = outline([{ Type: 'MySQL' }, { Type: 'php', ServiceName: 'web', StartupInstances: { backend: 2 } }]);
  expect(found.map(({ name, column, row, needs, roles }) => ({ name, column, row, needs, roles }))).toEqual([
    { name: 'mysql', column: 1, row: 0, needs: [], roles: [] },
    { name: 'web', column: 0, row: 0, needs: ['mysql'], roles: ['backend 2'] },
  ]);
});

test('what is written counts, a name that is not there does not', () => {
  const found = outline([{ Type: 'php', Needs: ['gone'] }, { Type: 'php', Needs: ['php'] }, { Type: 'mysql' }]);
  expect(found.map(({ name, needs }) => [name, needs])).toEqual([
    ['php', []],
    ['php-2', ['php']],
    ['mysql', []],
  ]);
});

test('a circle still gives a picture', () => {
  const found = outline([
    { Type: 'php', ServiceName: 'a', Needs: ['b'] },
    { Type: 'php', ServiceName: 'b', Needs: ['a'] },
  ]);
  expect(found).toHaveLength(2);
});

test('each knows its place in the text', () => {
  const text = '{"Services": [ {"Type": "php"} ]}';
  const [service] = outlineOf(text, JSON.parse(text), types);
  expect(service && text.slice(service.from, service.to)).toBe('{"Type": "php"}');
});
