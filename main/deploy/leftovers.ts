/** Finds and removes what a deployment has left over at its cloud: after a crash, a lost record, a forgotten desktop. */
import { type Cloud, createCloud } from '../../remote/core/clouds/index.ts';
import { begunAt, isBuilder } from '../../remote/core/clouds/machines/images.ts';
import { ConpaasError, toFailure } from '../../remote/core/contract/errors.ts';
import { DeploymentId } from '../../remote/core/contract/ids.ts';
import type { CredentialStore } from '../credentials/index.ts';
import type { Deployment, DeploymentStore } from './deployment.ts';
import { answerMs, type Directors } from './director.ts';
import type { Driver } from './opened-clouds.ts';
import { asking, atEach, openAnyhow, type Unreached } from './reaching.ts';
import { type Finding, judge, type Owners } from './sweep.ts';

/** Whose leftovers are looked for. */
export type SweepTarget =
  /** Of a deployment here: id or name; the only one there is where absent. */
  | { readonly deployment: string | undefined }
  /** Of one that no desktop has any more, as the user says. */
  | {
      readonly abandoned: DeploymentId;
      /** Kind of cloud, and id or name of the credential where that needs one. */
      readonly cloud: string;
      readonly credential?: string | undefined;
    };

export interface SweepOptions {
  readonly target: SweepTarget;
  /** How old something unowned must be, milliseconds. */
  readonly afterMs: number;
  readonly signal: AbortSignal;
}

/** Something at one of the deployment's clouds. */
export interface Leftover extends Finding {
  /** Name of the cloud, where that is not the director's own. */
  readonly cloud?: string | undefined;
}

export interface Leftovers {
  readonly deployment: DeploymentId;
  /** All that carries the deployment's tag, cloud by cloud: in this order it can be removed. */
  readonly findings: readonly Leftover[];
  /** Ids of other deployments that have something at this account and are not on record here. They are not touched. */
  readonly others: readonly string[];
  /** Clouds that could not be asked, where it has several: what is there is not known. */
  readonly unreached: readonly Unreached[];
}

export interface Sweeps {
  /** What carries a deployment's tag at its cloud, and who has it. Changes and starts nothing. */
  leftovers(options: SweepOptions): Promise<Leftovers>;
  /**
   * Removes those of `findings` that nobody has when it looks again. What cannot be done at one cloud holds up no other.
   * @returns what was removed, and what could not be, with the reason
   */
  sweep(
    options: SweepOptions & { readonly findings: readonly Leftover[] },
  ): Promise<{ readonly removed: readonly Leftover[]; readonly failed: readonly { id: string; message: string }[] }>;
}

export interface SweepParts {
  readonly store: DeploymentStore;
  readonly credentials: CredentialStore;
  readonly directors: Directors;
  driversOf(deployment: Deployment): readonly Driver[];
  /** By id or name. @throws ConpaasError forbidden: this desktop is a guest there */
  withRoot(deployment: string | undefined): Promise<Deployment>;
  now(): number;
}

interface Named {
  /** Where there are several. */
  readonly name: string;
  readonly isHome: boolean;
  readonly cloud: Cloud;
  /** The same cloud, for another deployment. */
  open(deployment: DeploymentId): Promise<Cloud>;
}

async function close(clouds: readonly Named[]): Promise<void> {
  for (const { cloud } of clouds) await cloud[Symbol.asyncDispose]();
}

export function createSweeps({ store, credentials, directors, driversOf, withRoot, now }: SweepParts): Sweeps {
  /** Opens the clouds of a target, as drivers that make nothing. */
  async function cloudsOf(
    target: SweepTarget,
  ): Promise<{ id: DeploymentId; clouds: Named[]; deployment?: Deployment }> {
    if ('abandoned' in target) {
      const present = (await store.list()).find(({ id }) => id === target.abandoned);
      if (present) {
        throw new ConpaasError('conflict', `${present.name} is not abandoned: it is on record here.`);
      }
      const { cloud: kind, credential } = target;
      const fields = credential === undefined ? {} : (await credentials.get(credential)).fields;
      const open = async (id: DeploymentId): Promise<Cloud> => createCloud(kind, { ...fields, deployment: id });
      const cloud = await open(target.abandoned);
      return { id: target.abandoned, clouds: [{ name: kind, isHome: true, cloud, open }] };
    }
    const deployment = await withRoot(target.deployment);
    const clouds: Named[] = [];
    for (const { name, kind, settings } of driversOf(deployment)) {
      const open = async (id: DeploymentId): Promise<Cloud> =>
        createCloud(kind, { ...(await settings()), deployment: id });
      const { cloud } = await openAnyhow(kind, () => open(deployment.id));
      clouds.push({ name: name ?? kind, isHome: name === undefined, cloud, open });
    }
    return { id: deployment.id, clouds, deployment };
  }

  /** @param cloud whose machines are asked about, by name */
  async function ownersOf(deployment: Deployment, cloud: string, signal: AbortSignal): Promise<Owners> {
    const kind = 'deployment';
    const directorVm = deployment.vm;
    try {
      const client = await directors.director(deployment);
      const limits = { signal, timeoutMs: answerMs };
      const applications = await client.call('list_applications', {}, limits);
      const vms = await client.call('list_vms', {}, limits);
      const records = {
        machines: new Set<string>(vms.filter((vm) => vm.cloud === cloud).map(({ id }) => id)),
        applications: new Map<string, string>(applications.map(({ id, name }) => [id, name])),
      };
      return { kind, directorVm, records };
    } catch {
      signal.throwIfAborted();
      return { kind, directorVm }; // it does not answer: what it would have to say is kept
    }
  }

  async function leftovers({ target, afterMs, signal }: SweepOptions): Promise<Leftovers> {
    const { id, clouds, deployment } = await cloudsOf(target);
    try {
      const findings = new Map<string, readonly Leftover[]>();
      const others = new Set<string>();
      const look = async ({ name, isHome, cloud, open }: Named): Promise<void> => {
        const limited = asking(signal);
        const at = isHome ? {} : { cloud: name };
        // In this order: what is made meanwhile is on record before it is made.
        const things = await cloud.tagged(limited);
        const owners: Owners = deployment ? await ownersOf(deployment, name, signal) : { kind: 'abandoned' };
        const judged = judge(things, { owners, now: now(), afterMs });
        const found: Leftover[] = judged.map((one) => ({ ...one, ...at }));
        const all = await cloud.deployments(limited);
        for (const other of all) if (!isBuilder(other)) others.add(other);
        for (const builder of deployment ? all.filter(isBuilder) : []) {
          await using theirs = await open(DeploymentId.parse(builder));
          const things = (await theirs.tagged(asking(signal))).map((one) => ({
            ...one,
            createdAt: one.createdAt ?? begunAt(builder),
          }));
          const left = judge(things, { owners: { kind: 'image' }, now: now(), afterMs });
          found.push(...left.map((one) => ({ ...one, ...at })));
        }
        findings.set(name, found);
      };
      const [only] = clouds;
      if (only && clouds.length === 1) await look(only);
      const unreached = clouds.length === 1 ? [] : await atEach(clouds, look, signal);
      const here = new Set<string>((await store.list()).map((one) => one.id));
      const strangers = [...others].filter((other) => other !== id && !here.has(other)).sort();
      const found = clouds.flatMap(({ name }) => findings.get(name) ?? []);
      return { deployment: id, findings: found, others: strangers, unreached };
    } finally {
      await close(clouds);
    }
  }

  async function sweep({
    findings: asked,
    ...options
  }: SweepOptions & { readonly findings: readonly Leftover[] }): ReturnType<Sweeps['sweep']> {
    const { findings, unreached } = await leftovers(options);
    const same = (a: Leftover, b: Leftover): boolean => a.kind === b.kind && a.id === b.id && a.cloud === b.cloud;
    const removed: Leftover[] = [];
    const { id, clouds } = await cloudsOf(options.target);
    const at = (one: Leftover): Named | undefined =>
      clouds.find(({ name, isHome }) => one.cloud === name || (isHome && !one.cloud));
    // Away since it was looked at.
    const failed = asked.flatMap((one) => {
      const away = unreached.find(({ cloud }) => cloud === at(one)?.name);
      return away ? [{ id: one.id, message: away.message }] : [];
    });
    try {
      for (const finding of findings) {
        if (!finding.unowned || !asked.some((one) => same(one, finding))) continue;
        try {
          const { deployment } = finding.tags;
          if (deployment === id) await at(finding)?.cloud.removeTagged(finding, options.signal);
          else {
            await using theirs = await at(finding)?.open(DeploymentId.parse(deployment));
            await theirs?.removeTagged(finding, options.signal);
          }
          removed.push(finding);
        } catch (error) {
          options.signal.throwIfAborted();
          failed.push({ id: finding.id, message: toFailure(error).message });
        }
      }
    } finally {
      await close(clouds);
    }
    return { removed, failed };
  }

  return { leftovers, sweep };
}
