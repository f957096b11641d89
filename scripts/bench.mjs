/**
 * `npm run bench [-- NAME ...]`: measures, and prints a table. It needs what `npm test` sets up, and takes away all it
 * makes. Figures depend on the machine, so everything stands beside something measured in the same run, and no figure
 * makes it fail. This file runs on any Node; the work is done in bench/main.ts on the project's own.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { startContainers } from './setup/containers.mjs';
import { must, root, run, runtime } from './setup/run.mjs';
import { SetupError, say } from './setup/terminal.mjs';

/** It needs root, a container engine of its own, and minutes. */
const inContainers = 'boots';

async function boots(words) {
  const { inside, env, stop } = await startContainers();
  try {
    const [program, ...before] = [...inside, ...words, inContainers];
    return await run(program, before, { env });
  } finally {
    await stop();
  }
}

try {
  if (!existsSync(runtime)) throw new SetupError('Nothing is set up yet. Run `npm test` or `npm start` once.');
  await must(runtime, [path.join(root, 'scripts/build.mjs')], 'The lines above say where the source is wrong.');
  const main = path.join(root, 'scripts/bench/main.ts');
  const words = [runtime, '--disable-warning=ExperimentalWarning', main];
  const names = process.argv.slice(2);
  const others = names.filter((name) => name !== inContainers);
  const codes = [];
  if (names.length === 0 || others.length > 0) codes.push(await run(words[0], [...words.slice(1), ...others]));
  if (names.includes(inContainers)) codes.push(await boots(words));
  else if (names.length === 0) say(`Machines of a cloud, as root: npm run bench -- ${inContainers}`);
  process.exitCode = codes.find((code) => code !== 0) ?? 0;
} catch (error) {
  console.error(error instanceof SetupError ? `\n${error.message}` : error);
  process.exitCode = 1;
}
