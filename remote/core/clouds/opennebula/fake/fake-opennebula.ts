/** For tests: an OpenNebula that is none. It speaks its XML-RPC as far as we need it. */
import { once } from 'node:events';
import http from 'node:http';
import { text } from 'node:stream/consumers';
import { codes } from '../errors.ts';
import { createFakeOned, type FakeOned } from './oned.ts';
import { Refused, readCall, toAnswer, toRefusal, toUnknown } from './rpc.ts';

export interface FakeOpenNebula extends AsyncDisposable {
  readonly endpoint: string;
  readonly username: string;
  readonly password: string;
  readonly oned: FakeOned;
  /** Methods that it does not know, as an older version. */
  readonly unknown: Set<string>;
  /** The next calls of a method are answered so, before anything else. */
  readonly interferences: { readonly method: string; readonly status: number | 'hang up' }[];
}

export async function startFakeOpenNebula(): Promise<FakeOpenNebula> {
  const oned = createFakeOned();
  const [username, password] = ['conpaas', 'password-of-this-test'];
  const unknown = new Set<string>();
  const interferences: FakeOpenNebula['interferences'] = [];

  function answer(method: string, [session, ...values]: readonly (string | number | boolean)[]): string {
    const known = oned.methods[method];
    if (!known || unknown.has(method)) return toUnknown(method);
    try {
      if (session !== `${username}:${password}`) {
        const message = `[${method}] User couldn't be authenticated, aborting call.`;
        throw new Refused(codes.authentication, message);
      }
      return toAnswer(known(values));
    } catch (error) {
      if (error instanceof Refused) return toRefusal(error);
      throw error;
    }
  }

  const server = http.createServer(async (request, response) => {
    const { method, values } = readCall(await text(request));
    const at = interferences.findIndex((one) => one.method === method);
    const [interference] = at < 0 ? [] : interferences.splice(at, 1);
    if (interference?.status === 'hang up') {
      request.socket.destroy();
      return;
    }
    response.writeHead(interference?.status ?? 200, { 'content-type': 'text/xml; charset=utf-8' });
    response.end(interference ? '' : answer(method, values));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('a port was asked for');
  return {
    endpoint: `http://127.0.0.1:${address.port}/RPC2`,
    username,
    password,
    oned,
    unknown,
    interferences,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
