/** A manager's or agent's place in its deployment: its certificate, kept fresh, and its line to the director. */
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { directorProcessMethods } from '../contract/director-processes.ts';
import { ConpaasError, toFailure } from '../contract/errors.ts';
import {
  type AgentBootstrap,
  bootstrapIdentity,
  type Credentials,
  joinDirector,
  keepRenewed,
  type ManagerBootstrap,
  openCredentials,
  type Renewal,
  renewCertificate,
} from '../identity/index.ts';
import { type Client, connect, type RpcServer } from '../rpc/index.ts';
import { type DirectorPlace, openDirectorPlace } from './director-place.ts';
import { keepTelling } from './tell-program.ts';

/** The director as every process may use it; a manager calls more, by `as`. */
export type DirectorClient = Client<typeof directorProcessMethods>;

/** What the director tells whoever comes back. */
export interface Greeting {
  /** Serial numbers, lower-case hex. */
  readonly revoked: readonly string[];
  /** Newest epoch of the own application. */
  readonly epoch?: number | undefined;
}

export interface Membership extends AsyncDisposable {
  /** Usable once joined; before that the director refuses. */
  readonly director: DirectorClient;
  readonly place: DirectorPlace;
  /** @throws ConpaasError unauthenticated before the process has joined */
  credentials(): Credentials;
  /**
   * Gets the certificate (stored, renewed or by the join token) and gives it to the server; goes on until it works or
   * the director refuses for good. From then on the certificate is kept fresh, and the director is told where we serve.
   * @param learn told, once the director was reached, what to know after an absence
   */
  join(server: RpcServer, learn: (greeting: Greeting) => Promise<void>): Promise<void>;
  /** Gets a fresh certificate, and the roots of now, from the director. @throws ConpaasError as the director answers */
  renewNow(): Promise<void>;
}

/** @param options.home directory of the process; its identity lies in `identity/` */
export function openMembership(options: {
  readonly home: string;
  readonly bootstrap: AgentBootstrap | ManagerBootstrap;
  readonly signal: AbortSignal;
  log(line: string): void;
}): Membership {
  const { bootstrap, signal, log } = options;
  const directory = path.join(options.home, 'identity');
  let credentials: Credentials | undefined;
  let renewing: Renewal | undefined;
  const place = openDirectorPlace(options.home, bootstrap.director);
  const director: DirectorClient = connect(directorProcessMethods, {
    address: place.address,
    leastEpoch: place.epoch,
    expect: { kind: 'director', deployment: bootstrap.deployment },
    credentials: () => credentials,
    roots: () => credentials?.roots ?? bootstrap.roots,
  });

  return {
    director,
    place,
    credentials() {
      if (credentials) return credentials;
      throw new ConpaasError('unauthenticated', 'This process has not joined its deployment yet.', { retry: true });
    },
    async join(server, learn) {
      const { port } = server;
      const use = (fresh: Credentials): void => {
        credentials = fresh;
        server.setCredentials(fresh);
      };
      const first = await joinDirector({
        bootstrap: { ...bootstrap, director: place.address() },
        directory,
        port,
        signal,
        log,
      });
      use(first);
      const files = await openCredentials(directory);
      const identity = bootstrapIdentity(bootstrap);
      const access = () => ({ director: place.address(), identity, files, port });
      renewing = keepRenewed({
        credentials: first,
        renew: (current, within) => renewCertificate(access(), current, within),
        onRenewed: use,
        log,
      });
      void greet(director, port, signal, log, learn);
      void keepTelling(director, options.home, signal, log);
    },
    async renewNow() {
      if (!renewing) throw new ConpaasError('unauthenticated', 'This process has not joined its deployment yet.');
      await renewing.renewNow();
    },
    async [Symbol.asyncDispose]() {
      await renewing?.[Symbol.asyncDispose]();
      await director[Symbol.asyncDispose]();
    },
  };
}

/** Tells the director where we serve (after a restart nobody else does) and pulls what is news, until both worked. */
async function greet(
  director: DirectorClient,
  port: number,
  signal: AbortSignal,
  log: (line: string) => void,
  learn: (greeting: Greeting) => Promise<void>,
): Promise<void> {
  for (let pause = 100; !signal.aborted; pause = Math.min(pause * 2, 5000)) {
    try {
      await director.call('announce', { port }, { signal });
      await learn(await director.call('get_revocations', {}, { signal }));
      return;
    } catch (error) {
      if (signal.aborted) return;
      log(`greeting the director: ${toFailure(error).message}`);
      await delay(pause, undefined, { signal }).catch(() => undefined); // the loop ends
    }
  }
}
