/** For tests: what an agent asks of its director, served for real. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { directorMethods } from '../core/contract/director.ts';
import { ConpaasError } from '../core/contract/errors.ts';
import { memoryTokens, type Trust } from '../core/identity/fixtures.ts';
import { authorize, identifyPeer, redeemToken } from '../core/identity/index.ts';
import { serve } from '../core/rpc/index.ts';

const { hello, join, renew, announce, get_revocations, download_blob } = directorMethods;

export interface TestDirector extends AsyncDisposable {
  readonly address: { readonly host: string; readonly port: number };
  /** Where the agent said that it serves, newest last. */
  readonly announced: number[];
  readonly downloads: string[];
  readonly revoked: Set<string>;
}

/** @param home holds blobs as `blobs/<hash>` */
export async function startTestDirector(
  trust: Trust,
  home: string,
  host: string,
  token: string,
): Promise<TestDirector> {
  const { deployment, issuer, identities } = trust;
  const [announced, downloads]: [number[], string[]] = [[], []];
  const revoked = new Set<string>();
  const store = memoryTokens({ [token]: { identity: identities.agent, expiresAt: Date.now() + 3_600_000 } });
  const server = await serve({
    role: 'director',
    product: 'test',
    table: { hello, join, renew, announce, get_revocations, download_blob },
    handlers: {
      join: async (params) => {
        if (params.port !== undefined) announced.push(params.port);
        const { issued } = await redeemToken({
          ...params,
          store,
          issuer,
          lifetimeMs: 86_400_000,
          alert: () => undefined,
        });
        return { certificate: issued.certificate, roots: [...issuer.roots], revoked: [] };
      },
      renew: async () => {
        throw new ConpaasError('forbidden', 'not in this test');
      },
      announce: async ({ port }) => {
        announced.push(port);
        return {};
      },
      get_revocations: async () => ({ revoked: [...revoked], epoch: 2 }),
      download_blob: async ({ blob }) => {
        downloads.push(blob);
        const file = path.join(home, 'blobs', blob);
        return { stream: createReadStream(file), size: (await stat(file)).size };
      },
    },
    listen: { host, port: 0 },
    tls: { credentials: await trust.credentials(identities.director) },
    identify: (peer) => identifyPeer({ ...peer, deployment, revoked }),
    authorize: (request) => authorize({ role: 'director', deployment }, { ...request, newestEpochOf: () => 2 }),
    spool: path.join(home, 'spool'),
    log: () => undefined,
  });
  return {
    address: { host, port: server.port },
    announced,
    downloads,
    revoked,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
