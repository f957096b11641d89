/**
 * HTTP to a cloud's API, for clouds that no well-kept client library speaks to: deadlines, growing pauses where the cloud
 * asks for them, and errors in plain words. On Node's own http, which can trust a cloud's own authority.
 */
import http from 'node:http';
import https from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import tls from 'node:tls';
import { z } from 'zod';
import { ConpaasError } from '../../contract/errors.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** Whether it may be sent again where nobody can tell if it has arrived; GET, PUT and DELETE may. */
  readonly repeatable?: boolean;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

export interface HttpOptions {
  /** Authorities that are trusted beside the usual ones, PEM. */
  readonly authorities?: string | undefined;
  /** How often something is asked in all where the API is away or asks for patience. */
  readonly attempts?: number;
  /** Before the second attempt, milliseconds; doubled for each further one. */
  readonly pauseMs?: number;
  /** Of one attempt, milliseconds. */
  readonly timeoutMs?: number;
}

export interface HttpClient extends Disposable {
  /**
   * Asks, again where that may help. Any status is an answer; of a server that is overloaded the last one.
   * @throws ConpaasError unreachable; whatever the signal was aborted with
   */
  ask(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer>;
}

/** Certificates as a user enters them: PEM, of which a form may have taken the line breaks. */
export const pemCertificates = z
  .string()
  .max(60_000)
  .regex(/-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/);

/** Nobody has got the request. */
const neverArrived = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);
/** An answer is a list of some thousand things at most, bytes. */
const largest = 64 * 1024 * 1024;
/** The longest pause that a cloud is granted, milliseconds. */
const longestPauseMs = 30_000;

class Unanswered extends Error {
  readonly code: string;
  readonly arrived: boolean;

  constructor(cause: unknown) {
    super('no answer', { cause });
    this.code = (cause as NodeJS.ErrnoException).code ?? (cause as Error).name;
    this.arrived = !neverArrived.has(this.code);
  }
}

export function openHttp(options: HttpOptions = {}): HttpClient {
  const { authorities, attempts = 5, pauseMs = 500, timeoutMs = 60_000 } = options;
  const trust = authorities === undefined ? {} : { ca: [...tls.rootCertificates, pemOf(authorities)] };
  const agents = [true, false].map((keepAlive) => ({
    keepAlive,
    'http:': new http.Agent({ keepAlive }),
    'https:': new https.Agent({ keepAlive, ...trust }),
  }));

  /**
   * A server may close a kept connection in the moment it is taken up again. What can be sent twice then is, at once; what
   * cannot has a connection of its own.
   */
  async function once(request: HttpRequest, repeatable: boolean, signal: AbortSignal): Promise<HttpAnswer> {
    const agent = agents.find(({ keepAlive }) => keepAlive === repeatable)?.[
      request.url.protocol as 'http:' | 'https:'
    ];
    const limited = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    for (;;) {
      const sent = send(request, agent, limited);
      try {
        return await sent.answer;
      } catch (error) {
        if (repeatable && sent.reused() && (error as NodeJS.ErrnoException).code === 'ECONNRESET') continue;
        throw error;
      }
    }
  }

  return {
    async ask(request, signal) {
      const repeatable = request.repeatable ?? request.method !== 'POST';
      for (let attempt = 1, pause = pauseMs; ; attempt += 1, pause *= 2) {
        signal.throwIfAborted();
        let wait = pause * (0.75 + Math.random() / 2);
        try {
          const answer = await once(request, repeatable, signal);
          const asked = patienceOf(answer, repeatable);
          if (asked === undefined || attempt >= attempts) return answer;
          wait = Math.max(wait, Math.min(asked, longestPauseMs));
        } catch (error) {
          signal.throwIfAborted();
          const unanswered = new Unanswered(error);
          const again = (repeatable || !unanswered.arrived) && !isDistrust(unanswered.code);
          if (!again || attempt >= attempts) throw plainError(unanswered, request.url);
        }
        await delay(wait, undefined, { signal });
      }
    },
    [Symbol.dispose]() {
      for (const agent of agents) {
        agent['http:'].destroy();
        agent['https:'].destroy();
      }
    },
  };
}

function send({ method, url, headers, body }: HttpRequest, agent: http.Agent | undefined, signal: AbortSignal) {
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const options = { method, agent, signal, headers: { ...headers, ...length, 'user-agent': 'conpaas-desktop' } };
  const request = url.protocol === 'https:' ? https.request(url, options) : http.request(url, options);
  const answer = new Promise<HttpAnswer>((resolve, reject) => {
    request.on('error', reject);
    request.on('response', (response) => {
      const parts: Buffer[] = [];
      let size = 0;
      response.on('error', reject);
      response.on('data', (part: Buffer) => {
        size += part.length;
        if (size > largest) response.destroy(new Error('The answer is too long.'));
        parts.push(part);
      });
      response.on('end', () => {
        const { statusCode = 0, headers: told } = response;
        resolve({ status: statusCode, headers: told, text: Buffer.concat(parts).toString('utf8') });
      });
    });
  });
  request.end(body);
  return { answer, reused: () => request.reusedSocket };
}

/** How long a server asks to be left alone, milliseconds, 0 where it does not say; undefined: the answer counts. */
function patienceOf({ status, headers }: HttpAnswer, repeatable: boolean): number | undefined {
  const seconds = Number(headers['retry-after']);
  const said = Number.isFinite(seconds) && headers['retry-after'] !== undefined ? seconds * 1000 : undefined;
  // 413 is how older ones say 429; without a pause it is a quota.
  if (status === 429) return said ?? 0;
  if (status === 413) return said ? said : undefined;
  if (status === 503) return repeatable ? (said ?? 0) : said;
  return repeatable && (status === 502 || status === 504) ? 0 : undefined;
}

const isDistrust = (code: string): boolean => /CERT|SELF_SIGNED|LEAF_SIGNATURE|^ERR_(TLS|SSL)|^EPROTO$/.test(code);

function plainError({ code, arrived }: Unanswered, { host }: URL): ConpaasError {
  if (isDistrust(code)) {
    const text = `The certificate of ${host} is not trusted (${code}). Check the address; where the cloud has an authority of its own, enter that one's certificate.`;
    return new ConpaasError('unreachable', text);
  }
  const what = arrived ? 'does not answer' : 'cannot be reached';
  const text = `The API of the cloud at ${host} ${what} (${code}). Check address and network, then try again.`;
  return new ConpaasError('unreachable', text, { retry: true });
}

/** With line breaks again. */
function pemOf(text: string): string {
  const [begin, end] = ['-----BEGIN CERTIFICATE-----', '-----END CERTIFICATE-----'];
  return text
    .split(begin)
    .slice(1)
    .map((part) => {
      const lines =
        part
          .split(end, 1)
          .join('')
          .replace(/\s/g, '')
          .match(/.{1,64}/g) ?? [];
      return [begin, ...lines, end, ''].join('\n');
    })
    .join('');
}
