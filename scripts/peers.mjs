/**
 * `npm run test:peers`: tests on real peers that are too heavy for `npm test`. Today: the containers driver and a whole
 * deployment of containers, on a Podman of its own, and certificates by ACME, with Pebble where Go is. Sets itself up, and leaves nothing but an image in `.cache/peers`.
 *   node scripts/peers.mjs [files or options of vitest]
 */
import path from 'node:path';
import { startEngine } from './setup/engine.mjs';
import { ensurePebble } from './setup/pebble.mjs';
import { must, root, run, runtime } from './setup/run.mjs';
import { SetupError } from './setup/terminal.mjs';

const image = 'localhost/conpaas-machine:latest';

async function main() {
  await must(runtime, [path.join(root, 'scripts/build.mjs')], 'The lines above say where the source is wrong.');
  await ensurePebble();
  const engine = await startEngine();
  try {
    const env = { CONPAAS_PEER_SOCKET: engine.socket, DOCKER_HOST: `unix://${engine.socket}` };
    if (!(await engine.hasImage(image, '/usr/sbin/sshd'))) {
      // As users do it; outside of the namespace, where the mirror of packages is.
      await must(runtime, [path.join(root, 'dist/main/cli.mjs'), 'image', 'build'], 'The lines above say why.', {
        env,
      });
    }
    const [program, ...words] = [...engine.inside, runtime, path.join(root, 'node_modules/vitest/vitest.mjs')];
    return await run(program, [...words, 'run', '--project', 'peers', ...process.argv.slice(2)], { env });
  } finally {
    await engine.stop();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof SetupError ? `\n${error.message}` : error);
  process.exitCode = 1;
}
