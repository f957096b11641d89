import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { createSearcher, keyBytes, openSealed, seal, visibleText } from './index.ts';

const query = (text: string, more: { regex?: boolean; caseSensitive?: boolean } = {}) => ({
  text,
  regex: false,
  caseSensitive: false,
  ...more,
});

test.each([
  ['plain', 'plain'],
  ['\u001b[31mred\u001b[0m', 'red'],
  ['\u001b[38;5;196;48;2;1;2;3mx', 'x'],
  ['\u001b]0;title\u0007after', 'after'],
  ['\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\', 'link'],
  ['a\u001bPq#0\u001b\\b', 'ab'],
  ['\u001bMup', 'up'],
  ['\u001b(Bset', 'set'],
])('of %j people see %j', (line, visible) => expect(visibleText(line)).toBe(visible));

test.each([
  [query('beta'), 'alpha\nBETA\nnot\na beta', [1, 3]],
  [query('BETA', { caseSensitive: true }), 'alpha\nBETA\na beta', [1]],
  [query('a.c'), 'abc\na.c', [1]],
  [query('^a.c$', { regex: true }), 'abc\nxabc\nA.C', [0, 2]],
  [query('over red'), 'over \u001b[31mred\u001b[0m\nother', [0]],
  [query('x'), '', []],
])('%j', async (asked, text, found) => {
  await using searcher = createSearcher(asked);
  expect(await searcher.find({ text })).toEqual(found);
});

test('an expression that never ends is stopped with a message', async () => {
  await using searcher = createSearcher(query('^(a|a)*$', { regex: true }), 300);
  await expect(searcher.find({ text: `${'a'.repeat(60)}b` })).rejects.toMatchObject({
    failure: { code: 'deadline_exceeded', message: expect.stringContaining('takes too long') },
  });
  await expect(searcher.find({ text: 'later' })).rejects.toThrow('takes too long');
});

test('what is no expression is refused at once', () => {
  expect(() => createSearcher(query('(', { regex: true }))).toThrow('no regular expression');
});

test('a sealed block opens with its key, as what it is, unchanged; and is searched', async () => {
  const key = randomBytes(keyBytes);
  const sealed = seal(key, 'web-1/error 0', Buffer.from('....one\ntwo'));
  expect(sealed.includes('one')).toBe(false);
  expect(openSealed(key, 'web-1/error 0', sealed).toString()).toBe('....one\ntwo');
  expect(() => openSealed(key, 'web-1/error 1', sealed)).toThrow();
  expect(() => openSealed(randomBytes(keyBytes), 'web-1/error 0', sealed)).toThrow();
  const changed = Buffer.from(sealed);
  changed.writeUInt8(changed.readUInt8(40 - 8) ^ 1, 40 - 8);
  expect(() => openSealed(key, 'web-1/error 0', changed)).toThrow();
  await using searcher = createSearcher(query('two'));
  expect(await searcher.find({ sealed, key, place: 'web-1/error 0', textAt: 4 })).toEqual([1]);
});
