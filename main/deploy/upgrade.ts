/**
 * Brings a director, and after it its managers and agents, to the release that this desktop has with it:
 *
 *     backup         of what the director keeps
 *     programs       brought to its machine; nothing is replaced yet
 *     host           of this computer, where that plays the machines
 *     director       replaced by its host, which puts the one before back unless the new one serves (program-switch.ts)
 *     applications   managers, then agents, one by one: the director's own operation
 *
 * Each step looks at what is there, so an upgrade that was cut short anywhere is simply begun again. The way back is the same
 * in the other direction. Callers are never older than whom they call.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { patienceOf } from '../../remote/core/clouds/index.ts';
import { ConpaasError, toFailure } from '../../remote/core/contract/errors.ts';
import type { OperationId } from '../../remote/core/contract/ids.ts';
import type { Operation } from '../../remote/core/contract/operation.ts';
import { type Program, ProgramState, programFile } from '../../remote/core/contract/release.ts';
import type { Versions } from '../../remote/core/contract/upgrade.ts';
import { compareVersions, directorProgram, hostProgram, type Release } from '../../remote/core/release/index.ts';
import { bringRuntime, mayNeedRuntime } from './bring-runtime.ts';
import type { Deployment } from './deployment.ts';
import type { DirectorClient } from './director.ts';
import type { Further } from './further-clouds.ts';
import type { Step, StepContext } from './progress.ts';
import { directorRequest, processName, reach, type UpContext, vmOf } from './up.ts';

/** For a director to be tried, and to be put back: its host gives it a minute. */
const directorMs = 180_000;
/** For a host to be tried, and to be put back: it has three minutes to serve, and ends twice before it is given up. */
const hostMs = 600_000;

export interface UpgradePlan {
  /** Name of the deployment. */
  readonly deployment: string;
  /** What this desktop would bring; undefined: it has no programs of a release. */
  readonly own: Pick<Release, 'id' | 'version' | 'contract'> | undefined;
  readonly director: { readonly release: string | undefined; readonly version: string; readonly contract: number };
  /**
   * current: all is of our release. available: the director, or something of an application, is not. newer: the director is
   * of a newer version than this desktop.
   */
  readonly state: 'current' | 'available' | 'newer';
  readonly applications: Versions['applications'];
  /** So many managers, agents and hosts of machines are not of our release. */
  readonly behind: number;
  /** Why it cannot be done, and what to do instead. */
  readonly blocked?: string | undefined;
}

/** Compares a director, and what it looks after, with what this desktop has. Nothing is changed. */
export async function comparePrograms(
  deployment: Deployment,
  client: DirectorClient,
  own: Release | undefined,
  signal: AbortSignal,
): Promise<UpgradePlan> {
  const { release, product, version: contract, methods } = await client.call('hello', {}, { signal });
  const canTell = methods.includes('get_versions');
  const told = canTell && Math.abs(contract - (own?.contract ?? contract)) <= 1;
  const { applications } = told ? await client.call('get_versions', {}, { signal }) : { applications: [] };
  const members = applications.flatMap(({ members: all, hosts = [] }) => [...all, ...hosts]);
  const behind = members.filter((one) => one.release !== own?.id).length;
  const isNewer = own !== undefined && compareVersions(product, own.version) > 0;
  // What runs from its sources is of no release, and cannot be compared.
  const isCurrent = release?.endsWith('-source') === true || (release === own?.id && behind === 0);
  const oldest = Math.min(contract, ...members.flatMap((one) => one.contract ?? []));
  return {
    deployment: deployment.name,
    own: own && { id: own.id, version: own.version, contract: own.contract },
    director: { release, version: product, contract },
    state: isNewer ? 'newer' : isCurrent ? 'current' : 'available',
    applications,
    behind,
    blocked: whyNot({ own, isNewer, product, contract, oldest }),
  };
}

function whyNot(found: {
  readonly own: Release | undefined;
  readonly isNewer: boolean;
  readonly product: string;
  readonly contract: number;
  readonly oldest: number;
}): string | undefined {
  const { own, isNewer, product, contract, oldest } = found;
  if (!own) return 'This ConPaaS has no programs of a release. Run: npm run build';
  if (isNewer)
    return `The director is of version ${product}, this ConPaaS of ${own.version}. Install a newer one here.`;
  if (own.contract - contract > 1) {
    return `Version ${product} of the director is too old for this ConPaaS (${own.version}): upgrade it with each version in between first.`;
  }
  if (own.contract - oldest > 1) {
    return `Some managers or agents are too old for version ${own.version}: finish their upgrade with the ConPaaS of the director's version, ${product}, first.`;
  }
  return undefined;
}

export interface UpgradeContext extends UpContext {
  /** Of what the director keeps, before anything is touched. */
  backUp(progress: (text: string) => void, signal: AbortSignal): Promise<void>;
}

/** @throws ConpaasError conflict: it cannot be done */
export function upgradeSteps(context: UpgradeContext, plan: UpgradePlan): Step[] {
  const { cloud, release } = context;
  if (plan.blocked !== undefined || !release)
    throw new ConpaasError('conflict', plan.blocked ?? 'There is no release.');
  const vm = vmOf(context.deployment);
  return [
    {
      name: 'backup',
      title: 'Back up the director',
      run: ({ signal, detail }) => context.backUp(detail, signal),
    },
    {
      name: 'programs',
      title: 'Bring the new programs to its machine',
      async run({ signal }) {
        await cloud.install(vm, release, signal);
        // A further cloud on this computer has a host, and a place for programs, of its own.
        for (const one of ofThisComputer(context)) await one.cloud.install(vm, release, signal);
      },
    },
    ...hostSteps(context, async (attempt) => hostProgram(release, attempt, await cloud.runtimeDigest?.())),
    {
      name: 'director',
      title: `Replace the director with ${release.version}`,
      run: async (step) => {
        const node = await cloud.runtimeDigest?.();
        await switchDirector(context, (attempt) => directorProgram(release, attempt, node), step);
      },
    },
    ...runtimeSteps(context),
    applicationsStep(context, false),
    finishStep(context),
  ];
}

/** Machines of further clouds may have other processors than the director's: their Node comes with the release, too. */
function runtimeSteps(context: UpContext): Step[] {
  const { further = [], directors, runtimeFor } = context;
  const records = further.map(({ record }) => record).filter(mayNeedRuntime);
  if (records.length === 0) return [];
  return [
    {
      name: 'runtimes',
      title: 'Bring the Node for machines of its further clouds',
      async run({ signal, detail }) {
        const client = await directors.director(context.deployment);
        for (const record of records) await bringRuntime(client, record, { runtimeFor, anew: true, signal, detail });
      },
    },
  ];
}

/** What the director ran before what it runs now; undefined: nothing, or nobody knows. */
export async function releaseBefore(context: UpContext, signal: AbortSignal): Promise<string | undefined> {
  return (await readState(context, signal))?.previous;
}

/** The way back: to what the director ran before. @throws ConpaasError conflict: there is none */
export function backSteps(context: UpContext): Step[] {
  let before: string | undefined;
  const previous = (): string => {
    if (before !== undefined) return before;
    throw new ConpaasError('conflict', 'There is nothing to go back to: this director has not been upgraded.');
  };
  return [
    {
      name: 'look',
      title: 'Look what ran before',
      async run({ signal, detail }) {
        before = await releaseBefore(context, signal);
        detail(previous());
      },
    },
    applicationsStep(context, true),
    {
      name: 'director',
      title: 'Put the director back',
      run: (step) => switchDirector(context, (attempt) => ({ release: previous(), files: {}, attempt }), step),
    },
    ...hostSteps(context, async (attempt) => ({ release: previous(), files: {}, attempt })),
    finishStep(context),
  ];
}

/** @param program what the host is to be, as the attempt of that number */
function hostSteps(context: UpContext, program: (attempt: number) => Promise<Program>): Step[] {
  const { cloud } = context;
  if (!cloud.renewHost && !cloud.replaceHost) return [];
  return [
    {
      name: 'host',
      title: 'Replace what keeps its processes running',
      async run({ signal, detail }) {
        const first = await program(1);
        for (const { record, cloud: other } of ofThisComputer(context)) {
          detail(record.name);
          await other.renewHost?.(first.release, signal);
        }
        if (cloud.renewHost) return cloud.renewHost(first.release, signal);
        const vm = vmOf(context.deployment);
        const before = await cloud.hostFacts?.(vm, signal);
        // One that cannot be replaced goes on as it is.
        if (!before) return detail('it stays as it is: it was made before hosts could be replaced');
        const tries = before.failed?.release === first.release ? before.failed.attempt : 0;
        const limit = AbortSignal.any([signal, AbortSignal.timeout(hostMs * (await patienceOf(cloud, signal)))]);
        const wanted = await program(tries + 1);
        const { good, failed } = (await cloud.replaceHost?.(vm, wanted, limit)) ?? {};
        if (good === wanted.release) return;
        const { message = 'It did not say why.', log } = failed?.failure ?? {};
        throw new ConpaasError(
          'engine_failed',
          `The host of ${wanted.release} did not work, and ${good} runs again: ${message} Nothing else was touched.`,
          { retry: true, ...(log && { log }) },
        );
      },
    },
  ];
}

/** Further clouds whose machines this computer plays. What is elsewhere has hosts of its own, which the director replaces. */
function ofThisComputer({ further = [] }: UpContext): readonly Further[] {
  return further.filter(({ cloud }) => cloud.renewHost !== undefined);
}

function finishStep(context: UpContext): Step {
  return {
    name: 'finish',
    title: 'Ask the director',
    async run({ signal, detail }) {
      await reach(context, updating(context), signal, detail);
    },
  };
}

const updating =
  (context: UpContext) =>
  async (change: Partial<Deployment>): Promise<void> => {
    context.deployment = await context.store.update(context.deployment.id, change);
  };

async function readState({ cloud, deployment }: UpContext, signal: AbortSignal): Promise<ProgramState | undefined> {
  await using contact = await cloud.contact(vmOf(deployment), signal);
  const text = await contact.readFile(`${processName}/${programFile}`, signal);
  return text === undefined ? undefined : ProgramState.parse(JSON.parse(text));
}

/** @throws ConpaasError engine_failed: it did not work, and the one before runs again */
async function switchDirector(
  context: UpContext,
  program: (attempt: number) => Program,
  { signal, detail }: StepContext,
): Promise<void> {
  const { cloud, deployment } = context;
  const vm = vmOf(deployment);
  const bootstrap = await directorRequest(context);
  const order = (wanted: Program): Promise<void> =>
    cloud.setProcesses(vm, [{ name: processName, bundle: 'director', bootstrap, program: wanted }], signal);
  const state = await readState(context, signal);
  const { release } = program(1);
  const tries = state?.failed?.release === release ? state.failed.attempt : 0;
  const wanted = program(tries + 1);
  await order(wanted);
  const limit = AbortSignal.any([signal, AbortSignal.timeout(directorMs)]);
  for (let pause = 50; ; pause = Math.min(pause * 1.3, 1000)) {
    const { good, failed } = (await readState(context, limit)) ?? {};
    if (good === release) break;
    if (failed?.release === release && failed.attempt === wanted.attempt) {
      if (good !== undefined) await order({ release: good, files: {}, attempt: 1 });
      await reach(context, updating(context), limit, detail);
      const { failure } = failed;
      throw new ConpaasError(
        'engine_failed',
        `The director of ${release} did not work, and ${good} runs again: ${failure.message} Nothing else was touched.`,
        { retry: true, ...(failure.log && { log: failure.log }) },
      );
    }
    detail('waiting until it serves');
    await delay(pause, undefined, { signal: limit });
  }
  await reach(context, updating(context), limit, detail);
}

/** Has the director do it, and shows its steps as ours. */
function applicationsStep(context: UpContext, back: boolean): Step {
  return {
    name: 'applications',
    title: back
      ? 'Put agents, managers and hosts of machines back, one by one'
      : 'Replace hosts of machines, managers and agents, one by one',
    async run({ signal, detail }) {
      const client = await context.directors.director(context.deployment);
      const { operation } = await client.call('upgrade_applications', { back }, { signal });
      const ended = await follow(client, operation, detail, signal);
      if (ended.state === 'done') return;
      throw ConpaasError.of(ended.failure ?? { code: 'cancelled', message: 'It was cancelled.', retry: true });
    },
  };
}

async function follow(
  client: DirectorClient,
  operation: OperationId,
  detail: (text: string) => void,
  signal: AbortSignal,
): Promise<Operation> {
  for (;;) {
    try {
      const now = await client.call('get_operation', { operation }, { signal });
      if (now.state !== 'running') return now;
      const step = now.steps.find(({ state }) => state === 'running');
      if (step) detail([step.title, step.detail].filter(Boolean).join(': '));
    } catch (error) {
      const { code } = toFailure(error);
      if (signal.aborted) {
        const farewell = AbortSignal.timeout(5000);
        await client.call('cancel_operation', { operation }, { signal: farewell }).catch(() => undefined); // it is away
      }
      if (signal.aborted || (code !== 'unreachable' && code !== 'deadline_exceeded')) throw error;
    }
    await delay(150, undefined, { signal }).catch(() => undefined); // aborted: told above
  }
}
