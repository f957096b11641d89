/**
 * The host: `host.mjs <directory> <bundles>`. It keeps the control processes of its VMs running and ends them; it holds
 * no state that is not on disk, so it may be killed at any time and started again by whoever needs it.
 */
import { chmod, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { hostSocket } from '../core/clouds/local/socket-path.ts';
import { hostMethods } from '../core/contract/index.ts';
import { serve } from '../core/rpc/index.ts';
import { openHypervisor } from './hypervisor.ts';
import { lockDirectory } from './lock.ts';
import { createLog } from './log.ts';

const [, , directoryArgument, bundlesArgument] = process.argv;
if (!directoryArgument || !bundlesArgument) {
  console.error('usage: host.mjs <directory> <bundles>');
  process.exit(2);
}
await run(path.resolve(directoryArgument), path.resolve(bundlesArgument));

async function run(directory: string, bundles: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  using lock = lockDirectory(directory);
  if (!lock) {
    console.error(`${new Date().toISOString()} another host serves this directory; this one ends`);
    return;
  }
  const log = createLog(path.join(directory, 'host.log'));
  const ended = Promise.withResolvers<void>();
  process.on('SIGTERM', ended.resolve);
  process.on('SIGINT', ended.resolve);
  process.on('SIGHUP', () => log('hang-up ignored'));

  await using hypervisor = await openHypervisor({ directory, bundles, log, onShutdown: ended.resolve });
  using socket = hostSocket(directory);
  await rm(socket.path, { force: true }); // of a host that was killed: we hold the lock
  const umask = process.umask(0o177);
  await using _server = await serve({
    role: 'host',
    product: process.env['CONPAAS_VERSION'] ?? '0.1.0',
    table: hostMethods,
    handlers: hypervisor.handlers,
    listen: { socket: socket.path },
    authorize: () => undefined, // whoever may open the socket owns the deployment
    identify: () => undefined,
    spool: path.join(directory, 'spool'),
    log,
  });
  process.umask(umask);
  await chmod(socket.path, 0o600);
  log(`host ${process.pid} serves ${directory}`);
  await ended.promise;
  log(`host ${process.pid} ends; its VMs go on`);
}
