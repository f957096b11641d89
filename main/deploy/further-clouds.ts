/**
 * Further clouds of a deployment: on record here before its director knows of them, so that whatever is made there is found
 * again when the deployment is started, stopped or destroyed.
 */
import { rm } from 'node:fs/promises';
import { type Cloud, cloudKind, refuseSettings } from '../../remote/core/clouds/index.ts';
import { ConpaasError, toFailure } from '../../remote/core/contract/errors.ts';
import { CloudName, FurtherCloud } from '../../remote/core/contract/further-clouds.ts';
import { type CredentialStore, refuseSecrets } from '../credentials/index.ts';
import { bringRuntime } from './bring-runtime.ts';
import { type Deployment, type DeploymentStore, type FurtherPlace, nothingLent } from './deployment.ts';
import type { DirectorClient, Directors } from './director.ts';
import { type LentAccess, lend } from './lend.ts';
import type { Lender } from './lending.ts';
import type { Step } from './progress.ts';
import { asking, atEach, listed, powering } from './reaching.ts';
import type { UpContext } from './up.ts';

/** One of them, opened. */
export interface Further {
  readonly record: FurtherPlace;
  readonly cloud: Cloud;
  /** What the director is to have for it; undefined: it wants nothing. */
  readonly access: LentAccess | undefined;
  /** Why it cannot be opened from here, where that is so: each call of it says so, too. */
  readonly problem?: string | undefined;
}

export interface AddCloudOptions {
  /** Id or name; the only one there is where absent. */
  readonly deployment?: string | undefined;
  /** What it is called from now on. */
  readonly name: string;
  readonly kind: string;
  /** Id or name of the credential in the vault, for a kind that needs one. */
  readonly credential?: string | undefined;
  /** Id or name of the one that the director is lent, or `nothing`; the same where absent. */
  readonly lent?: string | undefined;
  readonly settings?: Record<string, unknown> | undefined;
  /** Whether its machines and those of the director's cloud reach each other by their addresses. */
  readonly connected?: boolean | undefined;
  /** Host by which machines there reach the director; by which this desktop does where absent. */
  readonly director?: string | undefined;
  readonly signal: AbortSignal;
}

export interface RemoveCloudOptions {
  readonly deployment?: string | undefined;
  readonly name: string;
  readonly signal: AbortSignal;
}

export interface FurtherClouds {
  /**
   * Has the director drive a further cloud, or one that it has in another way. Idempotent.
   * @throws ConpaasError what director and cloud say; forbidden: this desktop is a guest there
   */
  addCloud(options: AddCloudOptions): Promise<FurtherPlace>;
  /** Has the director forget one. Idempotent. @throws ConpaasError conflict: something is on it; not_found */
  removeCloud(options: RemoveCloudOptions): Promise<void>;
}

export interface FurtherParts extends Pick<UpContext, 'runtimeFor'> {
  readonly store: DeploymentStore;
  readonly directors: Directors;
  readonly credentials: CredentialStore;
  readonly lender: Lender;
  /** One whose director answers, and whose root is here. */
  awakeWithRoot(deployment: string | undefined, signal: AbortSignal): Promise<Deployment>;
  /** @throws ConpaasError conflict: what the deployment has on another of its clouds is there, too */
  refuseSamePlace(deployment: Deployment, place: FurtherPlace, signal: AbortSignal): Promise<void>;
  /** Directory of a cloud on this computer, if it is one. */
  directoryOf(deployment: Deployment, place: FurtherPlace): string | undefined;
}

export function createFurtherClouds(parts: FurtherParts): FurtherClouds {
  const { store, directors, credentials, lender, awakeWithRoot, refuseSamePlace, directoryOf, runtimeFor } = parts;

  async function placeOf(deployment: Deployment, options: AddCloudOptions): Promise<FurtherPlace> {
    const { kind, credential, lent, settings, connected = false, director } = options;
    const name = CloudName.safeParse(options.name);
    if (!name.success) {
      throw new ConpaasError(
        'invalid_request',
        `${JSON.stringify(options.name)} is no name for a cloud. ${name.error.issues[0]?.message ?? ''}.`,
      );
    }
    refuseSecrets(kind, settings);
    if (settings !== undefined) refuseSettings(kind, settings);
    const known = deployment.clouds?.find((one) => one.name === name.data);
    if (name.data === deployment.cloud.kind || (known && known.kind !== kind)) {
      throw new ConpaasError('conflict', `There is a cloud "${name.data}" already. Choose another name.`);
    }
    if (cloudKind(kind)?.credentials && credential === undefined) {
      const advice = `conpaas director cloud add ${name.data} --on CREDENTIAL`;
      throw new ConpaasError(
        'invalid_request',
        `A cloud of the kind ${kind} needs a credential. Say which: ${advice}. A new one is entered with: conpaas cloud add CREDENTIAL ${kind}`,
      );
    }
    const asked = cloudKind(kind)?.furtherByDesktop ? nothingLent : lent;
    // Two parts of one computer always reach each other.
    const isHere = cloudKind(kind)?.onComputer === true;
    return {
      ...{ name: name.data, kind, connected: isHere || connected },
      ...(credential === undefined ? {} : { credential: (await credentials.get(credential)).id }),
      ...(asked === undefined ? {} : { lent: await lender.lentOf(kind, asked) }),
      ...(settings === undefined ? {} : { settings }),
      ...(director === undefined || isHere ? {} : { director }),
    };
  }

  const without = ({ clouds = [] }: Deployment, name: string): FurtherPlace[] =>
    clouds.filter((one) => one.name !== name);

  return {
    async addCloud({ signal, ...options }) {
      const deployment = await awakeWithRoot(options.deployment, signal);
      const place = await placeOf(deployment, { ...options, signal });
      const before = deployment.clouds?.find(({ name }) => name === place.name);
      if (!before) await refuseSamePlace(deployment, place, signal);
      const others = without(deployment, place.name);
      const recorded = await store.update(deployment.id, { clouds: [...others, place] });
      try {
        const client = await directors.director(recorded);
        await bringRuntime(client, place, { runtimeFor, anew: false, signal });
        await tell(recorded, { record: place, access: await lender.accessOf(place) }, client, { anew: true, signal });
      } catch (error) {
        if (!before) await giveUp(recorded, place);
        throw error;
      }
      await lender.serve(await store.find(deployment.id));
      return place;
    },
    async removeCloud({ deployment: idOrName, name, signal }) {
      const deployment = await awakeWithRoot(idOrName, signal);
      const place = deployment.clouds?.find((one) => one.name === name);
      const client = await directors.director(deployment);
      const known = await client.call('list_clouds', {}, { signal });
      if (!place && !known.some((one) => one.name === name)) {
        const names = known.map((one) => one.name).join(', ');
        throw new ConpaasError('not_found', `There is no cloud "${name}" at ${deployment.name}. There is: ${names}.`);
      }
      await client.call('remove_cloud', { name: CloudName.parse(name) }, { signal });
      if (place) await forget(deployment, place);
    },
  };

  async function forget(deployment: Deployment, place: FurtherPlace): Promise<void> {
    const directory = directoryOf(deployment, place);
    if (directory !== undefined) await rm(directory, { recursive: true, force: true, maxRetries: 5 });
    const now = await store.find(deployment.id);
    await lender.serve(await store.update(deployment.id, { clouds: without(now, place.name) }));
  }

  /** Of one that was not taken. Where the director may have it all the same, it stays on record: `destroy` looks there. */
  async function giveUp(deployment: Deployment, place: FurtherPlace): Promise<void> {
    try {
      const client = await directors.director(deployment);
      await client.call('remove_cloud', { name: CloudName.parse(place.name) }, { timeoutMs: 30_000 });
      await forget(deployment, place);
    } catch (error) {
      if (toFailure(error).code === 'not_found') await forget(deployment, place);
    }
  }
}

/**
 * Tells a director of a further cloud, and gives it what it is to have for it.
 * @param how.anew also where it has something already
 */
async function tell(
  deployment: Deployment,
  { record, access }: Pick<Further, 'record' | 'access'>,
  client: DirectorClient,
  { anew, signal }: { readonly anew: boolean; readonly signal: AbortSignal },
): Promise<void> {
  const { name, kind, settings, connected } = record;
  // Where both are in one network, the address that it knows itself by is the one that counts.
  const director = record.director ?? (connected ? undefined : deployment.director?.host);
  const params = FurtherCloud.parse({
    ...{ name, kind, settings: settings ?? {}, connected, lent: access !== undefined },
    ...(director === undefined ? {} : { director }),
  });
  await client.call('add_cloud', params, { signal });
  if (!access) return;
  const present = (await client.call('get_cloud_access', {}, { signal })).find(({ cloud }) => cloud === name);
  if (anew || present?.access === 'none') await lend(client, name, access, signal);
}

/** None where a deployment has one cloud. */
export function furtherSteps(context: FurtherContext): Step[] {
  if (!context.further?.length) return [];
  return [
    {
      name: 'clouds',
      title: 'Start what is on its further clouds',
      run: ({ signal, detail }) => startFurther(context, signal, detail),
    },
  ];
}

export interface FurtherContext extends Pick<UpContext, 'store' | 'directors' | 'further' | 'runtimeFor'> {
  deployment: Deployment;
}

/**
 * Starts what is on each, and tells the director of it. One that is away holds nobody up: that is on record, and `up` tries again.
 */
async function startFurther(
  context: FurtherContext,
  signal: AbortSignal,
  detail: (text: string) => void,
): Promise<void> {
  const { store, directors, further = [], runtimeFor } = context;
  const named = further.map((one) => ({ ...one, name: one.record.name }));
  detail(named.map(({ name }) => name).join(', '));
  const unreached = await atEach(
    named,
    async (one) => {
      const started = await atEach([one], ({ cloud }) => cloud.power(true, powering(signal)), signal);
      // What cannot be opened here the director may have all the same: it is not told anything that is not known.
      if (one.problem === undefined) {
        const client = await directors.director(context.deployment);
        await bringRuntime(client, one.record, { runtimeFor, anew: false, signal, detail });
        await tell(context.deployment, one, client, { anew: false, signal: asking(signal) });
      }
      if (started[0]) throw new ConpaasError('cloud_failed', started[0].message);
    },
    signal,
  );
  if (unreached.length > 0) detail(`not reached: ${listed(unreached)}`);
  const { id } = context.deployment;
  const { clouds = [] } = await store.find(id);
  context.deployment = await store.update(id, {
    clouds: clouds.map(({ missed: _before, ...place }) => {
      const missed = unreached.find(({ cloud }) => cloud === place.name)?.message;
      return missed === undefined ? place : { ...place, missed };
    }),
  });
}

/** Clouds of which the last start could not be sure, for a person; absent: there is none. */
export function missedAt({ name, clouds = [] }: Deployment): string | undefined {
  const unreached = clouds.flatMap(({ name: cloud, missed }) =>
    missed === undefined ? [] : [{ cloud, message: missed }],
  );
  if (unreached.length === 0) return undefined;
  return `Not reached: ${listed(unreached)}. What is there may not run; ${name} goes on without. When that is mended, run: conpaas up`;
}

export interface ForgettingContext extends Omit<FurtherContext, 'runtimeFor'> {
  /** Directory of a cloud on this computer, if it is one. */
  directoryOf(place: Pick<FurtherPlace, 'name' | 'kind'>): string | undefined;
}

/** Has the director forget clouds that are not on record here: of a backup from before they were removed. */
export function forgottenSteps(context: ForgettingContext): Step[] {
  return [
    {
      name: 'forgotten',
      title: 'Forget the clouds that were removed since',
      async run({ signal, detail }) {
        const { deployment, directors } = context;
        const client = await directors.director(deployment);
        const known = new Set(deployment.clouds?.map(({ name }) => name));
        for (const cloud of await client.call('list_clouds', {}, { signal })) {
          if (cloud.default || known.has(cloud.name)) continue;
          detail(cloud.name);
          try {
            await client.call('remove_cloud', { name: CloudName.parse(cloud.name) }, { signal });
            // The director has looked what is on it: that has started its host.
            const directory = context.directoryOf(cloud);
            if (directory !== undefined) await rm(directory, { recursive: true, force: true, maxRetries: 5 });
          } catch (error) {
            // What is on it, or keeps it from being reached, the user sees in its list.
            signal.throwIfAborted();
            detail(`${cloud.name} stays: ${toFailure(error).message}`);
          }
        }
      },
    },
  ];
}
