/** Certificates, users, devices and roots, as users ask for them. */
import { X509Certificate } from 'node:crypto';
import type { directorMethods } from '../core/contract/director.ts';
import type { IssuedCertificate } from '../core/contract/director-processes.ts';
import { ConpaasError, toFailure } from '../core/contract/errors.ts';
import { ApplicationId, type UserName, VmId } from '../core/contract/ids.ts';
import type { Handlers } from '../core/contract/method.ts';
import type { securityMethods } from '../core/contract/security.ts';
import { serialOf } from '../core/identity/index.ts';
import type { Director } from './director.ts';
import { leafLifeMs } from './own-authority.ts';
import { userOf } from './users.ts';

type SecurityHandlers = Pick<Handlers<typeof directorMethods>, keyof typeof securityMethods>;

/** A manager asks all its agents; each of them asks the director, milliseconds. */
const managerMs = 60_000;

export function securityHandlers(director: Director): SecurityHandlers {
  const { authority, certificates, hosts, revocations, users, inventory, managers, deployment } = director;

  const issue = async (name: UserName, csr: string, device: string): Promise<IssuedCertificate> => {
    const issued = await authority.issuer.issue({ kind: 'user', deployment, name }, csr, { lifetimeMs: leafLifeMs });
    await certificates.record(issued.certificate, device);
    return { certificate: issued.certificate, roots: [...authority.issuer.roots], revoked: [...revocations.all()] };
  };
  const revoke = async (serials: readonly string[]): Promise<void> => {
    for (const serial of serials) await revocations.add(serial);
  };

  /** Has a manager renew what is asked for; who could not is named by its identity. */
  const renewAt = async (
    application: ApplicationId,
    which: { own: boolean; vms?: VmId[] },
    signal: AbortSignal,
  ): Promise<{ identity: string; message: string }[]> => {
    const name = inventory.application(application)?.name ?? application;
    try {
      const { failed } = await managers
        .client(application)
        .call('renew_certificates', which, { signal, timeoutMs: managerMs });
      return failed.map(({ vm, message }) => ({
        identity: vm === undefined ? `the manager of ${name}` : `the agent of ${name} on ${vm}`,
        message,
      }));
    } catch (error) {
      signal.throwIfAborted();
      return [{ identity: `the manager of ${name}`, message: toFailure(error).message }];
    }
  };

  const renewAll = async (signal: AbortSignal) => {
    await authority.renewNow();
    const all = inventory.applications().filter(({ deleting }) => !deleting);
    const before = certificates.list().filter(({ state }) => state === 'valid').length;
    const asked = await Promise.all([
      ...all.map(({ id }) => renewAt(id, { own: true }, signal)),
      hosts.renew(hosts.followed(), signal),
    ]);
    const failed = asked.flat();
    return { renewed: Math.max(0, before - failed.length), failed };
  };

  const renewOne = async (serial: string, signal: AbortSignal) => {
    const one = certificates.info(serial);
    if (!one) throw new ConpaasError('not_found', 'There is no such certificate.');
    const application = ApplicationId.safeParse(one.application);
    if (one.kind === 'director') await authority.renewNow();
    else if (one.kind === 'manager' && application.success) {
      const failed = await renewAt(application.data, { own: true, vms: [] }, signal);
      return { renewed: 1 - failed.length, failed };
    } else if (one.kind === 'agent' && application.success) {
      const failed = await renewAt(application.data, { own: false, vms: [VmId.parse(one.vm)] }, signal);
      return { renewed: 1 - failed.length, failed };
    } else if (one.kind === 'host') {
      const failed = await hosts.renew([VmId.parse(one.vm)], signal);
      return { renewed: 1 - failed.length, failed };
    } else {
      throw new ConpaasError(
        'conflict',
        one.kind === 'user'
          ? 'A device renews its certificate itself. Open ConPaaS there.'
          : 'An authority is signed by the desktop that holds the root. Renew it there.',
      );
    }
    return { renewed: 1, failed: [] };
  };

  return {
    list_certificates: async () => certificates.list(),
    get_certificate: async ({ serial }) => {
      const certificate = certificates.pem(serial);
      if (certificate === undefined) throw new ConpaasError('not_found', 'There is no such certificate.');
      return { certificate };
    },
    renew_certificates: async ({ serial }, call) => {
      users.requireOwner(call, 'have certificates renewed');
      return serial === undefined ? renewAll(call.signal) : renewOne(serial, call.signal);
    },
    revoke_certificate: async ({ serial }, call) => {
      const name = userOf(call);
      const one = certificates.info(serial);
      if (!(one?.kind === 'user' && one.user === name)) users.requireOwner(call, 'revoke certificates of others');
      const [presented] = call.presented;
      const serials = certificates.sameKey(serial);
      if (presented !== undefined && serials.includes(serialOf(new X509Certificate(presented)))) {
        throw new ConpaasError('conflict', 'This is the certificate you are using: revoke it from another device.');
      }
      const inUse = [...authority.issuer.roots, authority.issuer.certificate, authority.credentials().certificate];
      if (inUse.some((pem) => serialOf(new X509Certificate(pem)) === serial)) {
        throw new ConpaasError(
          'conflict',
          'The whole deployment works with this certificate. Renew it (or rotate the root) first; then revoke the old one.',
        );
      }
      await revoke(serials);
      return {};
    },
    set_roots: async ({ roots }, call) => {
      users.requireOwner(call, 'change the roots');
      await authority.setRoots(roots);
      return {};
    },
    list_users: async () => users.list(),
    add_user: async ({ name, csr, device }, call) => {
      users.requireOwner(call, 'add users');
      if (users.has(name)) throw new ConpaasError('conflict', `There is a user ${name} already. Choose another name.`);
      const issued = await issue(name, csr, device);
      await users.add(name);
      return issued;
    },
    remove_user: async ({ name }, call) => {
      users.requireOwner(call, 'remove users');
      if (users.isOwner(name)) throw new ConpaasError('conflict', 'The owner cannot be removed.');
      if (!users.has(name)) throw new ConpaasError('not_found', `There is no user ${name}.`);
      // First the user, then the certificates: nothing may be renewed in between.
      await users.remove(name);
      await revoke(certificates.ofUser(name));
      return {};
    },
    add_device: async ({ csr, device }, call) => issue(userOf(call), csr, device),
  };
}
