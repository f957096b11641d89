/**
 * The transport of one client: kept connections to one address, each to the one identity that is expected there. The
 * identity is checked in the handshake and again from the socket on each use, because a kept connection has no second
 * handshake (and Node 20 skips checkServerIdentity on resumed sessions).
 */
import { X509Certificate } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import { createSecureContext, TLSSocket } from 'node:tls';
import { ConpaasError } from '../contract/errors.ts';
import { formatIdentity, type Identity } from '../contract/identity.ts';
import type { Credentials } from '../identity/credentials.ts';
import { epochOf } from '../identity/director-epoch.ts';
import { patienceHere } from '../supervisor/patience.ts';
import { abortError } from './signals.ts';
import { subjectUri } from './subject.ts';
import { limits, timings } from './wire.ts';

export type Address = { readonly host: string; readonly port: number } | { readonly socket: string };

export interface ConnectionOptions {
  /** A function: asked for each request. */
  readonly address: Address | (() => Address);
  /** The one identity that may answer; required but for a unix socket. */
  readonly expect?: Identity | undefined;
  /** Of a director: the lowest epoch that may answer. */
  readonly leastEpoch?: (() => number) | undefined;
  readonly credentials?: (() => Credentials | undefined) | undefined;
  /** Instead of the roots of the credentials. */
  readonly roots?: (() => readonly string[]) | undefined;
  /** By how much the peer may take longer to answer; absent: as on this machine. */
  readonly patience?: number | undefined;
}

export interface RequestOptions {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: http.OutgoingHttpHeaders;
  /** Takes long: gets a connection of its own, so that it never keeps calls waiting. */
  readonly lasting: boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface Connection extends Disposable {
  /** A request that is about to be sent; its errors are raw (see `explain`). */
  request(options: RequestOptions): http.ClientRequest;
  /** A raw error of a request as a ConpaasError. */
  explain(error: unknown, signal?: AbortSignal): ConpaasError;
  /** Lets requests under way end, and no connection be kept. */
  retire(): void;
}

interface Pool {
  /** What it was made of: another certificate means another pool. */
  readonly made: string;
  readonly calls: http.Agent;
  readonly lasting: http.Agent;
}

/** Opens the transport; connects when first used. */
export function openConnection(options: ConnectionOptions): Connection {
  const { address: given, expect, leastEpoch } = options;
  const addressNow = typeof given === 'function' ? given : () => given;
  const expected = expect === undefined ? undefined : formatIdentity(expect);
  const local = 'socket' in addressNow();
  if (!local && expected === undefined) {
    throw new ConpaasError('internal', 'A client needs the identity that it expects.');
  }
  let pool: Pool | undefined;

  const currentPool = (): Pool => {
    const credentials = options.credentials?.();
    const roots = options.roots?.() ?? credentials?.roots ?? [];
    const made = local ? '' : JSON.stringify([credentials?.certificate, roots]);
    if (pool?.made === made) return pool;
    if (pool) retirePool(pool);
    pool = local ? localPool() : securePool(made, { identity: expected ?? '', leastEpoch }, credentials, roots);
    return pool;
  };

  return {
    request({ method, path, headers, lasting, signal }) {
      const { calls, lasting: own } = currentPool();
      const address = addressNow();
      const request = (local ? http : https).request({
        ...('socket' in address ? { socketPath: address.socket } : { host: address.host, port: address.port }),
        method,
        path,
        headers,
        agent: lasting ? own : calls,
        maxHeaderSize: limits.headers,
        ...(signal && { signal }),
      });
      request.once('socket', (socket) => {
        if (socket.connecting) {
          socket.setKeepAlive(true, timings.probe);
          const timer = setTimeout(
            () => request.destroy(unreachable(address, 'no answer')),
            timings.connect * (options.patience ?? patienceHere()),
          );
          const connected = () => clearTimeout(timer);
          socket.once(local ? 'connect' : 'secureConnect', connected).once('close', connected);
          return;
        }
        if (expected === undefined) return;
        const wrong = checkSocket(socket, { identity: expected, leastEpoch });
        if (wrong) {
          request.destroy(wrong);
          socket.destroy();
        }
      });
      return request;
    },
    explain(error, signal) {
      if (signal?.aborted) return abortError(signal);
      if (error instanceof ConpaasError) return error;
      const code = (error as NodeJS.ErrnoException | undefined)?.code ?? '';
      // UNSPECIFIED: among others, a name that its authority may not certify (X509_V_ERR_PERMITTED_VIOLATION).
      if (/CERT|ISSUER|SELF_SIGNED|UNABLE_TO|INVALID_CA|PATH_LENGTH|INVALID_PURPOSE|UNSPECIFIED/.test(code)) {
        // Trying again may help: its clock or certificate may be set right meanwhile.
        const message = `${place(addressNow())} could not prove who it is (${code}).`;
        return new ConpaasError('unauthenticated', message, { retry: true });
      }
      return unreachable(addressNow(), code || String((error as Error | undefined)?.message ?? error));
    },
    retire() {
      if (pool) retirePool(pool);
      pool = undefined;
    },
    [Symbol.dispose]() {
      pool?.calls.destroy();
      pool?.lasting.destroy();
      pool = undefined;
    },
  };
}

function localPool(): Pool {
  return {
    made: '',
    calls: new http.Agent({ keepAlive: true, maxSockets: 64, timeout: timings.clientKeepAlive }),
    lasting: new http.Agent({ keepAlive: false }),
  };
}

function securePool(
  made: string,
  expected: Expected,
  credentials: Credentials | undefined,
  roots: readonly string[],
): Pool {
  const secure: https.AgentOptions = {
    // made once: parsing the key and the certificates for each connection costs a millisecond
    secureContext: createSecureContext({
      minVersion: 'TLSv1.3',
      maxVersion: 'TLSv1.3',
      ca: [...roots],
      ...(credentials && { key: credentials.key, cert: credentials.certificate }),
    }),
    minVersion: 'TLSv1.3',
    maxVersion: 'TLSv1.3',
    rejectUnauthorized: true,
    maxCachedSessions: 0,
    checkServerIdentity: (_host, certificate) => checkCertificate(certificate as Presented, expected),
  };
  return {
    made,
    calls: new https.Agent({ ...secure, keepAlive: true, maxSockets: 64, timeout: timings.clientKeepAlive }),
    lasting: new https.Agent({ ...secure, keepAlive: false }),
  };
}

function retirePool({ calls }: Pool): void {
  calls.maxFreeSockets = 0; // those in use end when they are given back
  for (const sockets of Object.values(calls.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
}

/** Whom to talk to. */
interface Expected {
  readonly identity: string;
  readonly leastEpoch: (() => number) | undefined;
}

/** A certificate as TLS tells it, with its issuer's where that was asked for. */
interface Presented {
  readonly raw?: Buffer;
  readonly issuerCertificate?: { readonly raw?: Buffer };
}

function checkSocket(socket: unknown, expected: Expected): Error | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) {
    return new ConpaasError('unauthenticated', `The peer could not prove that it is ${expected.identity}.`);
  }
  const { leastEpoch } = expected;
  return checkCertificate(leastEpoch ? socket.getPeerCertificate(true) : socket.getPeerCertificate(), expected);
}

function checkCertificate(presented: Presented, { identity, leastEpoch }: Expected): Error | undefined {
  const { raw, issuerCertificate } = presented;
  const uri = raw === undefined ? undefined : subjectUri(new X509Certificate(raw));
  if (uri !== identity) {
    return new ConpaasError(
      'unauthenticated',
      `Expected ${identity}, but ${uri ?? 'somebody without an identity'} answered. Nothing was sent.`,
    );
  }
  const least = leastEpoch?.() ?? 1;
  if (least <= 1) return undefined;
  const epoch = issuerCertificate?.raw === undefined ? 1 : epochOf(new X509Certificate(issuerCertificate.raw));
  if (epoch >= least) return undefined;
  return new ConpaasError(
    'superseded',
    `A director that was replaced answered (epoch ${epoch}, the newest is ${least}). Nothing was sent.`,
  );
}

function place(address: Address): string {
  return 'socket' in address ? address.socket : `${address.host}:${address.port}`;
}

function unreachable(address: Address, why: string): ConpaasError {
  return new ConpaasError('unreachable', `${place(address)} cannot be reached (${why}). Try again.`, { retry: true });
}
