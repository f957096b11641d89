/**
 * The host: `host.mjs <directory> <bundles>`. It keeps the control processes of its VMs running and ends them; it holds
 * no state that is not on disk, so it may be killed at any time and started again by whoever needs it.
 */
import { once } from 'node:events';
import { mkdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { hostSocket } from '../core/clouds/local/socket-path.ts';
import { hostMethods } from '../core/contract/index.ts';
import { writeFileAtomic } from '../core/files/index.ts';
import { productVersion } from '../core/process/index.ts';
import { serve } from '../core/rpc/index.ts';
import { identify } from '../core/supervisor/index.ts';
import { openHypervisor } from './hypervisor.ts';
import { lockDirectory } from './lock.ts';
import { createLog } from './log.ts';

const [, , directoryArgument, bundlesArgument] = process.argv;
if (!directoryArgument || !bundlesArgument) {
  console.error('usage: host.mjs <directory> <bundles>');
  process.exit(2);
}
await mkdir(directoryArgument, { recursive: true, mode: 0o700 });
await run(await realpath(directoryArgument), path.resolve(bundlesArgument));
process.exit(); // children that go on would keep this process

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
  await using hypervisor = await openHypervisor({ directory, bundles, log, onShutdown: end });
  using socket = hostSocket(directory);
  await using _server = await serve({
    role: 'host',
    product: productVersion,
    table: hostMethods,
    handlers: hypervisor.handlers,
    listen: { socket: socket.path },
    authorize: () => undefined, // whoever may open the socket owns the deployment
    identify: () => undefined,
    spool: path.join(directory, 'spool'),
    log,
  });
  log(`host ${process.pid} serves ${directory}`);
  if (!ending.signal.aborted) await once(ending.signal, 'abort');
  log(`host ${process.pid} ends; its VMs go on`);
}
