/** What the runners' reports say of failed tests. Node built-ins only. */
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/** Lines of a failure that are shown again. */
const shownLines = 25;

/**
 * Failed tests of Vitest's report `json`, and files that failed outside a test (a `beforeAll`).
 * Source: https://vitest.dev/guide/reporters#json-reporter
 * @param {any} report undefined where there is none
 * @param {string} root files are named relative to it
 * @returns {string[]} name and first lines of each
 */
export function vitestFailures(report, root) {
  return (report?.testResults ?? []).flatMap((file) => {
    const name = path.relative(root, file.name);
    const tests = file.assertionResults.filter(({ status }) => status === 'failed');
    const failures = tests.map((test) => shown(`${name} > ${test.fullName}`, test.failureMessages));
    return file.status === 'failed' && file.message ? [shown(name, [file.message]), ...failures] : failures;
  });
}

/**
 * Failed tests of Playwright's report `json`.
 * Source: https://playwright.dev/docs/api/class-testresult and its `JSONReport` in playwright/types/testReporter.d.ts
 * @param {any} report undefined where there is none
 * @returns {string[]} name and first lines of each
 */
export function playwrightFailures(report) {
  const specs = (suite) => [...(suite.specs ?? []), ...(suite.suites ?? []).flatMap(specs)];
  const failed = (report?.suites ?? []).flatMap(specs).filter(({ ok }) => !ok);
  const outside = (report?.errors ?? []).map(({ message }) => shown('outside a test', [message]));
  return [
    ...outside,
    ...failed.map((spec) =>
      shown(
        `${spec.file} > ${spec.title}`,
        spec.tests.flatMap(({ results }) => results.flatMap(({ errors }) => errors.map(({ message }) => message))),
      ),
    ),
  ];
}

function shown(name, messages) {
  const lines = stripVTControlCharacters(messages.join('\n')).split('\n').slice(0, shownLines);
  return [`FAILED ${name}`, ...lines.map((line) => `    ${line}`)].join('\n');
}
