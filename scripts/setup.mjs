/**
 * Sets everything up on a fresh machine, then does what was asked; a second run repeats none of it. It uses only what
 * Node (20.18 or newer) brings, for nothing else is there yet.
 *   node scripts/setup.mjs start     opens the window
 *   node scripts/setup.mjs test      runs every check and test
 *   node scripts/setup.mjs prepare   sets up and builds, no more
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { ensureDependencies } from './setup/dependencies.mjs';
import { ensureElectron } from './setup/electron.mjs';
import { ensureMoto } from './setup/moto.mjs';
import { ensurePackages } from './setup/packages.mjs';
import { must, root, runtime } from './setup/run.mjs';
import { runSuites } from './setup/suites.mjs';
import { SetupError } from './setup/terminal.mjs';
import { openWindow } from './setup/window.mjs';

const goals = {
  start: openWindow,
  test: runSuites,
  prepare: async () => 0,
};

async function main() {
  const goal = process.argv[2] ?? 'start';
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 18)) {
    throw new SetupError(`Node ${process.versions.node} is too old: please install Node 20.18 or newer.`);
  }
  if (!Object.hasOwn(goals, goal)) throw new SetupError('Usage: node scripts/setup.mjs start | test | prepare');
  if (!existsSync(path.join(root, 'package.json'))) throw new SetupError('This is not a checkout of ConPaaS Desktop.');
  await ensurePackages({ tests: goal === 'test' });
  await ensureDependencies();
  await ensureElectron();
  if (goal === 'test') await ensureMoto();
  await must(runtime, [path.join(root, 'scripts/build.mjs')], 'The lines above say where the source is wrong.');
  return goals[goal]();
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof SetupError ? `\n${error.message}` : error);
  process.exitCode = 1;
}
