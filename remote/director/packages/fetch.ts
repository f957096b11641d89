/** One file of a mirror, whole or not at all. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ConpaasError } from '../../core/contract/errors.ts';

/** As the mirror tells the version of a file, for the next question about it. */
export interface Version {
  readonly etag?: string | undefined;
  readonly modified?: string | undefined;
}

export interface Fetch {
  readonly url: string;
  /** Where it is written to. */
  readonly to: string;
  /** Of what is here already. */
  readonly version?: Version | undefined;
  /** More is refused. */
  readonly maxBytes: number;
  /** Asked with the size that the mirror announces, before anything is written; throws where there is no room. */
  admit(bytes: number): Promise<void>;
  /** Aborts it. */
  readonly signal: AbortSignal;
}

export type Fetched = { readonly changed: false } | { readonly changed: true; readonly version: Version };

/** A mirror from which nothing comes for so long does not answer, milliseconds. */
const idleMs = 20_000;

/**
 * @returns `changed: false` where the mirror has the same version still
 * @throws ConpaasError not_found, too_large, checksum_mismatch (a file that carries its hash has another one), unreachable
 */
export async function fetchFile({ url, to, version, maxBytes, admit, signal }: Fetch): Promise<Fetched> {
  const headers: http.OutgoingHttpHeaders = {
    'user-agent': 'conpaas-director',
    ...(version?.etag === undefined ? {} : { 'if-none-match': version.etag }),
    ...(version?.modified === undefined ? {} : { 'if-modified-since': version.modified }),
  };
  try {
    const client = url.startsWith('https:') ? https : http;
    const request = client.get(url, { headers, signal });
    request.setTimeout(idleMs, () => request.destroy(new Error(`nothing came for ${idleMs / 1000} s`)));
    const [answer] = (await once(request, 'response')) as [http.IncomingMessage];
    try {
      if (answer.statusCode === 304 && version) return { changed: false };
      // Redirects too: whoever stands between us and the mirror must not send us elsewhere.
      if (answer.statusCode !== 200) throw refusal(url, answer.statusCode ?? 0);
      const announced = Number(answer.headers['content-length'] ?? 0);
      if (announced > maxBytes) throw tooLarge(url, maxBytes);
      await admit(announced);
      await pipeline(answer, checked(url, maxBytes), createWriteStream(to, { mode: 0o600 }), { signal });
      return { changed: true, version: { etag: answer.headers.etag, modified: answer.headers['last-modified'] } };
    } finally {
      answer.resume();
    }
  } catch (error) {
    if (error instanceof ConpaasError) throw error;
    const why = signal.aborted ? 'it took too long' : error instanceof Error ? error.message : String(error);
    throw new ConpaasError('unreachable', `The mirror did not give ${url} (${why}).`, { retry: true });
  }
}

/** Passes on what may come: no more than is allowed, and of a file that is named by its hash nothing else. */
function checked(url: string, maxBytes: number): Transform {
  const [, algorithm, digest] = /\/by-hash\/(SHA256|SHA512)\/([0-9a-f]+)$/.exec(url) ?? [];
  const hash = algorithm === undefined ? undefined : createHash(algorithm.toLowerCase());
  let size = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      hash?.update(chunk);
      done(size > maxBytes ? tooLarge(url, maxBytes) : null, chunk);
    },
    flush(done) {
      if (!hash || hash.digest('hex') === digest) return done();
      done(new ConpaasError('checksum_mismatch', `The mirror gave something else for ${url}.`, { retry: true }));
    },
  });
}

function refusal(url: string, status: number): ConpaasError {
  if (status === 404 || status === 410) return new ConpaasError('not_found', `The mirror has no ${url}.`);
  return new ConpaasError('unreachable', `The mirror answered ${status} for ${url}.`, { retry: true });
}

function tooLarge(url: string, maxBytes: number): ConpaasError {
  return new ConpaasError('too_large', `${url} is larger than ${maxBytes} bytes.`);
}
