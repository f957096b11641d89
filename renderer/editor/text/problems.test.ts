import { expect, test } from 'vitest';
// biome-ignore lint/style/noRestrictedImports: what the hub says is what the page says
import { jsonMistakes } from '../../../remote/core/manifest/json-text.ts';
import { check, schema } from './fixtures.ts';
import { offsetOf, parsePath, problemsOf, problemsOfFailure } from './problems.ts';
import { problemTexts } from './texts.ts';

test('the page says of a mistake in the JSON what the checker of the hub says a moment later', () => {
  expect(problemTexts().syntax).toEqual(jsonMistakes);
});

/** Each problem as its marked text and its message. */
const found = (text: string) =>
  problemsOf(text, schema, check).map(({ from, to, message }) => [text.slice(from, to), message]);
const service = (inner: string) => `{"Application": "a", "Services": [{"Type": "php"${inner}}]}`;

test.each<[string, string, string][]>([
  [['{"Application": "a",}', '}', 'A key in double quotes is expected']],
  [['{"Application" "a"}', '"a"', 'A colon is expected']],
  [['{"Application": "a"', '"', 'A closing brace']],
  [['{} {}', '{', 'The document ends before this']],
  [['{"Services": []}', '{', '"Application" is missing']],
  [['{"Application": "a", "Aplication": 1}', '"Aplication"', 'Key "Aplication" is not known here']],
  [['{"Application": 5}', '5', 'Expected: a text']],
  [['{"Application": "a", "Services": [{}]}', '{', '"Type" is missing; it can be mysql, php']],
  [
    [
      '{"Application": "a", "Services": [{"Type": "pph"}]}',
      '"pph"',
      'Type "pph" is not known here; it can be mysql, php',
    ],
  ],
  [[service(', "Dump": "x"'), '"Dump"', 'Key "Dump" is not known here']],
  [[service(', "StartupInstances": {"backend": 0}'), '0', 'Expected: a whole number from 1 to 64']],
  [[service(', "StartupInstances": {"bakend": 1}'), '"bakend"', 'Role "bakend" is not known here']],
  [[service(', "Configuration": {"log_errors": "yes"}'), '"yes"', 'Expected: On or Off']],
  [[service(', "Archive": ["a", 5]'), '5', 'Expected: a text or an object']],
  [[service(', "Start": 7'), '7', 'Expected: 0 or 1 or true or false']],
  [[service(', "HealthCheck": {"Path": "x"}'), '"x"', 'This is not written as it should be']],
])('%j', ([text, marked, message]) => {
  const problems = found(text);
  expect(problems).toHaveLength(1);
  expect(problems[0]?.[0]).toContain(marked);
  expect(problems[0]?.[1]).toContain(message);
});

test.each([
  '{"Application": "a", "Services": [{"Type": "PHP"}]}',
  service(', "Archive": {"Blob": "x"}').replace('"x"', `"${'0'.repeat(64)}"`),
])('nothing is wrong with %s', (text) => {
  expect(found(text)).toEqual([]);
});

test('an empty text is one problem', () => {
  expect(found('  \n')).toEqual([[' ', 'The text is empty']]);
});

test('line and column are those of the text', () => {
  const [problem] = problemsOf('{\n  "Application": "a",\n  "Nonsense": 1\n}', schema, check);
  expect(problem).toMatchObject({ line: 3, column: 3 });
});

test('a place without a line is found by its path', () => {
  const text = service(', "Archive": "gone"');
  const [problem] = problemsOfFailure(text, {
    code: 'not_found',
    message: 'There is no file gone.',
    places: [{ path: '$.Services[0].Archive', message: 'There is no file gone' }],
  });
  expect(problem && text.slice(problem.from, problem.to)).toBe('"gone"');
});

test('paths and offsets', () => {
  expect(parsePath('$.Services[2].Environment["a.b"]')).toEqual(['Services', 2, 'Environment', 'a.b']);
  expect(parsePath('$')).toEqual([]);
  expect(offsetOf('ab\ncd', 2, 2)).toBe(4);
  expect(offsetOf('ab', 9, 1)).toBe(2);
});
