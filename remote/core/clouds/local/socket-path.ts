import { closeSync, constants, openSync } from 'node:fs';
import path from 'node:path';

/** `sun_path` of a unix socket holds 108 bytes, the last of them zero (unix(7)). */
const longest = 107;

/** A path that a unix socket can be bound or reached at, as long as it is not disposed. */
export interface SocketPath extends Disposable {
  readonly path: string;
}

/**
 * The path of a socket (the host's where no name is given) in its directory. Where that is too long for a socket, it goes through a descriptor of
 * the directory, which is short however deep the data directory lies (Linux, as all of the `local` cloud).
 */
export function hostSocket(directory: string, name = 'host.sock'): SocketPath {
  const plain = path.join(directory, name);
  if (Buffer.byteLength(plain) <= longest) return { path: plain, [Symbol.dispose]: () => undefined };
  const descriptor = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY);
  let open = true;
  return {
    path: `/proc/self/fd/${descriptor}/${name}`,
    [Symbol.dispose]: () => {
      if (open) closeSync(descriptor);
      open = false;
    },
  };
}
