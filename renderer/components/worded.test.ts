import { expect, test } from 'vitest';
import { markOf, partsOf } from './worded.tsx';

test.each([
  [
    'elements stand where the language puts them',
    `To ${markOf(1)}, from ${markOf(0)}.`,
    2,
    ['To ', 1, ', from ', 0, '.'],
  ],
  ['one may stand alone, first, or twice', `${markOf(0)}${markOf(0)}`, 1, [0, 0]],
  ['a text without any is whole', 'Nothing.', 2, ['Nothing.']],
  ['an empty one has no parts', '', 1, []],
  ['a mark that was not given is text', `a${markOf(1)}b`, 1, [`a${markOf(1)}b`]],
])('%s', (_what, text, count, parts) => expect(partsOf(text, count)).toEqual(parts));
