/** One at a time does something to a machine, over all processes of this computer. */
import { createServer, type Server } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Runs `work` while nobody else holds the lock of that name: an abstract socket (unix(7)), which the kernel takes away
 * from whoever dies.
 * @throws what `signal` was aborted with, while it is waited for
 */
export async function withMachineLock<T>(name: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  for (let pause = 5; ; pause = Math.min(pause * 1.5, 200)) {
    signal.throwIfAborted();
    const held = await take(`\0conpaas-machine-${name}`);
    if (held) {
      try {
        return await work();
      } finally {
        await new Promise((resolve) => held.close(resolve));
      }
    }
    await delay(pause, undefined, { signal });
  }
}

function take(address: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.unref();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen(address, () => resolve(server));
  });
}
