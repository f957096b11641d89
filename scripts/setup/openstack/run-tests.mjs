/**
 * Starts OpenStack where it is run (in a network namespace of its own) and runs vitest beside it.
 *   node scripts/setup/openstack/run-tests.mjs [words of vitest]
 */
import path from 'node:path';
import { root, run, runtime } from '../run.mjs';
import { SetupError } from '../terminal.mjs';
import { startOpenStack } from './start.mjs';

async function main() {
  const { access, stop } = await startOpenStack();
  try {
    const words = [path.join(root, 'node_modules/vitest/vitest.mjs'), ...process.argv.slice(2)];
    return await run(runtime, words, { env: { CONPAAS_PEER_OPENSTACK: JSON.stringify(access) } });
  } finally {
    await stop();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof SetupError ? `\n${error.message}` : error);
  process.exitCode = 1;
}
