import { expect, test } from 'vitest';
// biome-ignore lint/style/noRestrictedImports: what the worker marks is what the page cuts
import { createMarker, visibleText } from '../../remote/core/log-search/index.ts';
import { partsOf } from './ansi.ts';
import { cutAt } from './marks.ts';

const query = (text: string, regex = true) => ({ text, regex, caseSensitive: false });
const shown = (line: string, marks: readonly number[]): string =>
  cutAt(partsOf(line), marks)
    .map(({ text, isHit }) => (isHit ? `<${text}>` : text))
    .join('');

test.each([
  ['class "?foo', 'PHP Fatal: Class "Foo" not found', 'PHP Fatal: <Class "Foo>" not found'],
  ['o+', 'foo boo', 'f<oo> b<oo>'],
  ['x*', 'no such', 'no such'],
  ['^.*$', 'all of it', '<all of it>'],
  // Over colours, beside characters that are shown by name, after sequences of one byte.
  ['over red', 'x over \u001b[31mred\u001b[0m y', 'x <over ><red> y'],
  ['b.c', 'a\u200bb\u202ec', 'aU+200B<b><U+202E><c>'],
  ['b', 'a\u{e0041}b', 'aU+E0041<b>'],
  ['red', '\u009b31mred\u009b0m', '<red>'],
  ['after', '\u001b]0;title\u0007after\u001b', '<after>'],
])('/%s/ in %j', (text, line, marked) => expect(shown(line, createMarker(query(text))(line))).toBe(marked));

test('a text is marked as itself, whatever it would be as an expression', () => {
  const line = 'GET /a.php?x=[1] HTTP';
  expect(shown(line, createMarker(query('.php?x=[1]', false))(line))).toBe('GET /a<.php?x=[1]> HTTP');
});

test('what is searched in is what the window shows', () => {
  const pieces = [
    '\u001b[31m',
    '\u009b1m',
    '\u001b]8;;x\u001b\\',
    '\u009d0;t\u009c',
    'word',
    '\u001bM',
    '\u001b',
    'é',
    '\u001bP1$r\u001b\\',
    '\t',
  ];
  for (const first of pieces) {
    for (const second of pieces) {
      for (const third of pieces) {
        const line = `a${first}b${second}c${third}d`;
        expect(
          partsOf(line)
            .map(({ text }) => text)
            .join(''),
        ).toBe(visibleText(line));
      }
    }
  }
});
