/**
 * What OpenNebula refuses, and that in plain words. Answers are arrays: whether it went well, the value or a message, and
 * a code. https://docs.opennebula.io/6.10/integration_and_development/system_interfaces/api.html
 */
import { ConpaasError } from '../../contract/errors.ts';

export const codes = {
  authentication: 0x0100,
  authorization: 0x0200,
  noExists: 0x0400,
  action: 0x0800,
  xmlRpc: 0x1000,
  internal: 0x2000,
  allocate: 0x4000,
  locked: 0x8000,
} as const;

/** An answer that is an error, as OpenNebula put it. */
export class Refusal extends Error {
  readonly code: number;
  readonly method: string;

  constructor(method: string, code: number, message: string) {
    super(message.replace(/\s+/g, ' ').trim().slice(0, 500));
    this.method = method;
    this.code = code;
  }
}

export const isNotFound = (error: unknown): boolean => error instanceof Refusal && error.code === codes.noExists;

/** What is there does not allow it now: another state, in use. */
export const isInUse = (error: unknown): boolean =>
  error instanceof Refusal &&
  (error.code === codes.action || error.code === codes.locked || /in use|used by|has VMs|is used/i.test(error.message));

/** The version does not know the method. */
export const isUnknownMethod = (error: unknown): boolean => error instanceof Refusal && error.code === unknownMethod;
/** Of xmlrpc-c. */
const unknownMethod = -506;

/** The error as ours. It never holds credentials: OpenNebula does not repeat them, and requests are not quoted. */
export function plainError(error: unknown): unknown {
  if (!(error instanceof Refusal)) return error;
  const { code, message, method } = error;
  const said = `The cloud says: ${message} (${method}, ${code})`;
  if (code === codes.authentication) {
    const text = 'The cloud does not accept these credentials. Check user and password; a login token may have ended.';
    return new ConpaasError('unauthenticated', `${text} ${said}`);
  }
  const quota = /limit of (\S+) reached for (\S+) quota/.exec(message);
  if (quota) {
    const text = `The quota for ${quota[2]} is used up (${quota[1]}). Remove something, or ask the cloud for more.`;
    return new ConpaasError('cloud_failed', `${text} ${said}`, { retry: true });
  }
  if (code === codes.authorization) {
    const what = /perform ([A-Z_]+ [A-Z_]+)/.exec(message)?.[1] ?? method;
    const text = `The user may not do this: ${what}. "conpaas cloud policy opennebula" prints all that it needs.`;
    return new ConpaasError('forbidden', `${text} ${said}`);
  }
  if (/Cannot get IP\/MAC lease/i.test(message)) {
    const text = 'The network has no address left, or is out of order. Choose another one.';
    return new ConpaasError('cloud_failed', `${text} ${said}`, { retry: true });
  }
  return new ConpaasError('cloud_failed', `The cloud has refused this. ${said}`, { retry: code === codes.locked });
}
