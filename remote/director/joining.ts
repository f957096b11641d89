/** Join, renew and announce: how managers, agents and hosts get their certificates and tell where they serve. */

import type { IssuedCertificate } from '../core/contract/director-processes.ts';
import { ConpaasError, toFailure } from '../core/contract/errors.ts';
import { formatIdentity, type Identity } from '../core/contract/identity.ts';
import type { DeploymentId, VmId } from '../core/contract/ids.ts';
import type { Call } from '../core/contract/method.ts';
import { redeemToken, requestFingerprint, type TokenStore, verifyForRenewal } from '../core/identity/index.ts';
import type { Journal } from '../core/journal/index.ts';
import type { Certificates } from './certificates.ts';
import type { Inventory } from './inventory.ts';
import { leafLifeMs, type OwnAuthority } from './own-authority.ts';
import { findToken, saveToken, type VmRecord } from './store.ts';
import type { Users } from './users.ts';

export interface JoiningOptions {
  readonly deployment: DeploymentId;
  readonly inventory: Inventory;
  readonly journal: Journal;
  readonly authority: OwnAuthority;
  readonly certificates: Certificates;
  readonly users: Users;
  revoked(): ReadonlySet<string>;
  /** Told after each certificate that was renewed. */
  onRenewed(identity: Identity): void;
  log(line: string): void;
}

export class Joining {
  readonly #options: JoiningOptions;

  constructor(options: JoiningOptions) {
    this.#options = options;
  }

  async join(
    params: { token: string; csr: string; port?: number | undefined },
    call: Call,
  ): Promise<IssuedCertificate> {
    const { authority, inventory, log } = this.#options;
    try {
      const { identity, issued } = await redeemToken({
        token: params.token,
        csr: params.csr,
        store: this.#tokens(),
        issuer: authority.issuer,
        lifetimeMs: leafLifeMs,
        alert: (text, who) => inventory.notice('alert', `${text} (${formatIdentity(who)}, from ${call.from})`),
      });
      await this.#options.certificates.record(issued.certificate);
      if (params.port !== undefined) await this.#serves(identity, params.port);
      return this.#answer(issued.certificate);
    } catch (error) {
      log(`join refused to ${call.from}: ${toFailure(error).message}`);
      throw error;
    }
  }

  async renew(params: { csr: string; port?: number | undefined }, call: Call): Promise<IssuedCertificate> {
    const { authority, deployment, log } = this.#options;
    try {
      const { identity, fingerprint } = verifyForRenewal({
        chain: call.presented,
        roots: authority.issuer.roots,
        intermediates: authority.intermediates(),
        deployment,
        revoked: this.#options.revoked(),
      });
      if ((await requestFingerprint(params.csr)) !== fingerprint) {
        throw new ConpaasError('unauthenticated', 'The request is for another key than the presented certificate.');
      }
      if (!this.#mayRenew(identity)) {
        throw new ConpaasError('forbidden', 'There is no such machine, manager or user any more.');
      }
      const issued = await authority.issuer.issue(identity, params.csr, { lifetimeMs: leafLifeMs });
      await this.#options.certificates.record(issued.certificate, this.#options.certificates.deviceOf(fingerprint));
      if (params.port !== undefined) await this.#serves(identity, params.port);
      this.#options.onRenewed(identity);
      return this.#answer(issued.certificate);
    } catch (error) {
      log(`renewal refused to ${call.from}: ${toFailure(error).message}`);
      throw error;
    }
  }

  async announce(params: { port: number }, call: Call): Promise<Record<string, never>> {
    if (call.caller) await this.#serves(call.caller, params.port);
    return {};
  }

  #answer(certificate: string): IssuedCertificate {
    return { certificate, roots: [...this.#options.authority.issuer.roots], revoked: [...this.#options.revoked()] };
  }

  #mayRenew(identity: Identity): boolean {
    if (identity.kind === 'user') return this.#options.users.has(identity.name);
    return this.#alive(identity) !== undefined;
  }

  /** The VM that a manager, agent or host lives on, as long as it is meant to. */
  #alive(identity: Identity): VmRecord | undefined {
    const { inventory } = this.#options;
    if (identity.kind === 'agent') {
      const vm = inventory.vm(identity.vm);
      return vm?.application === identity.application && vm.state !== 'destroying' ? vm : undefined;
    }
    if (identity.kind === 'host') {
      const vm = inventory.vm(identity.vm);
      return vm?.state === 'destroying' ? undefined : vm;
    }
    if (identity.kind !== 'manager') return undefined;
    if (inventory.application(identity.application)?.epoch !== identity.epoch) return undefined;
    return inventory.vms(identity.application).find((vm) => vm.managers.includes(identity.epoch));
  }

  async #serves(identity: Identity, port: number): Promise<void> {
    const vm = this.#alive(identity);
    if (!vm) return;
    if (identity.kind === 'agent') {
      // An agent may be quicker than the cloud's answer to the request for its machine: who asked completes the record.
      const state = vm.cloudId === undefined ? vm.state : 'joined';
      if (vm.agentPort === port && vm.state === state) return;
      await this.#options.inventory.saveVm(Object.assign(vm, { agentPort: port, state, cause: undefined }));
    } else if (identity.kind === 'manager' && vm.managerPorts[String(identity.epoch)] !== port) {
      vm.managerPorts[String(identity.epoch)] = port;
      await this.#options.inventory.saveVm(vm);
    }
  }

  #tokens(): TokenStore {
    const { journal } = this.#options;
    const change = <T>(hash: string, update: (record: NonNullable<ReturnType<typeof findToken>>) => T): Promise<T> =>
      journal.write((db) => {
        const row = db.prepare('SELECT vm FROM token WHERE hash = ?').get(hash);
        const record = findToken(db, hash);
        if (!record || !row) throw new ConpaasError('unauthenticated', 'This join token has ended.');
        const copy = { ...record };
        const result = update(copy);
        saveToken(db, hash, row['vm'] as VmId, copy);
        return result;
      });
    return {
      find: (hash) => journal.read((db) => findToken(db, hash)),
      bind: (hash, fingerprint) =>
        change(hash, (record) => {
          const mutable = record as { fingerprint?: string | undefined };
          mutable.fingerprint ??= fingerprint;
          return mutable.fingerprint;
        }),
      keep: (hash, issued) =>
        change(hash, (record) => {
          const mutable = record as { issued?: typeof issued | undefined };
          mutable.issued ??= issued;
          return mutable.issued;
        }),
    };
  }
}
