/** For tests: what the fake services of OpenStack share: requests, answers, and pages with links. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { z } from 'zod';

export interface Asked {
  readonly method: string;
  /** Behind the service's address. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: unknown;
  /** Address of the service, for links. */
  readonly root: string;
}

export interface Answered {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers what it knows; undefined: there is no such path. */
export type FakeService = (asked: Asked) => Answered | undefined;

/** An id as Keystone has them. */
export const hexId = (): string => randomBytes(16).toString('hex');
export const uuid = (): string => randomUUID();

/** Seconds are the finest that OpenStack tells. */
export const timestamp = (): string => `${new Date().toISOString().slice(0, 19)}Z`;

/** An error of a service, in its own form. */
export class Refused extends Error {
  readonly answered: Answered;

  constructor(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) {
    super(JSON.stringify(body));
    this.answered = { status, body, headers };
  }
}

/** As Nova and Cinder put errors. */
export function fault(
  status: number,
  name: string,
  message: string,
  headers?: Readonly<Record<string, string>>,
): Refused {
  return new Refused(status, { [name]: { code: status, message } }, headers);
}

export const notFound = (message: string): Refused => fault(404, 'itemNotFound', message);

/** As Neutron puts them. */
export function neutronError(status: number, type: string, message: string): Refused {
  return new Refused(status, { NeutronError: { type, message, detail: '' } });
}

/** A body that is not of the schema is refused like Nova's and Cinder's JSON schemas do. */
export function checked<Body>(schema: z.ZodType<Body>, body: unknown): Body {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw fault(400, 'badRequest', `Invalid input for field/attribute ${issue?.path.join('.')}. ${issue?.message}`);
}

/**
 * One page of things, by `limit` and `marker`, and whether more follow.
 * @param most what the service grants at most
 * @param lost what it says where there is nothing like the marker
 */
export function pageOf<Thing extends { readonly id: string }>(
  things: readonly Thing[],
  { query }: Asked,
  most: number,
  lost: (marker: string) => Refused,
): { readonly page: readonly Thing[]; readonly next: URLSearchParams | undefined } {
  const limit = Math.min(Number(query.get('limit') ?? most), most);
  const marker = query.get('marker');
  const start = marker === null ? 0 : things.findIndex(({ id }) => id === marker) + 1;
  if (marker !== null && start === 0) throw lost(marker);
  const page = things.slice(start, start + limit);
  const last = page.at(-1);
  if (last === undefined || start + page.length >= things.length) return { page, next: undefined };
  const next = new URLSearchParams(query);
  next.set('marker', last.id);
  return { page, next };
}

/** `…_links` of Nova, Neutron and Cinder. */
export function links(key: string, asked: Asked, next: URLSearchParams | undefined): object {
  // A proxy that ends TLS: the service does not know how it is called from outside.
  const href = `http://behind-the-proxy.invalid${asked.path}?${next}`;
  return next === undefined ? {} : { [`${key}_links`]: [{ rel: 'next', href }] };
}
