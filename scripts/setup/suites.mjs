/** `npm test`: every suite in order, and one line at the end that sums them up. Node built-ins only. */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { root, run, runtime } from './run.mjs';
import { say } from './terminal.mjs';
import { playwrightFailures, vitestFailures, vitestRetried } from './test-reports.mjs';
import { onDisplay } from './window.mjs';

const results = path.join(root, '.cache/results');

/**
 * Where nobody looks on, a test of real processes that failed is tried once more: a machine that is held up for seconds by
 * its neighbours should not stop the work of a day. It is named all the same; on a developer's machine nothing is retried.
 */
const isUnattended = Boolean(process.env['CI']);

/** Runs all suites. @returns {Promise<number>} exit code: 1 where anything failed */
export async function runSuites() {
  rmSync(results, { recursive: true, force: true });
  mkdirSync(results, { recursive: true });
  const outcomes = [
    await step('generated files', runtime, ['scripts/generate.mjs']),
    await step('types', runtime, ['node_modules/typescript/bin/tsc', '-p', '.']),
    await step('lint and format', 'biome', ['ci', '.']),
    await vitest('unit'),
    await vitest('system'),
    await inElectron('window'),
    await packageTests(),
  ];
  const sum = (key) => outcomes.reduce((total, outcome) => total + outcome[key], 0);
  for (const outcome of outcomes) {
    if (outcome.skipped > 0) say(`${outcome.name}: ${outcome.skipped} skipped`);
    if (outcome.retried > 0) say(`${outcome.name}: ${outcome.retried} passed only when tried again (named below)`);
    if (outcome.failed > 0) say(`${outcome.name}: ${outcome.failed} failed`);
    // Once more at the end: a log of which only the end is kept must still tell what was wrong.
    for (const failure of outcome.failures ?? []) console.log(`${failure}\n`);
  }
  console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
  return sum('failed') === 0 ? 0 : 1;
}

/** Something that passes or fails as a whole; it counts only where it fails. */
async function step(name, program, args) {
  say(`Checking: ${name}`);
  const code = await run(program, args);
  return { name, passed: 0, failed: code === 0 ? 0 : 1, skipped: 0 };
}

async function vitest(project) {
  say(`Running: ${project} tests`);
  const report = path.join(results, `${project}.json`);
  const code = await run(runtime, [
    path.join(root, 'node_modules/vitest/vitest.mjs'),
    ...['run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
    ...(isUnattended ? ['--retry=1'] : []),
  ]);
  const read = readReport(report);
  return {
    ...outcome(`${project} tests`, code, read?.numPassedTests, read?.numFailedTests, read?.numPendingTests),
    retried: vitestRetried(read),
    failures: vitestFailures(read, root),
  };
}

/** Tests in real Electron: a project of playwright.config.ts. */
async function inElectron(project) {
  say(`Running: ${project} tests`);
  const report = path.join(results, `${project}.json`);
  const playwright = path.join(root, 'node_modules/@playwright/test/cli.js');
  const [program, args] = onDisplay(runtime, [playwright, 'test', '--project', project]);
  const code = await run(program, args, { env: { CONPAAS_WINDOW_REPORT: report } });
  const read = readReport(report);
  const stats = read?.stats;
  const passed = stats && stats.expected + stats.flaky;
  return {
    ...outcome(`${project} tests`, code, passed, stats?.unexpected, stats?.skipped),
    retried: stats?.flaky ?? 0,
    failures: playwrightFailures(read),
  };
}

/** Of a package that is built first. */
async function packageTests() {
  say('Building a package');
  const code = await run(runtime, ['scripts/dist.mjs', 'deb']);
  return code === 0 ? inElectron('package') : outcome('package', code);
}

/** A runner that failed without a failed test (it crashed, or found no test) counts as one failure. */
function outcome(name, code, passed = 0, failed = 0, skipped = 0) {
  return { name, passed, failed: code !== 0 && failed === 0 ? 1 : failed, skipped };
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
