/** Reports as the runners of this project wrote them, cut down to what is read. */
import { expect, test } from 'vitest';
import { playwrightFailures, vitestFailures } from './test-reports.mjs';

test('names failed tests of Vitest, and files that failed outside a test', () => {
  const report = {
    testResults: [
      {
        name: '/top/a.test.ts',
        status: 'failed',
        message: '',
        assertionResults: [
          { status: 'passed', fullName: 'well', failureMessages: [] },
          {
            status: 'failed',
            fullName: 'group breaks',
            failureMessages: ['\u001b[31mError: 1 is not 2\u001b[39m\n  at a'],
          },
        ],
      },
      { name: '/top/b.test.ts', status: 'failed', message: 'Error: no engine', assertionResults: [] },
      { name: '/top/c.test.ts', status: 'passed', message: '', assertionResults: [] },
    ],
  };
  expect(vitestFailures(report, '/top')).toEqual([
    'FAILED a.test.ts > group breaks\n    Error: 1 is not 2\n      at a',
    'FAILED b.test.ts\n    Error: no engine',
  ]);
  expect(vitestFailures(undefined, '/top')).toEqual([]);
});

test('names failed tests of Playwright in suites of any depth, not those that passed at the second try', () => {
  const spec = (title: string, ok: boolean) => ({
    title,
    ok,
    file: 'x.spec.ts',
    tests: [{ results: [{ errors: [{ message: `${title}: no such button` }] }, { errors: [] }] }],
  });
  const report = {
    errors: [{ message: 'a process was left' }],
    suites: [{ specs: [spec('flaky', true)], suites: [{ specs: [spec('broken', false)] }] }],
  };
  expect(playwrightFailures(report)).toEqual([
    'FAILED outside a test\n    a process was left',
    'FAILED x.spec.ts > broken\n    broken: no such button',
  ]);
  expect(playwrightFailures(undefined)).toEqual([]);
});
