/** Calls of OpenStack's services: one place for tokens, versions, pages and errors. */
import { z } from 'zod';
import { ConpaasError } from '../../contract/errors.ts';
import { type HttpAnswer, openHttp } from '../machines/http.ts';
import { computeVersion, isLostMarker, plainError, Refusal, refusedToken } from './errors.ts';
import { type Service, type Session, signIn } from './session.ts';
import type { OpenStackOptions } from './settings.ts';

export type Query = Readonly<Record<string, string>>;

export interface ApiRequest {
  readonly service: Service;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Behind the service's address: `/servers`. */
  readonly path: string;
  readonly query?: Query;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Errors that the caller looks at itself: thrown as they are. */
  readonly passes?: (error: unknown) => boolean;
}

export interface ListRequest extends Pick<ApiRequest, 'service' | 'path' | 'query'> {
  /** What the list is called in its answers. */
  readonly key: string;
}

export interface OpenStackApi extends Disposable {
  /**
   * One call.
   * @throws ConpaasError as `plainError` tells; Refusal where the caller has asked for it
   */
  call<Result>(request: ApiRequest, result: z.ZodType<Result>, signal: AbortSignal): Promise<Result>;
  /** All pages of a list. */
  list<Item>(request: ListRequest, item: z.ZodType<Item>, signal: AbortSignal): Promise<Item[]>;
  /** Id of the project. */
  project(signal: AbortSignal): Promise<string>;
  /** Whether the project has that service. */
  has(service: Service, signal: AbortSignal): Promise<boolean>;
}

/** Of calls that answer nothing that anybody needs. */
export const nothing = z.unknown();

const Links = z.array(z.object({ rel: z.string(), href: z.string() }));

/** Things a page; what a service grants may be less. */
const pageSize = '500';

export function openApi(options: OpenStackOptions): OpenStackApi {
  const { caCertificate } = options.credentials;
  const http = openHttp({
    ...(caCertificate === undefined ? {} : { authorities: caCertificate }),
    ...(options.pauseMs === undefined ? {} : { pauseMs: options.pauseMs }),
  });
  let signedIn: Promise<Session> | undefined;

  /** One sign-in for all who wait for it; none of them can cancel it for the others. */
  async function session(signal: AbortSignal): Promise<Session> {
    signal.throwIfAborted();
    if (signedIn === undefined) {
      const begun = signIn(http, options, AbortSignal.timeout(60_000));
      signedIn = begun;
      begun.catch(() => {
        if (signedIn === begun) signedIn = undefined; // whoever comes next tries again
      });
    }
    return unlessAborted(signedIn, signal);
  }

  async function ask(request: ApiRequest, signal: AbortSignal): Promise<HttpAnswer> {
    const { service, method, path, query = {}, body } = request;
    for (let renewed = false; ; renewed = true) {
      const { token, endpoint } = await session(signal);
      const url = new URL(`${endpoint(service)}${path}`);
      for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value);
      const headers = {
        accept: 'application/json',
        'x-auth-token': token,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(service === 'compute' ? { 'openstack-api-version': `compute ${computeVersion}` } : {}),
      };
      const text = body === undefined ? undefined : JSON.stringify(body);
      const answer = await http.ask({ method, url, headers, body: text }, signal);
      // A token ends when the cloud says so, whatever the clock here tells.
      if (answer.status !== 401 || renewed) return answer;
      if ((await signedIn)?.token === token) signedIn = undefined;
    }
  }

  async function call<Result>(request: ApiRequest, result: z.ZodType<Result>, signal: AbortSignal): Promise<Result> {
    const answer = await ask(request, signal);
    const action = `${request.method} ${request.path.replace(/[0-9a-f-]{32,}/g, '…')} of ${request.service}`;
    if (answer.status >= 300) {
      const refusal = new Refusal(answer);
      if (refusal.status === 401) throw refusedToken(refusal, action);
      throw request.passes?.(refusal) === true ? refusal : plainError(refusal, action);
    }
    return understood(answer.text, result, action);
  }

  async function pages<Item>(
    { service, path, query = {}, key }: ListRequest,
    item: z.ZodType<Item>,
    signal: AbortSignal,
  ): Promise<Item[]> {
    const found: Item[] = [];
    const Page = z.looseObject({ [key]: z.array(item) });
    let next: Query | undefined = { limit: pageSize, ...query };
    while (next !== undefined) {
      const passes = next['marker'] === undefined ? () => false : isLostMarker;
      const request: ApiRequest = { service, method: 'GET', path, query: next, passes };
      const page: Record<string, unknown> = await call(request, Page, signal);
      found.push(...(page[key] as Item[]));
      next = nextPage(page, key, next);
    }
    return found;
  }

  return {
    call,
    async list(given, item, signal) {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await pages(given, item, signal);
        } catch (error) {
          // What the next page was to follow on is gone: the list is read anew.
          if (!isLostMarker(error)) throw error;
          if (attempt >= 3) throw plainError(error, `GET ${given.path} of ${given.service}`);
        }
      }
    },
    project: async (signal) => (await session(signal)).project,
    has: async (service, signal) => (await session(signal)).has(service),
    [Symbol.dispose]: () => http[Symbol.dispose](),
  };
}

/**
 * Of Nova, Neutron and Cinder `servers_links`, of Glance `next`. Their hosts are often wrong behind proxies: only what is
 * asked for is taken from them.
 */
function nextPage(page: Record<string, unknown>, key: string, last: Query): Query | undefined {
  const links = Links.safeParse(page[`${key}_links`]);
  const glance = page['next'];
  const href = links.success ? links.data.find(({ rel }) => rel === 'next')?.href : glance;
  if (typeof href !== 'string') return undefined;
  const next = Object.fromEntries(new URL(href, 'http://cloud.invalid').searchParams);
  // One that leads to where we are would never end.
  return next['marker'] === undefined || next['marker'] === last['marker'] ? undefined : next;
}

function understood<Result>(text: string, result: z.ZodType<Result>, action: string): Result {
  try {
    return result.parse(text === '' ? undefined : JSON.parse(text));
  } catch (error) {
    const why = error instanceof z.ZodError ? error.issues[0]?.path.join('.') : 'no JSON';
    throw new ConpaasError('cloud_failed', `The cloud's answer is not what it should be (${action}: ${why}).`);
  }
}

/** Ends with the signal, while the work goes on for others. */
async function unlessAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  let forget = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    forget = () => signal.removeEventListener('abort', onAbort);
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    forget();
  }
}
