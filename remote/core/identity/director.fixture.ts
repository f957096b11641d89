/** For tests: the joining half of a director, served for real over TLS. Its tokens are in memory. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { directorMethods } from '../contract/director.ts';
import type { IssuedCertificate } from '../contract/director-processes.ts';
import { ConpaasError, toFailure } from '../contract/errors.ts';
import type { MachineOrders } from '../contract/hosts.ts';
import type { Call } from '../contract/method.ts';
import { type RpcServer, serve } from '../rpc/index.ts';
import { authorize } from './authorize.ts';
import type { Credentials } from './credentials.ts';
import { memoryTokens, type Trust } from './fixtures.ts';
import { redeemToken, type TokenRecord } from './join-token.ts';
import { identifyPeer } from './peer.ts';
import { verifyForRenewal } from './renewal.ts';
import { requestFingerprint } from './request.ts';

const { hello, join, renew, get_revocations, watch_processes, tell_program } = directorMethods;
export const joiningMethods = { hello, join, renew, get_revocations, watch_processes, tell_program };

export interface TestDirector extends AsyncDisposable {
  readonly address: { readonly host: string; readonly port: number };
  /** Why calls were refused. */
  readonly refused: string[];
  readonly alerts: string[];
  readonly calls: string[];
  /** What processes told of their programs, oldest first. */
  readonly told: { readonly release: string; readonly good?: string | undefined; readonly failed?: unknown }[];
  readonly revoked: Set<string>;
  /** The next answer gets lost after the work was done. */
  loseAnswer(): void;
}

async function* nothingToRun(): AsyncGenerator<MachineOrders> {
  yield { processes: [], renewals: 0 };
}

export async function startDirector(options: {
  readonly trust: Trust;
  readonly tokens?: Readonly<Record<string, TokenRecord>>;
  readonly credentials?: Credentials;
  readonly host?: string;
  readonly port?: number;
  /** What hosts are told. */
  readonly orders?: (call: Call) => AsyncIterable<MachineOrders>;
}): Promise<TestDirector> {
  const { trust, host = '127.77.0.1' } = options;
  const { deployment, issuer } = trust;
  const spool = await mkdtemp(path.join(tmpdir(), 'director-'));
  const store = memoryTokens(options.tokens ?? {});
  const [refused, alerts, calls]: [string[], string[], string[]] = [[], [], []];
  const told: TestDirector['told'] = [];
  const revoked = new Set<string>();
  const lifetimeMs = 86_400_000;
  let lose = false;

  async function answering(name: string, work: () => Promise<string>): Promise<IssuedCertificate> {
    calls.push(name);
    try {
      const certificate = await work();
      if (lose) {
        lose = false;
        throw new ConpaasError('internal', 'The answer got lost.');
      }
      return { certificate, roots: [...issuer.roots], revoked: [...revoked] };
    } catch (error) {
      refused.push(toFailure(error).message);
      throw error;
    }
  }

  const server: RpcServer = await serve({
    role: 'director',
    product: 'test',
    table: joiningMethods,
    handlers: {
      join: (params, call: Call) =>
        answering('join', async () => {
          const redeemed = await redeemToken({
            ...params,
            store,
            issuer,
            lifetimeMs,
            alert: (text) => alerts.push(`${text} (${call.from})`),
          });
          return redeemed.issued.certificate;
        }),
      renew: (params, call: Call) =>
        answering('renew', async () => {
          const chain = call.presented;
          const mine = { roots: issuer.roots, intermediates: [issuer.certificate], deployment, revoked };
          const { identity, fingerprint } = verifyForRenewal({ chain, ...mine });
          if ((await requestFingerprint(params.csr)) !== fingerprint) {
            throw new ConpaasError('unauthenticated', 'The request is for another key.');
          }
          return (await issuer.issue(identity, params.csr, { lifetimeMs })).certificate;
        }),
      get_revocations: async () => ({ revoked: [...revoked] }),
      tell_program: async (program) => {
        told.push(program);
        return {};
      },
      watch_processes: (_params, call) => options.orders?.(call) ?? nothingToRun(),
    },
    listen: { host, port: options.port ?? 0 },
    tls: { credentials: options.credentials ?? (await trust.credentials(trust.identities.director)) },
    identify: (peer) => identifyPeer({ ...peer, deployment, revoked }),
    authorize: (request) =>
      authorize({ role: 'director', deployment }, { ...request, newestEpochOf: () => 2, hasMachine: () => true }),
    spool,
    log: () => undefined,
  });
  return {
    address: { host, port: server.port },
    refused,
    alerts,
    calls,
    told,
    revoked,
    loseAnswer: () => {
      lose = true;
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await rm(spool, { recursive: true, force: true });
    },
  };
}
