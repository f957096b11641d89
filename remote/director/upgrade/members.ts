/** What is known of the managers and agents of a deployment: which release each runs, as it told itself. */
import { ConpaasError } from '../../core/contract/errors.ts';
import type { Identity } from '../../core/contract/identity.ts';
import { contractVersion } from '../../core/contract/method.ts';
import type { FailedProgram } from '../../core/contract/release.ts';
import type { Member, Versions } from '../../core/contract/upgrade.ts';
import { ownRelease, productVersion } from '../../core/release/index.ts';
import type { Inventory } from '../inventory.ts';
import type { ApplicationRecord, VmRecord } from '../store.ts';
import type { MemberRole } from './own-programs.ts';

/** As a process tells it. */
export interface Told {
  readonly release: string;
  readonly version: string;
  readonly contract: number;
  readonly good?: string | undefined;
  readonly failed?: FailedProgram | undefined;
}

/** Keeps what a manager or agent tells of itself. */
export async function keepTold(inventory: Inventory, caller: Identity | undefined, told: Told): Promise<void> {
  const found = memberOf(inventory, caller);
  if (!found)
    throw new ConpaasError('forbidden', 'Only a manager, an agent or a host of this deployment may tell this.');
  const { vm, role } = found;
  if (JSON.stringify(vm.told?.[role]) === JSON.stringify(told)) return;
  await inventory.saveVm(Object.assign(vm, { told: { ...vm.told, [role]: told } }));
}

function memberOf(inventory: Inventory, caller: Identity | undefined): { vm: VmRecord; role: MemberRole } | undefined {
  if (caller?.kind === 'agent') {
    const vm = inventory.vm(caller.vm);
    return vm?.application === caller.application ? { vm, role: 'agent' } : undefined;
  }
  if (caller?.kind === 'host') {
    const vm = inventory.vm(caller.vm);
    return vm && { vm, role: 'host' };
  }
  if (caller?.kind !== 'manager') return undefined;
  const vm = inventory.vms(caller.application).find(({ managers }) => managers.includes(caller.epoch));
  return vm && { vm, role: 'manager' };
}

/** Machines of an application that have members to speak of: the manager's first. */
export function machinesOf(inventory: Inventory, { id }: Pick<ApplicationRecord, 'id'>): VmRecord[] {
  const living = inventory.vms(id).filter(({ state }) => state === 'running' || state === 'joined');
  return living.sort((a, b) => b.managers.length - a.managers.length || a.createdAt - b.createdAt);
}

export function versions(inventory: Inventory): Versions {
  const applications = inventory.applications().map((record) => ({
    id: record.id,
    name: record.name,
    members: machinesOf(inventory, record).flatMap((vm) => [
      ...(vm.managers.includes(record.epoch) ? [memberFacts(vm, 'manager')] : []),
      memberFacts(vm, 'agent'),
    ]),
    hosts: machinesOf(inventory, record)
      .filter(({ programs }) => programs?.host !== undefined)
      .map(hostFacts),
  }));
  const all = applications.flatMap(({ members, hosts }) => [...members, ...hosts]);
  return {
    director: { release: ownRelease, version: productVersion, contract: contractVersion },
    applications,
    behind: all.filter(({ release }) => release !== ownRelease).length,
  };
}

function memberFacts(vm: VmRecord, role: Member['role']): Member {
  return { role, ...factsOf(vm, role) };
}

/** One that has said nothing yet is what its machine was made with. */
function hostFacts(vm: VmRecord): Omit<Member, 'role'> {
  const facts = factsOf(vm, 'host');
  return { ...facts, release: facts.release ?? facts.wanted };
}

function factsOf(vm: VmRecord, role: MemberRole): Omit<Member, 'role'> {
  const told = vm.told?.[role];
  const wanted = vm.programs?.[role]?.release;
  const failure = told?.failed?.failure;
  return {
    ...{ vm: vm.id, address: vm.address },
    ...(told && { release: told.release, version: told.version, contract: told.contract }),
    ...(wanted !== undefined && { wanted }),
    ...(failure && { failure }),
  };
}
