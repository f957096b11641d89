/**
 * The way from a network namespace to Debian's mirror, and to nothing else: a socket file, behind which bytes go to the
 * mirror as they come. Node built-ins only.
 */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/** The host that `Host` headers must name. */
const mirrorHost = 'deb.debian.org';

/** Begins to serve the socket; what it gives ends it. */
export async function relayMirror(socket) {
  const open = new Set();
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ host: mirrorHost, port: 80, allowHalfOpen: true });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ]) {
      open.add(one);
      one.once('close', () => open.delete(one));
      one.on('error', () => other.destroy());
      one.pipe(other);
    }
  });
  server.listen(socket);
  await once(server, 'listening');
  return {
    async close() {
      for (const one of open) one.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
