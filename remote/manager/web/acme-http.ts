/**
 * The library's requests, sent by Node itself. The library has one client for the whole process, which waits by itself
 * for as long as an authority asks, and loses the type of a problem; so each order brings its own context here: what it
 * trusts and when it ends. Problems (RFC 7807) become `AcmeProblem`.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import { rootCertificates } from 'node:tls';
import { ConpaasError } from '../../core/contract/errors.ts';

interface Context {
  readonly signal: AbortSignal;
  /** PEM of an authority of the user's own; empty: what everybody trusts. */
  readonly root: string;
}

type Library = typeof import('acme-client');

/** What an authority says that is wrong. Source: RFC 8555 6.7 */
export class AcmeProblem extends Error {
  /** The last part of its type: `rateLimited`. */
  readonly type: string;
  /** How long it wants to be left alone, milliseconds. */
  readonly leastPauseMs: number;

  constructor(type: string, detail: string, leastPauseMs = 0) {
    super(detail);
    this.name = 'AcmeProblem';
    this.type = type;
    this.leastPauseMs = leastPauseMs;
  }
}

const contexts = new AsyncLocalStorage<Context>();
const answerMs = 30_000;
/** Chains are a few KiB. */
const longestAnswer = 1024 * 1024;

let loading: Promise<Library> | undefined;

/** Loaded when it is first needed: most managers never do. */
async function library(): Promise<Library> {
  loading ??= import('acme-client').then((module) => {
    module.axios.defaults.adapter = send;
    return module;
  });
  return loading;
}

/** What the library tells an adapter, as far as it matters. */
interface Config {
  readonly url?: string | undefined;
  readonly method?: string | undefined;
  readonly data?: unknown;
  readonly headers: { toJSON?(): object };
}

async function send<C extends Config>(config: C) {
  const { signal, root } = contexts.getStore() ?? { signal: AbortSignal.timeout(answerMs), root: '' };
  const url = new URL(config.url ?? '');
  if (url.protocol !== 'https:') throw unreachable(url.host, 'it speaks no HTTPS');
  const { status, headers, body } = await exchange(url, config, root, signal);
  const parsed = /json/.test(headers['content-type'] ?? '') ? parse(body) : undefined;
  const type = problemType(parsed);
  // The library takes another nonce by itself.
  if (status >= 400 && type !== 'badNonce') {
    throw problem(parsed, seconds(headers['retry-after']) * 1000, `HTTP ${status}`);
  }
  return { data: body, status, statusText: '', headers, config, request: undefined };
}

async function exchange(url: URL, config: Config, root: string, signal: AbortSignal) {
  try {
    return await new Promise<{ status: number; headers: Record<string, string>; body: string }>((resolve, reject) => {
      const { method = 'get', data } = config;
      const asked = request(
        url,
        {
          method: method.toUpperCase(),
          headers: { ...config.headers.toJSON?.() } as Record<string, string>,
          agent: false,
          signal: AbortSignal.any([signal, AbortSignal.timeout(answerMs)]),
          ...(root === '' ? {} : { ca: [...rootCertificates, root] }),
        },
        (answer) => {
          let size = 0;
          answer.on('data', (part: Buffer) => {
            size += part.length;
            if (size > longestAnswer) answer.destroy(new Error('its answer is too long'));
          });
          const headers = Object.fromEntries(
            Object.entries(answer.headers).map(([name, value]) => [name, String(value)]),
          );
          text(answer).then((body) => resolve({ status: answer.statusCode ?? 0, headers, body }), reject);
        },
      );
      asked.on('error', reject);
      asked.end(typeof data === 'string' ? data : undefined);
    });
  } catch (error) {
    signal.throwIfAborted();
    throw unreachable(url.host, error instanceof Error ? error.message : String(error));
  }
}

function unreachable(host: string, why: string): ConpaasError {
  return new ConpaasError(
    'unreachable',
    `The certificate authority at ${host} cannot be reached from the manager: ${why}. Check acme_directory (and acme_root), and that its machine may reach the internet.`,
    { retry: true },
  );
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined; // said as what it is: no problem document
  }
}

function problemType(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('type' in value)) return undefined;
  return /^urn:ietf:params:acme:error:([A-Za-z]{1,60})$/.exec(String(value.type))?.[1];
}

/** @param value a problem document, or anything that came in the place of one */
function problem(value: unknown, leastPauseMs = 0, otherwise = 'It did not say why.'): AcmeProblem {
  const detail = typeof value === 'object' && value !== null && 'detail' in value ? String(value.detail) : otherwise;
  return new AcmeProblem(problemType(value) ?? 'unknown', detail, leastPauseMs);
}

/** `Retry-After` is a number of seconds or a date. */
function seconds(value: string | undefined): number {
  if (value === undefined) return 0;
  const plain = Number(value);
  return Number.isFinite(plain) ? plain : Math.max(0, (Date.parse(value) - Date.now()) / 1000) || 0;
}

export const acmeHttp = {
  library,
  /** Runs an order: all requests that it makes are sent with this. */
  run: <T>(context: Context, work: () => Promise<T>): Promise<T> => contexts.run(context, work),
  problem,
};
