import { expect, test } from 'vitest';
import { envTextOf, parseEnvText } from './env-text.ts';

test.each([
  ['A=1', { A: '1' }],
  ['  A = 1  ', { A: '1' }],
  ['export A=1', { A: '1' }],
  ['A=', { A: '' }],
  ['A=a=b', { A: 'a=b' }],
  ['A=x # comment', { A: 'x' }],
  ['A=x#y', { A: 'x#y' }],
  ['A=# all comment', { A: '' }],
  ["A='x # y'", { A: 'x # y' }],
  ['A="x # y" # comment', { A: 'x # y' }],
  ["A='no \\n escape'", { A: 'no \\n escape' }],
  ['A="line\\nnext \\"q\\" \\\\"', { A: 'line\nnext "q" \\' }],
  ['A="one\ntwo"\nB=2', { A: 'one\ntwo', B: '2' }],
  ['# c\n\nA=1\r\nB=2', { A: '1', B: '2' }],
  ['A=1\nA=2', { A: '2' }],
  ['A=Grüße', { A: 'Grüße' }],
])('%j', (text, expected) => {
  const { variables, problems } = parseEnvText(text);
  expect(problems).toEqual([]);
  expect(Object.fromEntries(variables.map(({ name, value }) => [name, value]))).toEqual(expected);
});

test.each([
  ['A=1\nnonsense\nB=2', [{ line: 2, message: 'There is no "=" in it: NAME=value is expected.' }], ['A', 'B']],
  ['1A=x', [{ line: 1, message: '"1A" is no name of a variable: letters, digits and _ are expected.' }], []],
  ['A="x\nB=2', [{ line: 1, message: 'The " is not closed.' }], ['B']],
  ['A="x" y', [{ line: 1, message: 'After the closing " nothing is expected.' }], []],
  ['=x', [{ line: 1, message: '"" is no name of a variable: letters, digits and _ are expected.' }], []],
  [`A=${'x'.repeat(65_537)}`, [{ line: 1, message: 'The value of A is too long.' }], []],
])('%j: the line and what is wrong with it', (text, problems, names) => {
  const read = parseEnvText(text);
  expect(read.problems).toEqual(problems);
  expect(read.variables.map(({ name }) => name)).toEqual(names);
});

test('what is written is read as the same', () => {
  const variables = { A: 'plain', B: 'with blank', C: 'a"b\\c', D: 'one\ntwo', E: '', F: "it's # not" };
  const { variables: read } = parseEnvText(envTextOf(variables));
  expect(Object.fromEntries(read.map(({ name, value }) => [name, value]))).toEqual(variables);
});
