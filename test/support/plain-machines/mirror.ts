/** A mirror of Debian in the namespace of the tests: passes on what it is asked to the real one, and counts what it gives. */
import { once } from 'node:events';
import { request as ask, createServer } from 'node:http';

export interface CountingMirror extends AsyncDisposable {
  readonly url: string;
  /** Since the last reset: paths that were asked for, and bytes of bodies that were given. */
  readonly count: { asked: string[]; bytes: number };
  reset(): void;
}

/**
 * @param relay socket of the way to the real one (scripts/setup/mirror-relay.mjs)
 */
export async function openMirror(relay: string, address: string, port: number): Promise<CountingMirror> {
  const count = { asked: [] as string[], bytes: 0 };
  const server = createServer((request, response) => {
    count.asked.push(request.url ?? '');
    const headers = { ...request.headers, host: 'deb.debian.org', connection: 'close' };
    const far = ask({ socketPath: relay, path: request.url, method: request.method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.on('data', (chunk: Buffer) => {
        count.bytes += chunk.length;
      });
      answer.pipe(response);
    });
    far.once('error', () => response.destroy());
    far.end();
  });
  server.listen(port, address);
  await once(server, 'listening');
  return {
    url: `http://${address}${port === 80 ? '' : `:${port}`}`,
    count,
    reset() {
      count.asked = [];
      count.bytes = 0;
    },
    async [Symbol.asyncDispose]() {
      if (!server.listening) return;
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
