/** Serves the calls of users, managers, agents and hosts: who they are, what they may, and what is kept of it. */
import path from 'node:path';
import { directorMethods } from '../core/contract/director.ts';
import { ConpaasError } from '../core/contract/errors.ts';
import { authorize, identifyPeer } from '../core/identity/index.ts';
import { type RpcServer, serve } from '../core/rpc/index.ts';
import type { Director, DirectorOptions } from './director.ts';
import { directorHandlers } from './handlers.ts';

/** Its certificate is that of the director's authority; whoever renews that sets it anew (`setCredentials`). */
export function serveCalls(
  director: Director,
  { bootstrap, documents }: Pick<DirectorOptions, 'bootstrap' | 'documents'>,
): Promise<RpcServer> {
  const { home, deployment, product, audit, authority, certificates, inventory, managers, revocations, users, log } =
    director;
  return serve({
    role: 'director',
    product,
    table: directorMethods,
    handlers: audit.wrap(directorMethods, directorHandlers(director)),
    listen: { host: bootstrap.address, port: bootstrap.port, fallback: true },
    tls: { credentials: authority.credentials() },
    identify: (peer) => {
      const identity = identifyPeer({ ...peer, deployment, revoked: revocations.all() });
      if (peer.chain[0] !== undefined) certificates.seen(peer.chain[0], identity);
      return identity;
    },
    authorize: (request) => {
      try {
        authorize(
          { role: 'director', deployment },
          {
            ...request,
            newestEpochOf: (application) => inventory.application(application)?.epoch,
            hasMachine: (vm) => inventory.vm(vm) !== undefined,
          },
        );
        if (request.identity?.kind === 'user' && !users.has(request.identity.name)) {
          throw new ConpaasError('forbidden', `${request.identity.name} is not a user of this deployment.`);
        }
      } catch (error) {
        audit.refused(request, error);
        throw error;
      }
    },
    watchRelayed: audit.watchRelayed,
    relay: async (application) => managers.requireTarget(inventory.find(application).id),
    spool: path.join(home, 'spool'),
    extraRoutes: { ...documents },
    log,
  });
}
