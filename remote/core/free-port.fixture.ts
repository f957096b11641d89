/** For tests and benches: a port of this machine for a server that must be told its port. */
import { once } from 'node:events';
import { createServer } from 'node:net';

/** A TCP port at an address that nobody listens at now. @param host an address of this machine */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new TypeError('a port was asked for');
  return address.port;
}
