import { defineConfig } from '@playwright/test';

/** Window tests: real Electron, one at a time. `npm test` names the file of the report. */
const report = process.env['CONPAAS_WINDOW_REPORT'];

export default defineConfig({
  testDir: 'test/window',
  outputDir: '.cache/window-tests',
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [['list'], ...(report ? [['json', { outputFile: report }] as const] : [])],
});
