/**
 * `npm run test:peers`: tests on real peers that are too heavy for `npm test`. Today: the containers driver and a whole
 * deployment of containers, on a Podman of its own, certificates by ACME, with Pebble where Go is, and the OpenStack driver,
 * on Debian's OpenStack. Sets itself up, and leaves nothing but an image and a root of Debian in `.cache/peers`.
 *   node scripts/peers.mjs [files or options of vitest]
 */
import path from 'node:path';
import { startEngine } from './setup/engine.mjs';
import { openNamespace } from './setup/namespace.mjs';
import { install } from './setup/openstack/install.mjs';
import { ensurePebble } from './setup/pebble.mjs';
import { must, root, run, runtime } from './setup/run.mjs';
import { SetupError } from './setup/terminal.mjs';

const image = 'localhost/conpaas-machine:latest';

/** They have a run of their own: what they need takes minutes to start, and 3 GB. */
const ofOpenStack = 'test/peers/openstack.test.ts';

async function main() {
  await must(runtime, [path.join(root, 'scripts/build.mjs')], 'The lines above say where the source is wrong.');
  const words = process.argv.slice(2);
  const files = words.filter((word) => !word.startsWith('-'));
  const named = files.filter((word) => ofOpenStack.includes(word));
  const codes = [];
  if (files.length === 0 || named.length < files.length) {
    codes.push(await withContainers([...words.filter((word) => !named.includes(word)), `--exclude=${ofOpenStack}`]));
  }
  if (files.length === 0 || named.length > 0) {
    codes.push(await withOpenStack([ofOpenStack, ...words.filter((word) => !files.includes(word))]));
  }
  return codes.find((code) => code !== 0) ?? 0;
}

async function withContainers(words) {
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
    const [program, ...before] = [...engine.inside, runtime, path.join(root, 'node_modules/vitest/vitest.mjs')];
    return await run(program, [...before, 'run', '--project', 'peers', ...words], { env });
  } finally {
    await engine.stop();
  }
}

async function withOpenStack(words) {
  await install();
  const { inside, close } = await openNamespace();
  try {
    const [program, ...before] = [...inside, runtime, path.join(root, 'scripts/setup/openstack/run-tests.mjs')];
    return await run(program, [...before, 'run', '--project', 'peers', ...words]);
  } finally {
    await close();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof SetupError ? `\n${error.message}` : error);
  process.exitCode = 1;
}
