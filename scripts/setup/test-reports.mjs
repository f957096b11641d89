/** What the runners' reports say of failed tests. Node built-ins only. */
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/** Lines of a failure that are shown again. */
const shownLines = 25;

/**
 * Failed tests of Vitest's report `json`, those that failed and passed when tried again, and files that failed outside a
 * test (a `beforeAll`). Source: https://vitest.dev/guide/reporters#json-reporter
 * @param {any} report undefined where there is none
 * @param {string} root files are named relative to it
 * @returns {string[]} name and first lines of each
 */
export function vitestFailures(report, root) {
  return (report?.testResults ?? []).flatMap((file) => {
    const name = path.relative(root, file.name);
    const failures = file.assertionResults
      .filter(({ status, failureMessages }) => status === 'failed' || failureMessages.length > 0)
      .map(({ status, fullName, failureMessages }) =>
        shown(`${name} > ${fullName}`, failureMessages, status === 'passed'),
      );
    return file.status === 'failed' && file.message ? [shown(name, [file.message]), ...failures] : failures;
  });
}

/** How many tests of Vitest's report passed only when they were tried again. @param {any} report @returns {number} */
export function vitestRetried(report) {
  const tests = (report?.testResults ?? []).flatMap(({ assertionResults }) => assertionResults);
  return tests.filter(({ status, failureMessages }) => status === 'passed' && failureMessages.length > 0).length;
}

/**
 * Failed tests of Playwright's report `json`, and those that failed and passed when tried again.
 * Source: https://playwright.dev/docs/api/class-testresult and its `JSONReport` in playwright/types/testReporter.d.ts
 * @param {any} report undefined where there is none
 * @returns {string[]} name and first lines of each
 */
export function playwrightFailures(report) {
  const specs = (suite) => [...(suite.specs ?? []), ...(suite.suites ?? []).flatMap(specs)];
  const outside = (report?.errors ?? []).map(({ message }) => shown('outside a test', [message]));
  return [
    ...outside,
    ...(report?.suites ?? []).flatMap(specs).flatMap(({ file, title, ok, tests }) => {
      const messages = tests.flatMap(({ results }) =>
        results.flatMap(({ errors }) => errors.map(({ message }) => message)),
      );
      return ok && messages.length === 0 ? [] : [shown(`${file} > ${title}`, messages, ok)];
    }),
  ];
}

function shown(name, messages, passedAgain = false) {
  const lines = stripVTControlCharacters(messages.join('\n')).split('\n').slice(0, shownLines);
  return [
    passedAgain ? `PASSED WHEN TRIED AGAIN ${name}` : `FAILED ${name}`,
    ...lines.map((line) => `    ${line}`),
  ].join('\n');
}
