/**
 * What OpenStack's services refuse, and that in plain words. Each service has a form of its own for errors:
 * Keystone `{error: {code, title, message}}`, Nova and Cinder `{itemNotFound: {code, message}}`, Neutron
 * `{NeutronError: {type, message}}`, Glance a page of HTML.
 */
import { z } from 'zod';
import { ConpaasError } from '../../contract/errors.ts';
import type { HttpAnswer } from '../machines/http.ts';

/** Nova's microversion that we speak: tags at creation. Of OpenStack Queens (2018). */
export const computeVersion = '2.52';

/** An answer that is an error, as the service put it. */
export class Refusal extends Error {
  readonly status: number;
  /** Name of the error where the service has one, e.g. `itemNotFound`, `OverQuota`. */
  readonly type: string;
  readonly request: string | undefined;

  constructor(answer: HttpAnswer) {
    const { type, message } = readError(answer.text);
    super(message === '' ? `HTTP ${answer.status}` : message);
    this.status = answer.status;
    this.type = type;
    this.request = oneOf(answer.headers['x-openstack-request-id']) ?? oneOf(answer.headers['x-compute-request-id']);
  }
}

const oneOf = (value: string | readonly string[] | undefined): string | undefined =>
  typeof value === 'string' ? value : value?.[0];

const Problem = z.record(z.string(), z.looseObject({ message: z.string(), type: z.string().optional() }));
/** Of what stands before Glance. */
const Bare = z.looseObject({ message: z.string(), title: z.string() });

function readError(text: string): { readonly type: string; readonly message: string } {
  try {
    const document: unknown = JSON.parse(text);
    const bare = Bare.safeParse(document);
    if (bare.success) return { type: bare.data.title, message: plainText(bare.data.message) };
    const [entry] = Object.entries(Problem.parse(document));
    if (entry) return { type: entry[1].type ?? entry[0], message: plainText(entry[1].message) };
  } catch {
    // no JSON, or not of that form: whatever it is, a person may make something of it
  }
  return { type: '', message: plainText(text) };
}

const plainText = (text: string): string =>
  text
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 500);

/** Whether the cloud says that what was named is not there. */
export const isNotFound = (error: unknown): boolean => error instanceof Refusal && error.status === 404;

/** Of a page: whether what it was to follow on is not there. Nova says so with 400, Neutron, Cinder and Glance with 404. */
export const isLostMarker = (error: unknown): boolean =>
  isNotFound(error) || (error instanceof Refusal && error.status === 400 && /marker/i.test(error.message));

/** Whether what is there does not allow it now: in use, in another state, there already. */
export const isConflict = (error: unknown): boolean =>
  error instanceof Refusal && error.status === 409 && !isQuota(error);

/** Whether something else is being done to a machine. Nova says 500 to the later one of two that come together. */
export const isBusy = (error: unknown): boolean =>
  isConflict(error) || (error instanceof Refusal && error.status === 500 && /Unexpected API Error/.test(error.message));

/** Whether the cloud says that something else still uses what is to be removed; Cinder says so with 400. */
export const isInUse = (error: unknown): boolean =>
  isConflict(error) ||
  (error instanceof Refusal && error.status === 400 && /status must be|in-use/i.test(error.message));

/** Nova says it with 403, Neutron with 409, Cinder with 413. */
const isQuota = ({ status, type, message }: Refusal): boolean =>
  type === 'OverQuota' || status === 413 || (status === 403 && /quota|exceeded/i.test(message));

const noAddresses = new Set(['IpAddressGenerationFailure', 'ExternalIpAddressExhausted']);

function saidBy({ status, type, message, request }: Refusal): string {
  const told = [type || `HTTP ${status}`, ...(request === undefined ? [] : [`request ${request}`])].join(', ');
  return `The cloud says: ${message} (${told})`;
}

export function wrongCredentials(refusal: Refusal): ConpaasError {
  const text = 'The cloud does not accept these credentials. Check them, and project, domain and region.';
  return new ConpaasError('unauthenticated', `${text} ${saidBy(refusal)}`);
}

/**
 * What a service refuses to a token that Keystone has only just given: what access rules do not name looks like that.
 * @param action as {@link plainError} has it
 */
export function refusedToken(refusal: Refusal, action: string): ConpaasError {
  const text = `The cloud has let these credentials in, and does not let them do this: ${action}. An application credential with access rules needs all that "conpaas cloud policy openstack" prints, at a cloud whose services know access rules; it may have none.`;
  return new ConpaasError('forbidden', `${text} ${saidBy(refusal)}`);
}

/**
 * The error as ours. It never holds credentials: services do not repeat them, and requests are not quoted.
 * @param action what the user wanted of which service, e.g. `POST /servers of compute`
 */
export function plainError(error: unknown, action: string): unknown {
  if (!(error instanceof Refusal)) return error;
  const { status, type, message } = error;
  const said = saidBy(error);
  if (status === 401) return wrongCredentials(error);
  if (isQuota(error)) {
    const text = `${quotaText(message)} Remove something, or ask the cloud for more.`;
    return new ConpaasError('cloud_failed', `${text} ${said}`, { retry: true });
  }
  if (status === 403) {
    const text = `These credentials may not do this: ${ruleOf(message) ?? action}. The role "member" in the project is what ConPaaS needs.`;
    return new ConpaasError('forbidden', `${text} ${said}`);
  }
  if (status === 406) {
    const text = `This cloud is too old: its compute service must know microversion ${computeVersion} (OpenStack Queens).`;
    return new ConpaasError('cloud_failed', `${text} ${said}`);
  }
  if (status === 429) {
    return new ConpaasError('cloud_failed', `The cloud asks for fewer requests. Try again in a minute. ${said}`, {
      retry: true,
    });
  }
  if (noAddresses.has(type)) {
    return new ConpaasError('cloud_failed', `The network has no address left. Choose another one. ${said}`, {
      retry: true,
    });
  }
  return new ConpaasError('cloud_failed', `The cloud has refused this (${action}). ${said}`, { retry: status >= 500 });
}

/** Of Nova's and Neutron's messages the name of the rule. */
const ruleOf = (message: string): string | undefined =>
  /(os_compute_api:[\w:-]+|volume(?:_extension)?:[\w:-]+|create_\w+|delete_\w+|update_\w+|get_\w+)/.exec(message)?.[1];

/** Nova: "Quota exceeded for cores: …"; Neutron: "… for resources: ['port']."; Cinder: "… for quota 'volumes'." */
function quotaText(message: string): string {
  const what = /exceeded for (?:resources: |quota )?\[?([\w', ]+?)\]?[.:]/.exec(message)?.[1]?.replaceAll("'", '');
  return what === undefined ? "The project's quota is used up." : `The project's quota for ${what} is used up.`;
}
