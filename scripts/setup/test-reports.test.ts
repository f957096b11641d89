/** Reports as the runners of this project wrote them, cut down to what is read. */
import { expect, test } from 'vitest';
import { playwrightFailures, vitestFailures, vitestRetried } from './test-reports.mjs';

test('names failed tests of Vitest, and files that failed outside a test', () => {
  const report = {
    testResults: [
      {
        name: '/top/a.test.ts',
        status: 'failed',
        message: '',
        assertionResults: [
          { status: 'passed', fullName: 'well', failureMessages: [] },
          { status: 'passed', fullName: 'at last', failureMessages: ['Error: too slow'] },
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
    'PASSED WHEN TRIED AGAIN a.test.ts > at last\n    Error: too slow',
    'FAILED a.test.ts > group breaks\n    Error: 1 is not 2\n      at a',
    'FAILED b.test.ts\n    Error: no engine',
  ]);
  expect(vitestRetried(report)).toBe(1);
  expect(vitestFailures(undefined, '/top')).toEqual([]);
  expect(vitestRetried(undefined)).toBe(0);
});

test('names failed tests of Playwright in suites of any depth, and those that passed at the second try', () => {
  const spec = (title: string, ok: boolean) => ({
    title,
    ok,
    file: 'x.spec.ts',
    tests: [{ results: [{ errors: [{ message: `${title}: no such button` }] }, { errors: [] }] }],
  });
  const report = {
    errors: [{ message: 'a process was left' }],
    suites: [
      {
        specs: [spec('flaky', true), { ...spec('well', true), tests: [{ results: [{ errors: [] }] }] }],
        suites: [{ specs: [spec('broken', false)] }],
      },
    ],
  };
  expect(playwrightFailures(report)).toEqual([
    'FAILED outside a test\n    a process was left',
    'PASSED WHEN TRIED AGAIN x.spec.ts > flaky\n    flaky: no such button',
    'FAILED x.spec.ts > broken\n    broken: no such button',
  ]);
  expect(playwrightFailures(undefined)).toEqual([]);
});
