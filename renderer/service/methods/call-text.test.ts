import { expect, test } from 'vitest';
import { callText } from './call-text.ts';

test.each([
  ['set_debug', 'command', { debug: true }, [], `conpaas call shop/web set_debug '{"debug":true}'`],
  ['startup', 'command', {}, [], 'conpaas call shop/web startup'],
  ['load_dump', 'upload', {}, [], 'conpaas call shop/web load_dump --file FILE'],
  [
    'set_password',
    'command',
    { password: 'hunter22' },
    ['password'],
    `conpaas call shop/web set_password '{"password":"•••"}'`,
  ],
  ['x', 'query', { a: "it's" }, [], `conpaas call shop/web x '{"a":"it'\\''s"}'`],
])('%s', (name, kind, params, secrets, expected) => {
  expect(callText('shop', 'web', { name, kind }, params, secrets)).toBe(expected);
});

test('names with blanks are one word', () => {
  expect(callText('My shop', 'web', { name: 'stop', kind: 'command' }, {})).toBe("conpaas call 'My shop/web' stop");
});
