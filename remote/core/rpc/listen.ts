/** Binds a server. */
import { chmod, unlink } from 'node:fs/promises';
import { connect, type Server } from 'node:net';
import { ConpaasError } from '../contract/errors.ts';

export type ListenOptions =
  | { readonly host: string; readonly port: number; readonly fallback?: boolean }
  | { readonly socket: string };

/**
 * Listens, and returns the port (0 on a unix socket, which only its owner may open).
 * @throws ConpaasError port_in_use, internal
 */
export async function listen(server: Server, options: ListenOptions): Promise<number> {
  if ('socket' in options) {
    await listenOnSocket(server, options.socket);
    return 0;
  }
  const { host, port, fallback } = options;
  try {
    await bound(server, { host, port });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (fallback && port !== 0 && (code === 'EADDRINUSE' || code === 'EACCES')) await bound(server, { host, port: 0 });
    else throw explain(error, `${host}:${port}`);
  }
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

async function listenOnSocket(server: Server, path: string): Promise<void> {
  if (Buffer.byteLength(path) > 107) {
    throw new ConpaasError('internal', `The path of a unix socket may have 107 bytes; ${path} is longer.`);
  }
  // the socket is made inside `listen`, before it returns: nobody else can open it even for a moment
  const listenPrivately = async () => {
    const before = process.umask(0o177);
    const listening = bound(server, { path });
    process.umask(before);
    await listening;
  };
  try {
    await listenPrivately();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || (await answers(path))) throw explain(error, path);
    await unlink(path); // left behind by a process that was killed
    await listenPrivately();
  }
  await chmod(path, 0o600);
}

function bound(server: Server, where: { host: string; port: number } | { path: string }): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (error?: Error) => {
      server.off('error', done);
      server.off('listening', done);
      if (error) reject(error);
      else resolve();
    };
    server.once('error', done);
    server.once('listening', done);
    server.listen(where);
  });
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

function explain(error: unknown, place: string): ConpaasError {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'EADDRINUSE'
    ? new ConpaasError('port_in_use', `${place} is in use by another program. Stop that, or choose another port.`)
    : new ConpaasError('internal', `Cannot listen on ${place} (${code ?? String(error)}).`);
}
