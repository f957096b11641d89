/**
 * The host: `host.mjs <directory> <bundles>` plays the hypervisor of the `local` cloud, `host.mjs --machine <directory>
 * <bundles>` looks after the one VM that it runs on (`host.mjs --call …` calls that one; `--prepare-image` makes a VM ready
 * to be an image of others, and nothing else). It keeps control processes
 * running and ends them; it holds no state that is not on disk, so it may be killed at any time and started again.
 */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { hostSocket } from '../core/clouds/local/socket-path.ts';
import { hostMethods } from '../core/contract/index.ts';
import { machineHostMethods } from '../core/contract/machine-host.ts';
import { writeFileAtomic } from '../core/files/index.ts';
import { productVersion } from '../core/release/index.ts';
import { serve } from '../core/rpc/index.ts';
import { identify } from '../core/supervisor/index.ts';
import { callHost } from './call.ts';
import { openHypervisor } from './hypervisor.ts';
import { type IdleWatch, watchIdle } from './idle.ts';
import { prepareImage } from './image/index.ts';
import { lockDirectory } from './lock.ts';
import { createLog } from './log.ts';
import { openMachineHost } from './machine-host.ts';
import { becomeWanted, guardTrial } from './own-program/index.ts';
import { watchPresence } from './presence.ts';
import { storeOf } from './release-store.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    ...{ machine: { type: 'boolean' }, call: { type: 'boolean' }, guard: { type: 'boolean' } },
    'prepare-image': { type: 'boolean' },
  },
});
const [directoryArgument, second] = positionals;
if (!directoryArgument || !second) {
  console.error(
    'usage: host.mjs [--machine] <directory> <bundles> | --call <directory> <method> | --guard <directory> <bundles> | --prepare-image <directory> <bundles>',
  );
  process.exit(2);
}
if (values.call) {
  const bundles = path.dirname(process.argv[1] ?? '');
  // A host of a later release may know methods that this one does not.
  if (existsSync(path.join(bundles, 'releases'))) await becomeWanted(directoryArgument, storeOf(bundles), true);
  await callHost(directoryArgument, second);
} else if (values['prepare-image']) {
  await prepareImage(directoryArgument, second);
} else if (values.guard) {
  await guardTrial(directoryArgument);
} else {
  if (values.machine) {
    await mkdir(directoryArgument, { recursive: true, mode: 0o700 });
    await becomeWanted(directoryArgument, storeOf(path.resolve(second)), false);
  }
  const directory = await placeOf(directoryArgument);
  if (directory !== undefined) await run(directory, path.resolve(second));
  process.exit(); // children that go on would keep this process
}

/**
 * The directory's real path; undefined where it is not there. Whoever starts a local host has made it, so that it is gone
 * already means: the deployment was destroyed while this process started, and is not to be looked after.
 */
async function placeOf(directory: string): Promise<string | undefined> {
  return realpath(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}

async function run(directory: string, bundles: string): Promise<void> {
  using lock = lockDirectory(directory);
  if (!lock) {
    console.error(`${new Date().toISOString()} another host serves this directory; this one ends`);
    return;
  }
  const log = createLog(path.join(directory, 'host.log'));
  const ending = new AbortController();
  const end = (): void => ending.abort();
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  process.on('SIGHUP', () => log('hang-up ignored'));
  // A stray rejection is a bug, but no reason to leave the VMs without their host.
  process.on('unhandledRejection', (reason) => log(`unhandled: ${reason instanceof Error ? reason.stack : reason}`));

  await writeFileAtomic(path.join(directory, 'host.pid'), JSON.stringify(identify(process.pid)));
  const opening = { directory, bundles, log, onShutdown: end };
  using socket = hostSocket(directory);
  await using stack = new AsyncDisposableStack();
  let idle: IdleWatch | undefined;
  const common = {
    role: 'host' as const,
    product: productVersion,
    listen: { socket: socket.path },
    // Whoever may open the socket owns the deployment.
    authorize: () => idle?.touched(),
    identify: () => undefined,
    spool: path.join(directory, 'spool'),
    log,
  };
  if (values.machine) {
    const { handlers, settled } = stack.use(await openMachineHost(opening));
    stack.use(await serve({ ...common, table: machineHostMethods, handlers }));
    void settled();
  } else {
    const { handlers, isOff } = stack.use(await openHypervisor(opening));
    stack.use(await serve({ ...common, table: hostMethods, handlers }));
    idle = stack.use(watchIdle(isOff, end));
  }
  // What a local host would do it writes there first: without it there is nothing that it could do.
  if (!values.machine) stack.use(await watchPresence(directory, end));
  log(`host ${process.pid} serves ${directory}`);
  if (!ending.signal.aborted) await once(ending.signal, 'abort');
  log(`host ${process.pid} ends; its VMs go on`);
}
