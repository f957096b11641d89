import { expect, test } from 'vitest';
import { marked, schema } from './fixtures.ts';
import { explanationAt } from './hover.ts';

const explain = (withMark: string) => {
  const { text, position } = marked(withMark);
  return explanationAt(text, position, schema);
};
const service = (inner: string) => `{"Services": [{"Type": "php", ${inner}}]}`;

test.each<[string, { title: string; description: RegExp; expected?: string; default?: string }]>([
  ['{"Appl|ication": "a"}', { title: 'Application', description: /Name of the application/, expected: 'a text' }],
  ['{"Application": "a|b"}', { title: 'Application', description: /Name of the application/ }],
  ['{"Services": [{"Type": "p|hp"}]}', { title: 'PHP', description: /Web application in PHP/ }],
  [
    service('"StartupInstances": {"back|end": 2}'),
    { title: 'backend', description: /^Backend: /, expected: 'a whole number from 1 to 64' },
  ],
  [
    service('"Configuration": {"log_err|ors": "On"}'),
    { title: 'log_errors', description: /log/, expected: 'On or Off', default: '"On"' },
  ],
])('%s', (text, expected) => {
  const found = explain(text);
  expect(found?.title).toBe(expected.title);
  expect(found?.description).toMatch(expected.description);
  if (expected.expected !== undefined) expect(found?.expected).toBe(expected.expected);
  expect(found?.default).toBe(expected.default);
});

test.each(['{"Nothing|": 1}', '|{}', '{"Services": [|]}', ''])('nothing is said at %s', (text) => {
  expect(explain(text)).toBeUndefined();
});
