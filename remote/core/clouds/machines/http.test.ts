import { createPublicKey } from 'node:crypto';
import { once } from 'node:events';
import http, { type RequestListener } from 'node:http';
import https from 'node:https';
import { expect, test } from 'vitest';
import { DeploymentId } from '../../contract/ids.ts';
import { generateCaKey, generateKey } from '../../identity/keys.ts';
import { createWebAuthority, openWebAuthority } from '../../identity/web-authority.ts';
import { openHttp, pemCertificates } from './http.ts';

const never = new AbortController().signal;

async function serve(server: http.Server | https.Server) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('a port was asked for');
  return {
    port: address.port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A server that answers with these statuses, one after the other; 0 hangs up, and the last one stays. */
function answering(...statuses: readonly (number | readonly [number, string])[]) {
  let asked = 0;
  const listener: RequestListener = (request, response) => {
    const status = statuses[Math.min(asked, statuses.length - 1)] ?? 200;
    asked += 1;
    if (status === 0) request.socket.destroy();
    else if (typeof status === 'number') response.writeHead(status).end('text');
    else response.writeHead(status[0], { 'retry-after': status[1] }).end();
  };
  return { server: http.createServer(listener), asked: () => asked };
}

test.each<[string, 'GET' | 'POST', readonly (number | readonly [number, string])[], number | string, number]>([
  ['what is well is asked once', 'GET', [200], 200, 1],
  ['an error is an answer', 'GET', [404], 404, 1],
  ['a quota (413) is an answer', 'POST', [[413, '0']], 413, 1],
  ['throttling is waited for', 'POST', [[429, '0'], 429, 201], 201, 3],
  ['an overloaded server is asked again', 'GET', [503, 502, 504, 200], 200, 4],
  ['with its last word in the end', 'GET', [503], 503, 5],
  ['a creation is sent again only where the server says when', 'POST', [[503, '0'], 201], 201, 2],
  ['and not where it may have been done', 'POST', [502, 201], 502, 1],
  ['who hangs up is asked again', 'GET', [0, 0, 200], 200, 3],
  ['but not for a creation', 'POST', [0, 201], 'unreachable', 1],
])('%s', async (_what, method, statuses, expected, times) => {
  const { server, asked } = answering(...statuses);
  await using served = await serve(server);
  using client = openHttp({ pauseMs: 1 });
  const answer = client.ask({ method, url: new URL(`http://127.0.0.1:${served.port}/`) }, never);
  if (typeof expected === 'number') expect((await answer).status).toBe(expected);
  else await expect(answer).rejects.toMatchObject({ code: expected });
  expect(asked()).toBe(times);
});

test('who does not answer is given up, and who gives up is not kept', async () => {
  await using served = await serve(http.createServer(() => undefined));
  const url = new URL(`http://127.0.0.1:${served.port}/`);
  using client = openHttp({ pauseMs: 1, timeoutMs: 50, attempts: 2 });
  await expect(client.ask({ method: 'GET', url }, never)).rejects.toMatchObject({
    code: 'unreachable',
    message: /does not answer/,
  });
  const leaving = new AbortController();
  const asked = client.ask({ method: 'GET', url }, leaving.signal);
  leaving.abort();
  await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
});

test("a cloud's own authority is trusted where it is entered, also without its line breaks", async () => {
  const [authorityKey, key] = await Promise.all([generateCaKey(), generateKey()]);
  const authority = openWebAuthority(authorityKey, await createWebAuthority(authorityKey, DeploymentId.parse('d-one')));
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
  const cert = await authority.issue('localhost', publicKey);
  await using served = await serve(https.createServer({ key, cert }, (_request, response) => response.end('text')));
  const url = new URL(`https://localhost:${served.port}/`);
  using distrusting = openHttp({ pauseMs: 1 });
  await expect(distrusting.ask({ method: 'GET', url }, never)).rejects.toMatchObject({
    code: 'unreachable',
    message: /certificate of localhost:\d+ is not trusted/,
  });
  using trusting = openHttp({ authorities: pemCertificates.parse(authority.certificate.replace(/\s*\n\s*/g, ' ')) });
  expect(await trusting.ask({ method: 'GET', url }, never)).toMatchObject({ status: 200, text: 'text' });
});
