/** Fetches an http: or https: URL into a file. */
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ConpaasError } from '../../core/contract/errors.ts';
import type { FetchLimits, FetchOptions } from './fetch-options.ts';
import { checkAddress, type Resolved, resolveChecked } from './resolve.ts';

const redirects = [301, 302, 303, 307, 308];
const maxRedirects = 5;

/**
 * Downloads `start` to `path`; a failure leaves no file.
 * @returns name of the file, as the last URL calls it
 * @throws ConpaasError source_unreachable, invalid_request (an address or redirect that is not allowed), too_large
 */
export async function download(start: URL, path: string, limits: FetchLimits, options: FetchOptions): Promise<string> {
  let url = start;
  for (let hops = 0; ; hops++) {
    const response = await open(url, limits, options);
    if (response.statusCode !== undefined && redirects.includes(response.statusCode)) {
      const location = response.headers.location;
      response.destroy();
      if (hops === maxRedirects)
        throw new ConpaasError('source_unreachable', `${shown(start)} redirects more than ${maxRedirects} times.`);
      url = redirectTarget(url, location);
      continue;
    }
    try {
      await store(url, response, path, limits, options);
    } catch (error) {
      response.destroy();
      await rm(path, { force: true });
      throw explain(url, error, options.signal);
    }
    return nameOf(url);
  }
}

async function open(url: URL, limits: FetchLimits, options: FetchOptions): Promise<IncomingMessage> {
  const addresses = await resolveChecked(url.hostname, options);
  const settings: RequestOptions = {
    method: 'GET',
    // Nobody can answer a second look-up differently: the connection goes to what was checked.
    lookup: fixedLookup(addresses),
    agent: false,
    timeout: limits.idleMs,
    signal: options.signal,
    headers: { 'user-agent': 'conpaas', accept: '*/*', 'accept-encoding': 'identity' },
    ...(url.username === '' ? {} : { auth: `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}` }),
  };
  try {
    return await new Promise<IncomingMessage>((resolve, reject) => {
      let answer: IncomingMessage | undefined;
      const start = url.protocol === 'https:' ? httpsRequest : httpRequest;
      const call = start(url, options.ca === undefined ? settings : { ...settings, ca: options.ca }, (response) => {
        try {
          const address = response.socket.remoteAddress;
          answer = response;
          if (address !== undefined) checkAddress(url.hostname, address, options.allowPrivate);
          resolve(response);
        } catch (error) {
          reject(error);
          call.destroy();
        }
      });
      // Also while the body comes: Node tells of idle sockets, and leaves it to us to end them.
      call.on('timeout', () => (answer ?? call).destroy(new IdleError()));
      call.on('error', reject);
      call.end();
    });
  } catch (error) {
    throw explain(url, error, options.signal);
  }
}

function fixedLookup([first, ...rest]: readonly [Resolved, ...Resolved[]]): LookupFunction {
  return (_hostname, { all }, callback) => {
    if (all) callback(null, [first, ...rest]);
    else callback(null, first.address, first.family);
  };
}

async function store(
  url: URL,
  response: IncomingMessage,
  path: string,
  { maxBytes }: FetchLimits,
  { signal, onProgress }: FetchOptions,
): Promise<void> {
  if (response.statusCode !== 200) {
    const status = `${response.statusCode ?? ''} ${response.statusMessage ?? ''}`.trim();
    throw new ConpaasError('source_unreachable', `${shown(url)} answers ${status} instead of a file.`, {
      retry: (response.statusCode ?? 0) >= 500,
    });
  }
  const length = response.headers['content-length'];
  const total = length === undefined ? undefined : Number(length);
  const tooLarge = () =>
    new ConpaasError('too_large', `${shown(url)} is larger than the ${Math.floor(maxBytes / 1024 ** 2)} MB allowed.`);
  if (total !== undefined && total > maxBytes) throw tooLarge();
  let received = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      received += chunk.length;
      if (received > maxBytes) return done(tooLarge());
      onProgress?.(received, total);
      return done(null, chunk);
    },
  });
  await pipeline(response, counted, createWriteStream(path, { mode: 0o600 }), { signal });
}

function redirectTarget(from: URL, location: string | undefined): URL {
  const target = location !== undefined && URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  if (target === undefined)
    throw new ConpaasError('source_unreachable', `${shown(from)} redirects without saying where to.`);
  if (target.protocol !== 'https:' && target.protocol !== 'http:')
    throw new ConpaasError(
      'invalid_request',
      `${shown(from)} redirects to ${target.protocol}, which is not fetched from.`,
    );
  if (from.protocol === 'https:' && target.protocol === 'http:')
    throw new ConpaasError(
      'invalid_request',
      `${shown(from)} redirects to the unencrypted ${shown(target)}. Use the http: address itself if that is what you want.`,
    );
  // A password goes to the host it was meant for.
  if (target.username === '' && target.origin === from.origin) {
    target.username = from.username;
    target.password = from.password;
  }
  return target;
}

/** The URL for messages: without password and query, which may hold keys. */
export function shown(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`;
}

/** Last part of the path, as a plain file name. */
function nameOf(url: URL): string {
  const last = url.pathname.split('/').at(-1) ?? '';
  let decoded = last;
  try {
    decoded = decodeURIComponent(last);
  } catch {
    decoded = last; // not UTF-8: as it stands
  }
  const name = decoded
    .replaceAll(/[^\w.+-]+/g, '_')
    .replace(/^[.-]+/, '')
    .slice(-200);
  return name === '' ? 'download' : name;
}

class IdleError extends Error {}

const causes: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing answers there',
  ECONNRESET: 'the connection was broken off',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ETIMEDOUT: 'the host does not answer',
  EPIPE: 'the connection was broken off',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is from an unknown authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is from an unknown authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is from an unknown authority',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
};

/** What went wrong on the way, for a person. Aborts and errors of the disk stay what they are. */
function explain(url: URL, error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted || error instanceof ConpaasError || !(error instanceof Error)) return error;
  const { code = '', syscall } = error as NodeJS.ErrnoException;
  if (syscall === 'write' && code === 'ENOSPC') return error;
  const errors: unknown[] = error instanceof AggregateError ? error.errors : [];
  const inner = errors.map((one) => (one as NodeJS.ErrnoException).code ?? '');
  const known = [code, ...inner].map((one) => causes[one]).find((text) => text !== undefined);
  const cause =
    error instanceof IdleError ? 'it stopped sending' : (known ?? `the connection failed (${code || 'no answer'})`);
  return new ConpaasError('source_unreachable', `${shown(url)} could not be fetched: ${cause}.`, { retry: true });
}
