/**
 * `npm run test:peers`: tests on real peers that are too heavy for `npm test`. Today: the containers driver and a whole
 * deployment of containers, on a Podman and a Docker of its own, certificates by ACME, with Pebble where Go is, the OpenStack driver, on
 * Debian's OpenStack, and the QEMU driver and a whole deployment with machines that boot Debian. Sets itself up, and leaves nothing but an image,
 * a disk and a root of Debian in `.cache/peers`.
 *   node scripts/peers.mjs [docker | arm64] [files or options of vitest]
 */
import path from 'node:path';
import { ensureRuntimes, machineRuntimes } from './dist/runtimes.mjs';
import { startContainers } from './setup/containers.mjs';
import { startDocker } from './setup/docker.mjs';
import { ensureMachineDisk } from './setup/machine-disk.mjs';
import { openNamespace } from './setup/namespace.mjs';
import { install } from './setup/openstack/install.mjs';
import { ensurePebble } from './setup/pebble.mjs';
import { must, root, run, runtime } from './setup/run.mjs';
import { SetupError } from './setup/terminal.mjs';
import { onDisplay } from './setup/window.mjs';

/** They have a run of their own: what they need takes minutes to start, and 3 GB. */
const ofOpenStack = ['test/peers/openstack.test.ts'];

/** So have these: emulated machines boot for a minute each, or for several. */
const ofQemu = ['test/peers/qemu.test.ts', 'test/peers/qemu-image.test.ts', 'test/peers/qemu-wordpress.test.ts'];

const own = [
  { files: ofOpenStack, start: withOpenStack },
  { files: ofQemu, start: withQemu },
];

/** What is shown with Podman and with Docker; the word `docker` has this run alone. */
const ofDocker = [
  'test/peers/containers.test.ts',
  'test/peers/reached-by-ports.test.ts',
  'test/peers/containers-wordpress.test.ts',
];

/** What is shown with machines of ARM too; they are always emulated, and their disk takes a quarter of an hour: only with the word `arm64`. */
const ofArm = ['test/peers/qemu.test.ts'];

async function main() {
  await must(runtime, [path.join(root, 'scripts/build.mjs')], 'The lines above say where the source is wrong.');
  const given = process.argv.slice(2);
  const words = given.filter((word) => word !== 'docker' && word !== 'arm64');
  if (given.includes('docker')) return withDocker(words.length > 0 ? words : ofDocker);
  if (given.includes('arm64')) return withArm(words.length > 0 ? words : ofArm);
  const files = words.filter((word) => !word.startsWith('-'));
  const options = words.filter((word) => word.startsWith('-'));
  const means = (word, theirs) => theirs.some((file) => file.includes(word));
  const ofOwn = files.filter((word) => own.some(({ files: theirs }) => means(word, theirs)));
  const codes = [];
  if (files.length === 0 || ofOwn.length < files.length) {
    const excluded = own.flatMap(({ files: theirs }) => theirs.map((file) => `--exclude=${file}`));
    codes.push(await withContainers([...files.filter((word) => !ofOwn.includes(word)), ...options, ...excluded]));
  }
  for (const { files: theirs, start } of own) {
    const wanted = files.length === 0 ? theirs : theirs.filter((file) => files.some((word) => file.includes(word)));
    if (wanted.length > 0) codes.push(await start([...wanted, ...options]));
  }
  if (files.length === 0) codes.push(await withDocker([...ofDocker, ...options]));
  return codes.find((code) => code !== 0) ?? 0;
}

async function withDocker(words) {
  const { inside, env, stop } = await startContainers(startDocker);
  try {
    const [program, ...before] = [...inside, runtime, path.join(root, 'node_modules/vitest/vitest.mjs')];
    return await run(program, [...before, 'run', '--project', 'peers', ...words], { env });
  } finally {
    await stop();
  }
}

async function withContainers(words) {
  await ensurePebble();
  const { inside, env, stop } = await startContainers();
  try {
    const isWindows = (word) => word.endsWith('.spec.ts');
    const files = words.filter((word) => !word.startsWith('-'));
    const codes = [];
    if (files.length === 0 || !files.every(isWindows)) {
      const [program, ...before] = [...inside, runtime, path.join(root, 'node_modules/vitest/vitest.mjs')];
      const chosen = words.filter((word) => !isWindows(word));
      codes.push(await run(program, [...before, 'run', '--project', 'peers', ...chosen], { env }));
    }
    if (files.length === 0 || files.some(isWindows)) {
      const [display, shown] = onDisplay(runtime, [
        ...[path.join(root, 'node_modules/@playwright/test/cli.js'), 'test', '--project=peers'],
        ...files.filter(isWindows),
      ]);
      const [program, ...before] = [...inside, display];
      codes.push(await run(program, [...before, ...shown], { env }));
    }
    return codes.find((code) => code !== 0) ?? 0;
  } finally {
    await stop();
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

/** Machines of the other kind of processor, always emulated: that bundles, Node and packages are right for them, too. */
async function withArm(words) {
  await ensureRuntimes(machineRuntimes);
  return withQemu(words, 'arm64');
}

async function withQemu(words, architecture) {
  const disk = await ensureMachineDisk(architecture);
  const env = { ...disk, ...(architecture && { CONPAAS_PEER_ARCHITECTURE: architecture }) };
  const { inside, close } = await openNamespace();
  try {
    const [program, ...before] = [...inside, runtime, path.join(root, 'node_modules/vitest/vitest.mjs')];
    return await run(program, [...before, 'run', '--project', 'peers', ...words], { env });
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
