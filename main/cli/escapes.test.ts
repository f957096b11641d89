import { expect, test } from 'vitest';
import { Escapes } from './escapes.ts';

const take = (...pieces: string[]) => {
  const escapes = new Escapes();
  const seen = pieces.map((piece) => escapes.take(Buffer.from(piece)));
  return { sent: seen.map(({ bytes }) => bytes.toString()).join(''), actions: seen.map(({ action }) => action) };
};

test.each([
  ['at the very start', ['~.'], '', ['leave']],
  ['at the start of a line', ['ls\r~.rest'], 'ls\r', ['leave']],
  ['typed key by key', ['ls\r', '~', '.'], 'ls\r', [undefined, undefined, 'leave']],
  ['not inside a line', ['ls ~.'], 'ls ~.', [undefined]],
  ['~? asks for help and sends nothing', ['~?ls'], 'ls', ['help']],
  ['~~ is one tilde', ['~~/x'], '~/x', [undefined]],
  ['any other key sends both', ['~/x\r'], '~/x\r', [undefined]],
  ['a newline after a tilde starts a line', ['~\r~.'], '~\r', ['leave']],
  ['bytes beyond ASCII pass', ['é~.'], 'é~.', [undefined]],
])('%s', (_what, typed, sent, actions) => {
  expect(take(...typed)).toEqual({ sent, actions });
});
