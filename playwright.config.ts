import { defineConfig } from '@playwright/test';

/** Tests in real Electron, a file on each processor: of the window, of the package, and of clouds by clicks. `npm test` names the file of the report. */
const report = process.env['CONPAAS_WINDOW_REPORT'];

export default defineConfig({
  globalSetup: './test/window/nothing-left.ts',
  outputDir: '.cache/window-tests',
  workers: '100%',
  // See `scripts/setup/suites.mjs`.
  retries: process.env['CI'] ? 1 : 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [['list'], ...(report ? [['json', { outputFile: report }] as const] : [])],
  projects: [
    { name: 'window', testDir: 'test/window' },
    { name: 'package', testDir: 'test/package' },
    // By scripts/peers.mjs, which makes ready what they need.
    { name: 'peers', testDir: 'test/peers', testMatch: '*.spec.ts' },
  ],
});
