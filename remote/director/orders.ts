/** What a machine is told to run: its control processes, each with a token of its own and so with its own identity. */
import { createHmac } from 'node:crypto';
import type { HostProcess } from '../core/contract/host.ts';
import type { Identity } from '../core/contract/identity.ts';
import type { DeploymentId } from '../core/contract/ids.ts';
import type { HostBootstrap } from '../core/contract/machine-host.ts';
import type { Program } from '../core/contract/release.ts';
import { type AgentBootstrap, hashToken, type ManagerBootstrap } from '../core/identity/index.ts';
import type { Journal } from '../core/journal/index.ts';
import { patienceHere } from '../core/supervisor/patience.ts';
import { findToken, saveToken, type VmRecord } from './store.ts';

/** Join tokens live this long from the moment the driver reports the VM running, in milliseconds. */
const tokenLifeMs = 15 * 60_000 * patienceHere();

export interface OrdersOptions {
  readonly deployment: DeploymentId;
  readonly journal: Journal;
  /** Where machines of a cloud reach us. */
  directorAt(cloud: string): { readonly host: string; readonly port: number };
  /** That new machines trust, PEM. */
  roots(): readonly string[];
  /** Key that join tokens are derived from, so that a repeated createVm carries the same token. */
  readonly tokenKey: Buffer;
}

export class Orders {
  readonly #options: OrdersOptions & { isFollowed(vm: VmRecord): boolean };

  /** @param options.isFollowed whether the host of a machine follows its list here, and so joins too */
  constructor(options: OrdersOptions & { isFollowed(vm: VmRecord): boolean }) {
    this.#options = options;
  }

  /** Control processes of a VM, each with its own token and so its own identity. */
  async processes(vm: VmRecord): Promise<HostProcess[]> {
    await this.#save(vm, vm.state === 'creating' ? undefined : Date.now() + tokenLifeMs);
    const { deployment, directorAt, roots } = this.#options;
    const application = vm.application;
    if (application === undefined) throw new Error(`VM ${vm.id} belongs to no application`);
    const { host, port } = directorAt(vm.cloud);
    const common = { deployment, vm: vm.id, application, director: { host, port }, roots: [...roots()] };
    const agent: Omit<AgentBootstrap, 'address'> = { kind: 'agent', ...common, token: this.#token(vm.id, 'agent') };
    const processes: HostProcess[] = vm.managers.map((epoch) => {
      const manager: Omit<ManagerBootstrap, 'address'> = {
        kind: 'manager',
        ...common,
        epoch,
        token: this.#token(vm.id, `manager-${epoch}`),
      };
      return { name: `manager-${epoch}`, bundle: 'manager', bootstrap: manager, ...runs(vm.programs?.manager) };
    });
    return [...processes, { name: 'agent', bundle: 'agent', bootstrap: agent, ...runs(vm.programs?.agent) }];
  }

  /** Its token was saved with those of the processes. */
  hostBootstrap(vm: VmRecord): HostBootstrap {
    const { deployment, directorAt, roots } = this.#options;
    const { host, port } = directorAt(vm.cloud);
    const token = this.#token(vm.id, 'host');
    return { kind: 'host', deployment, vm: vm.id, director: { host, port }, roots: [...roots()], token };
  }

  #token(vm: string, process: string): string {
    return createHmac('sha256', this.#options.tokenKey).update(`${vm}/${process}`).digest('base64url');
  }

  async #save(vm: VmRecord, expiresAt: number | undefined): Promise<void> {
    const { deployment, journal } = this.#options;
    const application = vm.application;
    if (application === undefined) return;
    const tokens: [string, Identity][] = [
      [this.#token(vm.id, 'agent'), { kind: 'agent', deployment, application, vm: vm.id }],
      ...vm.managers.map((epoch): [string, Identity] => [
        this.#token(vm.id, `manager-${epoch}`),
        { kind: 'manager', deployment, application, epoch },
      ]),
    ];
    if (this.#options.isFollowed(vm))
      tokens.push([this.#token(vm.id, 'host'), { kind: 'host', deployment, vm: vm.id }]);
    await journal.write((db) => {
      for (const [token, identity] of tokens) {
        const before = findToken(db, hashToken(token));
        // A token that is bound to a key keeps its end; one that nobody has used yet starts its life anew.
        const end = before?.fingerprint === undefined ? (expiresAt ?? before?.expiresAt) : before.expiresAt;
        saveToken(db, hashToken(token), vm.id, { ...before, identity, expiresAt: end });
      }
    });
  }

  /** Tokens of a machine that were not used yet live from now on. */
  startTokens(vm: VmRecord): Promise<void> {
    return this.#save(vm, Date.now() + tokenLifeMs);
  }
}

const runs = (program: Program | undefined): Pick<HostProcess, 'program'> => (program ? { program } : {});
