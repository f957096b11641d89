/**
 * Who may call what. Deny by default: a call is allowed only where one of the kinds of caller that the method lists
 * (documented at `Caller` in contract/method.ts) is what this caller is, to this process.
 */
import { ConpaasError } from '../contract/errors.ts';
import type { Identity } from '../contract/identity.ts';
import { type ApplicationId, type DeploymentId, UserName, type VmId } from '../contract/ids.ts';
import type { Caller, Method } from '../contract/method.ts';

/** The serving process. */
export interface Self {
  readonly role: 'director' | 'manager' | 'agent';
  readonly deployment: DeploymentId;
  /** Of a manager or agent. */
  readonly application?: ApplicationId;
  /** On an agent: the highest epoch of its manager that it has seen or heard of. */
  readonly newestEpoch?: () => number | undefined;
}

export interface CallToAuthorize {
  readonly identity: Identity | undefined;
  readonly name: string;
  readonly method: Method;
  /** The user that the peer says it acts for. */
  readonly user: string | undefined;
  /** On the director: the newest epoch of an application; undefined: there is no such application. */
  readonly newestEpochOf?: (application: ApplicationId) => number | undefined;
  /** On the director: whether a machine is one of the deployment's. */
  readonly hasMachine?: (vm: VmId) => boolean;
}

/** Methods whose caller may have no valid certificate: it is what they are for (`get_program`: machines before they join). */
const openMethods: ReadonlySet<string> = new Set(['join', 'renew', 'get_program']);

/**
 * Returns where the call is allowed.
 * @throws ConpaasError unauthenticated (no valid certificate), superseded (a manager that was replaced), forbidden
 */
export function authorize(self: Self, call: CallToAuthorize): void {
  const { identity, method } = call;
  if (self.role === 'director' && openMethods.has(call.name) && method.callers.includes('anyone')) return;
  if (!identity) {
    throw new ConpaasError('unauthenticated', 'This needs a valid certificate of the deployment, and none was shown.');
  }
  const caller = callerOf(self, call, identity);
  if (caller === undefined || !method.callers.includes(caller)) {
    throw new ConpaasError('forbidden', `${personOf(identity)} may not call ${call.name} of this ${self.role}.`);
  }
}

/** What an identity is to this process; undefined: nothing. @throws ConpaasError superseded */
function callerOf(self: Self, call: CallToAuthorize, identity: Identity): Caller | undefined {
  if (identity.deployment !== self.deployment) return undefined;
  switch (self.role) {
    case 'director':
      return callerOfDirector(call, identity);
    case 'manager':
      // Users reach a manager through its director, whose word for who they are is the only one that counts.
      if (identity.kind !== 'director') return undefined;
      if (call.user === undefined) return 'director';
      return UserName.safeParse(call.user).success ? 'user' : undefined;
    case 'agent':
      if (identity.kind !== 'manager' || call.user !== undefined) return undefined;
      if (identity.application !== self.application) return undefined;
      refuseSuperseded(identity.epoch, self.newestEpoch?.());
      return 'manager';
  }
}

function callerOfDirector(call: CallToAuthorize, identity: Identity): Caller | undefined {
  // Nobody speaks for somebody else to a director.
  if (call.user !== undefined) return undefined;
  if (identity.kind === 'user' || identity.kind === 'director') return identity.kind;
  if (identity.kind === 'host') return call.hasMachine?.(identity.vm) === true ? 'host' : undefined;
  const newest = call.newestEpochOf?.(identity.application);
  if (newest === undefined) return undefined;
  if (identity.kind === 'manager') refuseSuperseded(identity.epoch, newest);
  return identity.kind;
}

function refuseSuperseded(epoch: number, newest: number | undefined): void {
  if (newest !== undefined && epoch < newest) {
    throw new ConpaasError(
      'superseded',
      `A newer manager (epoch ${newest}) has taken over this application; the one with epoch ${epoch} must stop.`,
    );
  }
}

function personOf(identity: Identity): string {
  switch (identity.kind) {
    case 'user':
      return `The user ${identity.name} of ${identity.deployment}`;
    case 'director':
      return `The director of ${identity.deployment}`;
    case 'host':
      return `The host of machine ${identity.vm} of ${identity.deployment}`;
    default:
      return `A ${identity.kind} of application ${identity.application} of ${identity.deployment}`;
  }
}
