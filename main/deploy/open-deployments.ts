/** The deployments of one desktop, as window and command open them: over its list, its keys and its credentials. */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { patienceOf, usualKind } from '../../remote/core/clouds/index.ts';
import { ConpaasError, toFailure } from '../../remote/core/contract/errors.ts';
import type { DeploymentId } from '../../remote/core/contract/ids.ts';
import type { Architecture } from '../../remote/core/contract/runtimes.ts';
import { readRelease } from '../../remote/core/release/index.ts';
import { openCredentialStore, refuseSecrets } from '../credentials/index.ts';
import { withLock } from '../store/index.ts';
import { backupDirectory, createBackingUp } from './backing-up.ts';
import { choosePlace } from './chosen-place.ts';
import { type Deployment, type FurtherPlace, openDeploymentStore } from './deployment.ts';
import type { Deployments, DeploymentsOptions } from './deployments.ts';
import { destroySteps, refuseLeft } from './destroy.ts';
import { createDirectors, type DirectorClient } from './director.ts';
import { createFurtherClouds } from './further-clouds.ts';
import { createKeyring } from './keyring.ts';
import { createSweeps } from './leftovers.ts';
import { lend } from './lend.ts';
import { createLender } from './lending.ts';
import { createOpenedClouds } from './opened-clouds.ts';
import { type RunOptions, runSteps, type Step } from './progress.ts';
import { atEach, listed, powering } from './reaching.ts';
import { restoreSteps, type WantedBackup } from './restore.ts';
import { createRestoring } from './restoring.ts';
import { rotationSteps } from './rotation.ts';
import { runtimeFor } from './runtime.ts';
import { refuseSamePlace } from './same-place.ts';
import { createStarting, notAnswering } from './starting.ts';
import { untilInUse } from './taken-up.ts';
import { type Lending, signAnew, type UpContext } from './up.ts';
import { backSteps, comparePrograms, releaseBefore, upgradeSteps } from './upgrade.ts';
import { createVolumeBacking } from './volume-backing.ts';

const localDeadlineMs = 5 * 60_000;
/** Machines boot for minutes, and the programs are a hundred megabytes. */
const deadlineMs = 30 * 60_000;
/** One process after the other, of however many applications: each has a limit of its own. */
const upgradeDeadlineMs = 4 * 3600_000;

export function openDeployments(options: DeploymentsOptions): Deployments {
  const now = options.now ?? Date.now;
  const store = openDeploymentStore(options.dataDirectory);
  const credentials = openCredentialStore(options.vault);
  const directoryOf = (id: DeploymentId): string => path.join(options.dataDirectory, 'deployments', id);
  const keyring = createKeyring(
    options.vault,
    (id, work) => withLock(path.join(options.dataDirectory, `${id}.keys.lock`), work),
    now,
  );
  const directors = createDirectors(keyring, now, options.client);

  const clouds = createOpenedClouds({
    ...{ credentials, keyring, directoryOf, bundles: options.bundles, runtime: options.runtime },
  });
  const runtimeOf = (architecture: Architecture): string => runtimeFor(options.runtime, architecture);
  const lender = createLender({ store, directors, credentials, driverOf: clouds.driverOf });

  async function lendingOf(deployment: Deployment): Promise<Lending> {
    return { settings: clouds.openSettings(deployment), access: await lender.accessOf(deployment.cloud) };
  }

  const withCloud = <T>(deployment: Deployment, work: (context: UpContext) => Promise<T>): Promise<T> =>
    clouds.withClouds(deployment, lender.accessOf, async (cloud, further) => {
      const lending = await lendingOf(deployment);
      const release = await readRelease(options.bundles);
      const place = await keyring.backupPlace(deployment.id);
      return work({
        ...{ store, keyring, directors, cloud, further, lending, place, release, now, deployment },
        runtimeFor: runtimeOf,
      });
    });

  /** Runs steps on a deployment: one run at a time, over all processes of this desktop. */
  async function run(
    { id, owner }: Deployment,
    how: Pick<RunOptions, 'kind' | 'title' | 'onOperation' | 'signal'>,
    steps: (context: UpContext) => Step[],
  ): Promise<void> {
    const lock = path.join(options.dataDirectory, `${id}.operation.lock`);
    const limits = { signal: how.signal, timeoutMs: deadlineMs };
    await withLock(
      lock,
      async () => {
        const deployment = await store.find(id);
        await withCloud(deployment, async (context) => {
          const patience = await patienceOf(context.cloud, how.signal);
          return runSteps({
            requestedBy: owner,
            journal: path.join(directoryOf(id), 'up.journal'),
            steps: steps(context),
            deadlineMs: deadlineOf(how.kind, deployment.cloud.kind) * patience,
            ...how,
          });
        });
        if (how.kind === 'destroy') await forget(id);
      },
      limits,
    );
  }

  /** The record goes last: until then `destroy` finds everything again. */
  async function forget(id: DeploymentId): Promise<void> {
    await lender.endService(id);
    await rm(directoryOf(id), { recursive: true, force: true, maxRetries: 5 });
    await rm(backupDirectory(options.dataDirectory, id), { recursive: true, force: true });
    await keyring.forget(id);
    await store.remove(id);
  }

  /** @throws ConpaasError forbidden: only the desktop that holds the root can do it */
  async function withRoot(idOrName: string | undefined): Promise<Deployment> {
    const deployment = await store.find(idOrName);
    if (deployment.access !== 'device') return deployment;
    throw new ConpaasError('forbidden', `Only the desktop that has made ${deployment.name} holds its root.`);
  }

  async function directorOf(idOrName: string | undefined, signal: AbortSignal): Promise<DirectorClient> {
    return directors.director(await awake(idOrName, signal));
  }

  const {
    storeOf: backupStoreOf,
    fetch: fetchBackup,
    wanted: wantedBackup,
    ...backingUp
  } = createBackingUp({
    ...{ dataDirectory: options.dataDirectory, keyring, now, withRoot, director: directorOf },
    volumes: createVolumeBacking({
      ...{ keyring, withCloud, find: store.find, director: directorOf },
      clientOf: directors.director,
    }),
  });

  const restoration = (context: UpContext, wanted: WantedBackup): Step[] => {
    const { id } = context.deployment;
    const backups = backupStoreOf(id);
    const directory = backupDirectory(options.dataDirectory, id);
    const temporary = path.join(directoryOf(id), 'restoring');
    const { deployment } = context;
    const own = { directoryOf: (place: Pick<FurtherPlace, 'name' | 'kind'>) => clouds.directoryOf(deployment, place) };
    return restoreSteps(Object.assign(context, own, { backups, directory, temporary }), wanted);
  };

  const {
    ask,
    start,
    awake: started,
  } = createStarting({
    ...{ store, directors, withCloud, run, restoration, now },
    onAway: options.onAway,
  });

  /** A deployment that is meant to run, and does. What its director wants of this desktop is done from now on. */
  async function awake(idOrName: string | undefined, signal: AbortSignal): Promise<Deployment> {
    const deployment = await started(idOrName, signal);
    await lender.serve(deployment);
    return deployment;
  }

  const planOf = async (deployment: Deployment, signal: AbortSignal) =>
    comparePrograms(deployment, await directors.director(deployment), await readRelease(options.bundles), signal);

  return {
    list: store.list,
    ...backingUp,
    ...createSweeps({ store, credentials, directors, driversOf: clouds.driversOf, withRoot, now }),
    ...createFurtherClouds({
      ...{ store, directors, credentials, lender, runtimeFor: runtimeOf },
      awakeWithRoot: async (idOrName, signal) => awake((await withRoot(idOrName)).id, signal),
      directoryOf: clouds.directoryOf,
      refuseSamePlace: (deployment, place, signal) => refuseSamePlace(clouds, deployment, place, signal),
    }),
    add: store.add,
    find: store.find,
    watch: store.watch,
    async up({ deployment, owner, cloud: said, credential, lent, settings, onOperation, signal }) {
      const cloud = said ?? usualKind();
      refuseSecrets(cloud, settings);
      const place = {
        kind: cloud,
        ...(credential === undefined ? {} : { credential: (await credentials.get(credential)).id }),
        ...(lent === undefined ? {} : { lent: await lender.lentOf(cloud, lent) }),
        ...(settings === undefined ? {} : { settings }),
      };
      const how = { cloud: said !== undefined, lent: lent !== undefined };
      const chosen = await choosePlace({ store, deployment, owner, place, said: how });
      return start(chosen, { onOperation, signal, again: true });
    },
    async lend({ deployment: idOrName, credential, signal }) {
      const deployment = await awake((await withRoot(idOrName)).id, signal);
      const { kind, credential: own } = deployment.cloud;
      if (own === undefined)
        throw new ConpaasError('conflict', `The cloud of ${deployment.name} wants no credentials.`);
      const cloud = { ...deployment.cloud, lent: await lender.lentOf(kind, credential ?? own) };
      const access = await lender.accessOf(cloud);
      if (access) await lend(await directors.director(deployment), kind, access, signal);
      await lender.serve(await store.update(deployment.id, { cloud }));
      if (access?.by !== 'credentials') return { deployment: deployment.name };
      return { deployment: deployment.name, credential: (await credentials.get(cloud.lent)).name };
    },
    releaseBefore: async (idOrName, signal) =>
      withCloud(await awake((await withRoot(idOrName)).id, signal), (context) => releaseBefore(context, signal)),
    upgradePlan: async (idOrName, signal) => planOf(await awake(idOrName, signal), signal),
    async upgrade({ deployment: idOrName, back = false, onOperation, signal }) {
      const deployment = await awake((await withRoot(idOrName)).id, signal);
      const plan = await planOf(deployment, signal);
      const title = back ? `Put ${deployment.name} back to what ran before` : `Upgrade ${deployment.name}`;
      const backUp = async (progress: (text: string) => void, limited: AbortSignal): Promise<void> => {
        await backingUp.backUpChanges({ deployment: deployment.id, progress, signal: limited });
      };
      await run(deployment, { kind: back ? 'upgrade_back' : 'upgrade', title, onOperation, signal }, (context) =>
        back ? backSteps(context) : upgradeSteps({ ...context, backUp }, plan),
      );
      return planOf(await store.find(deployment.id), signal);
    },
    onCarriedOut: lender.onCarriedOut,
    async stop({ deployment: idOrName, onOperation, signal }) {
      const deployment = await store.find(idOrName);
      if (deployment.state === 'creating' || deployment.state === 'destroying') {
        throw new ConpaasError(
          'conflict',
          `${deployment.name} is ${deployment.state}: destroy it, or finish its set-up.`,
        );
      }
      await run(deployment, { kind: 'stop', title: `Stop ${deployment.name}`, onOperation, signal }, (context) => [
        {
          name: 'finish',
          title: 'End all processes',
          async run({ signal: limited }) {
            context.deployment = await store.update(deployment.id, { state: 'stopped' });
            // The director's own first: it would have what is on the others started again.
            await context.cloud.power(false, limited);
            const further = (context.further ?? []).map((one) => ({ name: one.record.name, cloud: one.cloud }));
            const unreached = await atEach(further, ({ cloud }) => cloud.power(false, powering(limited)), limited);
            if (unreached.length === 0) return;
            throw new ConpaasError(
              'cloud_failed',
              `${deployment.name} is stopped, but for what is on ${listed(unreached)}: that may go on. Stop it when that is mended, with: conpaas stop`,
              { retry: true },
            );
          },
        },
      ]);
    },
    async destroy({ deployment: idOrName, leave = [], onOperation, signal }) {
      const deployment = await store.find(idOrName);
      refuseLeft(deployment, leave);
      // Of another desktop's deployment only our access ends.
      if (deployment.access === 'device') return forget(deployment.id);
      await store.update(deployment.id, { state: 'destroying' });
      await run(deployment, { kind: 'destroy', title: `Destroy ${deployment.name}`, onOperation, signal }, (context) =>
        destroySteps({ ...context, leave }),
      );
    },
    async status(idOrName, signal) {
      const deployment = await store.find(idOrName);
      if (deployment.state !== 'running') return { deployment, state: deployment.state };
      try {
        return { deployment, state: 'running', director: await ask(deployment, signal) };
      } catch (error) {
        signal.throwIfAborted();
        return { deployment, state: 'unreachable', failure: notAnswering(deployment, toFailure(error)) };
      }
    },
    async renewIntermediate(idOrName, signal) {
      await withCloud(await awake((await withRoot(idOrName)).id, signal), async (context) => {
        const certificate = await signAnew(context, signal);
        await untilInUse(await directors.director(context.deployment), certificate, signal);
      });
    },
    async rotateRoot({ deployment: idOrName, onOperation, signal }) {
      const deployment = await start(await withRoot(idOrName), { signal });
      const title = `Rotate the root of ${deployment.name}`;
      await run(deployment, { kind: 'rotate_root', title, onOperation, signal }, rotationSteps);
    },
    restore: createRestoring({
      ...{ store, withRoot, withCloud, run, restoration, fetchBackup, wantedBackup },
      serve: lender.serve,
    }),
    async ownCertificate(idOrName) {
      const deployment = await store.find(idOrName);
      const { certificate } = await keyring.owner(deployment);
      const holdsRoot = deployment.access !== 'device';
      return { certificate, holdsRoot, rotating: (await keyring.rotation(deployment.id)) !== undefined };
    },
    ownCredentials: async (idOrName) => keyring.owner(await store.find(idOrName)),
    async addDevice(deployment, given) {
      const present = (await store.list()).find(({ id }) => id === deployment.id);
      if (present && present.access !== 'device') {
        throw new ConpaasError('conflict', `This desktop has made ${present.name} itself: it needs no hand-over file.`);
      }
      await keyring.keepDevice(deployment.id, given);
      return store.put({ ...deployment, access: 'device' });
    },
    directorClient: directorOf,
    managerClient: async (idOrName, application, signal) =>
      directors.manager(await awake(idOrName, signal), application),
    async [Symbol.asyncDispose]() {
      await lender[Symbol.asyncDispose]();
      await directors[Symbol.asyncDispose]();
    },
  };
}

/** So long the steps on a deployment may take, where its machines are not slower than others; milliseconds. */
function deadlineOf(kind: string, cloud: string): number {
  if (kind === 'upgrade' || kind === 'upgrade_back') return upgradeDeadlineMs;
  return cloud === 'local' ? localDeadlineMs : deadlineMs;
}
