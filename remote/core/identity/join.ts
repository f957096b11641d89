/** How a manager, agent or host gets its certificate at its start: stored, renewed, or by its join token. */
import { X509Certificate } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { directorProcessMethods, type IssuedCertificate } from '../contract/director-processes.ts';
import { ConpaasError, toFailure } from '../contract/errors.ts';
import { formatIdentity, type Identity } from '../contract/identity.ts';
import type { HostBootstrap } from '../contract/machine-host.ts';
import { connect } from '../rpc/index.ts';
import type { AgentBootstrap, ManagerBootstrap } from './bootstrap.ts';
import { isKeyOf } from './certificate.ts';
import { type CredentialFiles, type Credentials, openCredentials } from './credentials.ts';
import { notAfter, statedIdentity } from './peer.ts';

export type Joining = AgentBootstrap | ManagerBootstrap | HostBootstrap;

/** The identity that the token of a bootstrap file stands for. */
export function bootstrapIdentity(bootstrap: Joining): Identity {
  const { kind, deployment } = bootstrap;
  switch (kind) {
    case 'manager':
      return { kind, deployment, application: bootstrap.application, epoch: bootstrap.epoch };
    case 'agent':
      return { kind, deployment, application: bootstrap.application, vm: bootstrap.vm };
    case 'host':
      return { kind, deployment, vm: bootstrap.vm };
  }
}

/**
 * The director's refusals, which asking again does not change. Everything else does end: the director is away, starting,
 * busy, or cannot prove who it is before a clock or its own certificate is set right (which carries `retry`).
 */
const final: ReadonlySet<string> = new Set([
  'unauthenticated',
  'forbidden',
  'superseded',
  'invalid_request',
  'unknown_method',
]);

const firstPause = 200;
const longestPause = 15_000;

/** What both ways to a certificate need. */
export interface DirectorAccess {
  readonly director: { readonly host: string; readonly port: number };
  readonly identity: Identity;
  readonly files: CredentialFiles;
  /** Where this process serves; absent: nowhere. */
  readonly port?: number | undefined;
}

/**
 * The credentials of this process: those stored, renewed first where they have ended; else by the token. Asks again
 * while the director cannot be reached, with growing pauses (0.2 s to 15 s), until `signal` aborts.
 * @param options.directory of the credential files
 * @param options.port where this process serves, which the director tells others; absent: nowhere
 * @param options.now milliseconds since the epoch
 * @throws ConpaasError when the director refuses for good
 */
export async function joinDirector(options: {
  readonly bootstrap: Joining;
  readonly directory: string;
  readonly port?: number;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
  readonly now?: () => number;
}): Promise<Credentials> {
  const { bootstrap, port, signal, log, now = Date.now } = options;
  const files = await openCredentials(options.directory);
  const identity = bootstrapIdentity(bootstrap);
  const access = { director: bootstrap.director, identity, files, port };

  const stored = await files.load();
  if (stored && isCertificateOf(stored.certificate, identity)) {
    if (now() < lifeOf(stored.certificate).notAfter) return stored;
    log('The stored certificate has ended: renewing it.');
    return insist('renew', () => renewCertificate(access, stored, signal), signal, log);
  }
  if (stored) log('The stored certificate is of another identity: joining anew.');
  const request = await files.request();
  return insist(
    'join',
    async () => {
      await using client = connect(directorProcessMethods, {
        address: bootstrap.director,
        expect: { kind: 'director', deployment: identity.deployment },
        roots: () => bootstrap.roots,
      });
      return accept(access, await client.call('join', { token: bootstrap.token, csr: request, port }, { signal }));
    },
    signal,
    log,
  );
}

/**
 * Asks the director once for a fresh certificate for the same key, and stores it.
 * @throws ConpaasError as the director answers
 */
export async function renewCertificate(
  access: DirectorAccess,
  current: Credentials,
  signal: AbortSignal,
): Promise<Credentials> {
  await using client = connect(directorProcessMethods, {
    address: access.director,
    expect: { kind: 'director', deployment: access.identity.deployment },
    credentials: () => current,
    roots: () => current.roots,
  });
  const csr = await access.files.request();
  return accept(access, await client.call('renew', { csr, port: access.port }, { signal }));
}

/** Start and end of a certificate's life, milliseconds since the epoch. */
export function lifeOf(certificate: string): { readonly notBefore: number; readonly notAfter: number } {
  const leaf = new X509Certificate(certificate);
  return { notBefore: Date.parse(leaf.validFrom), notAfter: notAfter(leaf) };
}

/** Stores an answer after checking that it is for our key and for the identity we were started as. */
async function accept(access: DirectorAccess, answer: IssuedCertificate): Promise<Credentials> {
  const key = await access.files.key();
  if (!isKeyOf(key, answer.certificate) || !isCertificateOf(answer.certificate, access.identity)) {
    throw new ConpaasError('forbidden', 'The director answered with a certificate of another key or identity.');
  }
  return access.files.save(answer);
}

function isCertificateOf(certificate: string, identity: Identity): boolean {
  const stated = statedIdentity(new X509Certificate(certificate));
  return stated !== undefined && formatIdentity(stated) === formatIdentity(identity);
}

/** Tries until it works, is refused for good, or `signal` aborts. */
async function insist<T>(
  what: string,
  attempt: () => Promise<T>,
  signal: AbortSignal,
  log: (line: string) => void,
): Promise<T> {
  for (let pause = firstPause; ; pause = Math.min(pause * 2, longestPause)) {
    signal.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      signal.throwIfAborted();
      const failure = toFailure(error);
      if (final.has(failure.code) && failure.retry !== true) throw error;
      const wait = pause * (0.75 + Math.random() / 2);
      log(`Cannot ${what} yet (${failure.message}); trying again in ${(wait / 1000).toFixed(1)} s.`);
      await delay(wait, undefined, { signal });
    }
  }
}
