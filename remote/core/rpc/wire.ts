/**
 * What both ends agree on beside the contract: header names, limits, timings and how failures map to HTTP statuses.
 *
 *   POST /v1/<method>                     query, command, stream, download: parameters as JSON body
 *   POST /v1/<method>                     upload: parameters in `conpaas-params`, the rest of the file as body
 *   GET  /v1/<method> + conpaas-upload    upload: how many bytes the server has already, `{"offset": n}`
 *   GET  /v1/<method> + Upgrade           duplex: parameters in `conpaas-params`, then the frames of channel.ts
 *   …    /v1/app/<application>/<method>   the same, relayed by a director to the application's manager
 */
import { ConpaasError, type Failure, type FailureCode, failureCodes } from '../contract/errors.ts';

export const headers = {
  /** Parameters of uploads and duplexes: base64url of JSON. */
  params: 'conpaas-params',
  /** On whose behalf a director calls its manager; believed from the director only. */
  user: 'conpaas-user',
  /** What calls, as it says itself, for people: `command 1.2.0`. */
  client: 'conpaas-client',
  /** Version of the contract that the client speaks. Absent: it is none of ours, e.g. curl. */
  contract: 'conpaas-contract',
  /** Id that the client has chosen for the operation that the call starts: sent again, it is not started again. */
  operation: 'conpaas-operation',
  /** Milliseconds that are left for the call. Clocks differ, so no absolute time travels. */
  timeout: 'conpaas-timeout',
  /** Upload: an id the client has chosen (hex), the same on each attempt. */
  upload: 'conpaas-upload',
  /** Upload: position of the first byte of this body. */
  offset: 'conpaas-offset',
  /** Upload and download: size of the whole file in bytes. */
  size: 'conpaas-size',
  /** Upload: header. Download: header, or trailer where it is not known before. Hex. */
  sha256: 'conpaas-sha256',
  /** Upload and download: name of the file, base64url. */
  name: 'conpaas-name',
  /** Trailer of a download that failed half-way: base64url of a Failure. */
  failure: 'conpaas-failure',
} as const;

/** Value of the `Upgrade` header of a duplex. */
export const duplexProtocol = 'conpaas-duplex/1';

export const limits = {
  /** Largest JSON body of a request, bytes. */
  requestBody: 8 * 1024 * 1024,
  /** Largest JSON result, and largest line of a stream, that a client accepts, bytes. */
  result: 64 * 1024 * 1024,
  /** Largest block of HTTP headers, bytes: parameters of uploads travel there. */
  headers: 64 * 1024,
} as const;

export const timings = {
  /** Blank line of a quiet stream, ms. */
  heartbeat: 10_000,
  /** A stream that is quiet for longer is dead, ms. */
  silence: 35_000,
  /** A message whose rest does not come for so long is given up, ms. */
  bodyIdle: 30_000,
  /** An upload without a byte for this long ends (and may be resumed), ms. */
  uploadIdle: 30_000,
  /** Deadline of a call when neither caller nor contract say anything, ms. */
  call: 30_000,
  /** To get connected, ms. */
  connect: 15_000,
  /** A quiet connection is probed by TCP from then on, ms: what is half dead is noticed in half a minute. */
  probe: 15_000,
  /** A server closes a kept connection after this, a client gives it up before, ms. */
  serverKeepAlive: 75_000,
  clientKeepAlive: 60_000,
} as const;

const statuses: Partial<Record<FailureCode, number>> = {
  invalid_request: 400,
  bad_archive: 400,
  unauthenticated: 401,
  forbidden: 403,
  unknown_method: 404,
  not_found: 404,
  conflict: 409,
  superseded: 409,
  too_large: 413,
  checksum_mismatch: 422,
  incompatible: 426,
  lagged: 429,
  cancelled: 499,
  unreachable: 502,
  director_unreachable: 503,
  deadline_exceeded: 504,
  disk_full: 507,
};

/** Status of an upload whose offset is not where the server stands: ask again. */
export const wrongOffsetStatus = 416;

/** HTTP status of a failure. Clients go by the body. */
export function statusOf(failure: Failure): number {
  return statuses[failure.code] ?? 500;
}

/** JSON as a header value. */
export function encodeHeader(value: unknown): string {
  return Buffer.from(JSON.stringify(value) ?? 'null').toString('base64url');
}

/** Undoes `encodeHeader`. @throws ConpaasError invalid_request */
export function decodeHeader(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch {
    throw new ConpaasError('invalid_request', 'A header of the request is not JSON in base64url.');
  }
}

/** A failure as a (possibly newer) peer wrote it; undefined where it is none. An unknown code becomes `internal`. */
export function readFailure(value: unknown): Failure | undefined {
  if (typeof value !== 'object' || value === null || !('code' in value) || !('message' in value)) return undefined;
  const known = failureCodes.find((code) => code === value.code) ?? 'internal';
  const more = value as Partial<Failure>;
  return {
    code: known,
    message: String(value.message),
    ...(readFailure(more.cause) && { cause: readFailure(more.cause) }),
    ...(typeof more.retry === 'boolean' && { retry: more.retry }),
    ...(Array.isArray(more.log) && { log: more.log.map(String) }),
    ...(Array.isArray(more.places) && { places: more.places }),
  };
}
