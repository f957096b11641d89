/**
 * Brings the hosts of machines, managers, then agents, to the director's release, or back, one by one: what should run is on record, hosts make it
 * so and go back by themselves where it does not work (`remote/host/program-switch.ts`), and each process tells what came of
 * it. The first that does not work ends the operation; its record goes back to what it runs, and nothing after it is touched.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { ConpaasError, toFailure } from '../../core/contract/errors.ts';
import type { ApplicationId } from '../../core/contract/ids.ts';
import type { Program } from '../../core/contract/release.ts';
import { waitFor } from '../../core/events/index.ts';
import type { OperationKind, Step, StepContext } from '../../core/operations/index.ts';
import { ownRelease } from '../../core/release/index.ts';
import type { Inventory } from '../inventory.ts';
import type { Machines } from '../machines.ts';
import type { Managers } from '../managers.ts';
import type { VmRecord } from '../store.ts';
import { machinesOf } from './members.ts';
import type { MemberRole, OwnPrograms } from './own-programs.ts';

export interface UpgradeParams {
  readonly back: boolean;
  readonly applications: readonly { readonly id: ApplicationId; readonly name: string }[];
}

export interface UpgradeParts {
  readonly inventory: Inventory;
  readonly machines: Pick<Machines, 'setProgram' | 'replacesHost' | 'otherNode'>;
  readonly managers: Pick<Managers, 'ready' | 'client'>;
  readonly ownPrograms: OwnPrograms | undefined;
}

/** For one process: its files have to come, it has to start, and to go back if it does not. */
const memberMs = 12 * 60_000;
/** For a manager to have an agent back that was started anew. */
const connectedMs = 60_000;

export function upgradeKind(parts: UpgradeParts): OperationKind<UpgradeParams> {
  return {
    kind: 'upgrade',
    title: ({ back }) => (back ? 'Put managers and agents back' : 'Upgrade managers and agents'),
    target: () => ({}),
    steps: ({ back, applications }) => {
      const hosts = applications.map(
        ({ id, name }): Step<UpgradeParams> => ({
          name: `hosts ${id}`,
          title: `What keeps the processes of ${name} running`,
          run: (context) => upgradeHosts(parts, { id, name }, context),
        }),
      );
      const managers = applications.map(
        ({ id, name }): Step<UpgradeParams> => ({
          name: `manager ${id}`,
          title: `The manager of ${name}`,
          run: (context) => upgradeManager(parts, { id, name }, context),
        }),
      );
      const agents = applications.map(
        ({ id, name }): Step<UpgradeParams> => ({
          name: `agents ${id}`,
          title: `The agents of ${name}`,
          run: (context) => upgradeAgents(parts, { id, name }, context),
        }),
      );
      // Whoever calls is never older than who is called.
      return back ? [...agents, ...managers, ...hosts] : [...hosts, ...managers, ...agents];
    },
    deadlineMs: 4 * 3600_000,
    queue: () => 'upgrade',
  };
}

type Target = UpgradeParams['applications'][number];

async function upgradeHosts(parts: UpgradeParts, target: Target, context: StepContext<UpgradeParams>): Promise<void> {
  const record = parts.inventory.application(target.id);
  const own = record ? machinesOf(parts.inventory, record).filter((vm) => parts.machines.replacesHost(vm)) : [];
  // What a machine was made with before hosts could be replaced does not know how.
  const machines = own.filter(({ programs }) => programs?.host !== undefined);
  if (machines.length === 0) return context.update(1, 'its machines have none of their own');
  for (const [index, vm] of machines.entries()) {
    const where = vm.address ?? vm.id;
    context.update(index / machines.length, `${index + 1} of ${machines.length}: ${where}`);
    await bring(parts, vm, 'host', `The host of ${where}`, context);
  }
}

async function upgradeManager(parts: UpgradeParts, target: Target, context: StepContext<UpgradeParams>): Promise<void> {
  const record = parts.inventory.application(target.id);
  const vm = record && machinesOf(parts.inventory, record).find(({ managers }) => managers.includes(record.epoch));
  if (!vm) return context.update(1, 'it has none now');
  await bring(parts, vm, 'manager', `The manager of ${target.name}`, context);
  await parts.managers.ready(target.id, context.signal);
}

async function upgradeAgents(parts: UpgradeParts, target: Target, context: StepContext<UpgradeParams>): Promise<void> {
  const record = parts.inventory.application(target.id);
  if (!record) return context.update(1, 'it has been deleted');
  const machines = machinesOf(parts.inventory, record);
  for (const [index, vm] of machines.entries()) {
    const where = vm.address ?? vm.id;
    context.update(index / machines.length, `${index + 1} of ${machines.length}: ${where}`);
    const what = `The agent of ${target.name} on ${where}`;
    const release = await bring(parts, vm, 'agent', what, context);
    if (release !== undefined) await untilConnected(parts, vm, release, what, context);
  }
}

/** @returns what it runs now; undefined: nothing was to be done @throws ConpaasError as its host tells, once it is back */
async function bring(
  parts: UpgradeParts,
  vm: VmRecord,
  role: MemberRole,
  what: string,
  { params, signal }: StepContext<UpgradeParams>,
): Promise<string | undefined> {
  const { inventory, machines } = parts;
  const before = vm.programs?.[role];
  const wanted = await target(parts, vm, role, params.back);
  if (!wanted) return undefined;
  const told = () => inventory.vm(vm.id)?.told?.[role];
  const isThere = () => told()?.release === wanted.release && told()?.good === wanted.release;
  const failedBefore = told()?.failed;
  const tries = failedBefore?.release === wanted.release ? failedBefore.attempt : 0;
  // Set by a life of ours before this one, which may have died before it told the host: that is told again, and tries once.
  const isSet = before?.release === wanted.release && before.attempt > tries;
  const program: Program = { ...wanted, attempt: isSet ? before.attempt : tries + 1 };
  if (!isThere()) await machines.setProgram(vm, role, program, signal);
  const verdict = () => {
    if (!inventory.vm(vm.id)) return 'gone';
    if (isThere()) return 'good';
    const failed = told()?.failed;
    return failed?.release === program.release && failed.attempt === program.attempt ? failed.failure : undefined;
  };
  const limit = AbortSignal.timeout(memberMs);
  const found = await waitFor(inventory.changed, verdict, AbortSignal.any([signal, limit])).catch((error: unknown) => {
    if (signal.aborted || !limit.aborted) throw error;
    return toFailure(new ConpaasError('deadline_exceeded', 'Its machine did not say what came of it.'));
  });
  if (found === 'gone') return undefined;
  if (found === 'good') return program.release;
  const runs = told()?.good ?? vm.programs?.[`${role}Before`]?.release;
  if (runs !== undefined) await machines.setProgram(vm, role, { release: runs, files: {}, attempt: 1 }, signal);
  const advice = params.back
    ? 'Try again with: conpaas director upgrade --back'
    : 'Nothing after it was touched. Go on with: conpaas director upgrade. Or go back with: conpaas director upgrade --back';
  throw new ConpaasError(
    'engine_failed',
    `${what} did not work with ${program.release} and runs ${runs ?? 'what it ran'} again: ${found.message} ${advice}`,
    { retry: true, ...(found.log && { log: found.log }), cause: found },
  );
}

/** What a member should run; undefined: it is left as it is. */
async function target(
  { ownPrograms, machines }: UpgradeParts,
  vm: VmRecord,
  role: MemberRole,
  back: boolean,
): Promise<Program | undefined> {
  if (!back) return ownPrograms?.complete(role, await machines.otherNode(vm));
  const { programs } = vm;
  return programs?.[role]?.release === ownRelease ? programs[`${role}Before`] : undefined;
}

/** Until the manager has the agent back, with all its nodes. */
async function untilConnected(
  { managers }: UpgradeParts,
  vm: VmRecord,
  release: string,
  what: string,
  { signal }: StepContext<UpgradeParams>,
): Promise<void> {
  const { application } = vm;
  if (application === undefined) return;
  const limit = AbortSignal.any([signal, AbortSignal.timeout(connectedMs)]);
  for (;;) {
    try {
      const agents = await managers.client(application).call('check_agents', {}, { signal: limit });
      const found = agents.find((one) => one.vm === vm.id);
      if (found?.connected && found.release === release) return;
    } catch (error) {
      signal.throwIfAborted();
      const { code } = toFailure(error);
      // A manager of before does not know how: the agent has told that it serves.
      if (code === 'unknown_method') return;
      if (!limit.aborted && code !== 'unreachable' && code !== 'deadline_exceeded') throw error;
      if (limit.aborted) {
        throw new ConpaasError('deadline_exceeded', `${what} serves, but its manager does not reach it.`, {
          retry: true,
        });
      }
    }
    await delay(100, undefined, { signal: limit }).catch(() => signal.throwIfAborted());
  }
}
