/**
 * `npm run bench [-- NAME ...]`: measures, and prints a table. It needs what `npm test` sets up, and takes away all it
 * makes. Figures depend on the machine, so everything stands beside something measured in the same run, and no figure
 * makes it fail. This file runs on any Node; the work is done in bench/main.ts on the project's own.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { must, root, run, runtime } from './setup/run.mjs';
import { SetupError } from './setup/terminal.mjs';

try {
  if (!existsSync(runtime)) throw new SetupError('Nothing is set up yet. Run `npm test` or `npm start` once.');
  await must(runtime, [path.join(root, 'scripts/build.mjs')], 'The lines above say where the source is wrong.');
  const main = path.join(root, 'scripts/bench/main.ts');
  process.exitCode = await run(runtime, ['--disable-warning=ExperimentalWarning', main, ...process.argv.slice(2)]);
} catch (error) {
  console.error(error instanceof SetupError ? `\n${error.message}` : error);
  process.exitCode = 1;
}
