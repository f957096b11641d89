/**
 * All that window and command do with deployments as a whole: put one up, stop it, destroy it, look at it, and connect
 * to its director.
 */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { type Cloud, createCloud } from '../../remote/core/clouds/index.ts';
import { programsOf } from '../../remote/core/clouds/machines/programs.ts';
import { ConpaasError, type Failure, toFailure } from '../../remote/core/contract/errors.ts';
import type { DeploymentId } from '../../remote/core/contract/ids.ts';
import type { directorMethods } from '../../remote/core/contract/index.ts';
import type { ResultOf } from '../../remote/core/contract/method.ts';
import type { Operation } from '../../remote/core/contract/operation.ts';
import type { Credentials } from '../../remote/core/identity/index.ts';
import { createContact } from '../contact/index.ts';
import { type Credential, type Fields, openCredentialStore, refuseSecrets } from '../credentials/index.ts';
import { withLock } from '../store/index.ts';
import type { Vault } from '../vault/index.ts';
import { type Deployment, openDeploymentStore } from './deployment.ts';
import { destroySteps } from './destroy.ts';
import type { DeviceCredentials } from './device.ts';
import { answerMs, createDirectors, type DirectorClient, type ManagerClient } from './director.ts';
import { createKeyring } from './keyring.ts';
import { createSweeps, type Sweeps } from './leftovers.ts';
import { type RunOptions, runSteps, type Step } from './progress.ts';
import { rotationSteps } from './rotation.ts';
import { type Runtime, runtimeFor } from './runtime.ts';
import { untilInUse } from './taken-up.ts';
import { isPastHalf, type Lending, lend, renewIntermediate, signAnew, type UpContext, upSteps } from './up.ts';

export interface DeploymentsOptions extends Runtime {
  /** Of the desktop: main/store's `openDataDirectory`. */
  readonly dataDirectory: string;
  readonly vault: Vault;
  /** What calls, for the audit trail: `command 1.2.0`. */
  readonly client?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now?: (() => number) | undefined;
}

export interface UpOptions {
  /** Id or name; the only one there is, or a new one, where absent. */
  readonly deployment?: string | undefined;
  /** Kind of cloud for a new one. */
  readonly cloud?: string | undefined;
  /** Id or name of the credential in the vault, for a new one on a cloud that needs one. */
  readonly credential?: string | undefined;
  /** Id or name of the one that its director is lent; the same where absent. */
  readonly lent?: string | undefined;
  /** Region, size …, as the driver wants them; for a new one. */
  readonly settings?: Record<string, unknown> | undefined;
  /** Name of the user that this desktop is; for a new one. */
  readonly owner: string;
  /** The operation at each change of it: the same object as those of a director. Not called where all runs already. */
  readonly onOperation?: ((operation: Operation) => void) | undefined;
  readonly signal: AbortSignal;
}

export interface LendOptions {
  /** Id or name; the only one there is where absent. */
  readonly deployment: string | undefined;
  /** Id or name of the credential; the one that the deployment was made with where absent. */
  readonly credential: string | undefined;
  readonly signal: AbortSignal;
}

export interface StopOptions {
  /** Id or name; the only one there is where absent. */
  readonly deployment?: string | undefined;
  readonly onOperation?: ((operation: Operation) => void) | undefined;
  readonly signal: AbortSignal;
}

export interface DestroyOptions {
  readonly deployment: string;
  readonly onOperation?: ((operation: Operation) => void) | undefined;
  readonly signal: AbortSignal;
}

export interface RotateOptions {
  /** Id or name; the only one there is where absent. */
  readonly deployment?: string | undefined;
  readonly onOperation?: ((operation: Operation) => void) | undefined;
  readonly signal: AbortSignal;
}

/** What this desktop proves itself with at a deployment. */
export interface OwnCertificate {
  /** Leaf first; PEM. */
  readonly certificate: string;
  /** Whether this desktop holds the root, and so can sign and rotate. */
  readonly holdsRoot: boolean;
  /** Whether a rotation of the root was begun and has not ended. */
  readonly rotating: boolean;
}

export type DirectorStatus = ResultOf<(typeof directorMethods)['get_status']>;

export interface DeploymentStatus {
  readonly deployment: Deployment;
  /** unreachable: it should run, but its director does not answer (after a reboot, `up` starts all again). */
  readonly state: Deployment['state'] | 'unreachable';
  readonly director?: DirectorStatus | undefined;
  readonly failure?: Failure | undefined;
}

export interface Deployments extends Sweeps, AsyncDisposable {
  list(): Promise<readonly Deployment[]>;
  /** Records a further one, under a name that is free; `up` of its id sets it up. */
  add(options: {
    readonly name: string;
    readonly owner: string;
    readonly cloud: Deployment['cloud'];
  }): Promise<Deployment>;
  /** By id or name; the only one there is where absent. @throws ConpaasError `not_found`, `invalid_request` */
  find(deployment?: string): Promise<Deployment>;
  /** Calls `changed` when the list or a state in it has changed, by whatever process. */
  watch(changed: () => void): Disposable;
  /**
   * Makes a deployment run: a new one, one that was stopped, one after a reboot, one whose `up` was cut short. One that
   * runs is only asked (some milliseconds).
   */
  up(options: UpOptions): Promise<Deployment>;
  /**
   * Gives the director another credential in place of the one it has, or the same one again. It tries it at the cloud.
   * @throws ConpaasError what the cloud says of it; forbidden: this desktop is a guest there
   */
  lend(options: LendOptions): Promise<{ readonly deployment: string; readonly credential: string }>;
  /** Ends everything of a deployment; code and data stay, and `up` starts it again. Idempotent. */
  stop(options: StopOptions): Promise<void>;
  /** Ends and removes everything: VMs with all data, host, directories, keys. Idempotent; resumes one cut short. */
  destroy(options: DestroyOptions): Promise<void>;
  /**
   * Signs the director's intermediate anew, and resolves once the director issues with it.
   * @throws ConpaasError deadline_exceeded: it has not taken it up
   */
  renewIntermediate(deployment: string | undefined, signal: AbortSignal): Promise<void>;
  /** Replaces the root, while everything runs; one that was cut short goes on. See `rotation.ts`. */
  rotateRoot(options: RotateOptions): Promise<void>;
  ownCertificate(deployment: string | undefined): Promise<OwnCertificate>;
  /** Key and certificate of this desktop at a deployment, and what it trusts: for an export that the user asks for. */
  ownCredentials(deployment: string | undefined): Promise<Credentials>;
  /** Records the deployment of a hand-over file: this desktop becomes a device of its user there. */
  addDevice(deployment: Deployment, credentials: DeviceCredentials): Promise<Deployment>;
  /** How it is now. Starts nothing and never throws for a director that does not answer. */
  status(deployment: string | undefined, signal: AbortSignal): Promise<DeploymentStatus>;
  /**
   * A client of a director that answers; where it should run and does not (a reboot), all is started again first.
   * Shared with others of this process: do not dispose it. Ask again after `unreachable`: its address may have changed.
   */
  directorClient(deployment: string | undefined, signal: AbortSignal): Promise<DirectorClient>;
  /** Likewise, of the manager of an application (id or name), through its director. */
  managerClient(deployment: string | undefined, application: string, signal: AbortSignal): Promise<ManagerClient>;
}

function beingDestroyed({ name }: Deployment): ConpaasError {
  return new ConpaasError('conflict', `${name} is being destroyed. End that first with: conpaas destroy ${name}`);
}

function isStopped({ name }: Deployment): ConpaasError {
  return new ConpaasError('conflict', `${name} is stopped. Start it with: conpaas up`);
}

const localDeadlineMs = 5 * 60_000;
/** Machines boot for minutes, and the programs are a hundred megabytes. */
const deadlineMs = 30 * 60_000;

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
  /** Each file is read once: whatever architecture machines have, bundles are the same. */
  const programs = new Map<string, ReturnType<typeof programsOf>>();
  const programsFor = ({ architecture }: Record<string, unknown>): ReturnType<typeof programsOf> => {
    const runtime = architecture === undefined ? options.runtime : runtimeFor(options.runtime, architecture);
    const present = programs.get(runtime) ?? programsOf(options.bundles, runtime);
    programs.set(runtime, present);
    return present;
  };
  const directors = createDirectors(keyring, now, options.client);

  const fieldsOf = async (credential: string | undefined): Promise<Fields | undefined> =>
    credential === undefined ? undefined : (await credentials.get(credential)).fields;

  /** What is no credential. */
  function openSettings({ id, cloud }: Deployment): Record<string, unknown> {
    const { bundles, runtime } = options;
    if (cloud.kind !== 'local') return { ...cloud.settings, deployment: id };
    return { directory: path.join(directoryOf(id), 'cloud'), bundles, runtime, deployment: id };
  }

  /** Of the desktop's own driver. */
  async function settingsOf(deployment: Deployment): Promise<Record<string, unknown>> {
    return { ...(await fieldsOf(deployment.cloud.credential)), ...openSettings(deployment) };
  }

  async function lendingOf(deployment: Deployment): Promise<Lending> {
    const { lent, credential } = deployment.cloud;
    return { settings: openSettings(deployment), credentials: await fieldsOf(lent ?? credential) };
  }

  async function withCloud<T>(deployment: Deployment, work: (context: UpContext) => Promise<T>): Promise<T> {
    const cloudSettings = await settingsOf(deployment);
    const contact = createContact({ store: keyring.contact(deployment.id) });
    await using cloud: Cloud = createCloud(deployment.cloud.kind, cloudSettings, {
      kind: 'copy',
      programs: programsFor(cloudSettings),
      contact,
    });
    const lending = await lendingOf(deployment);
    return await work({ store, keyring, directors, cloud, lending, now, deployment });
  }

  async function ask(deployment: Deployment, signal: AbortSignal): Promise<DirectorStatus> {
    const client = await directors.director(deployment);
    return client.call('get_status', {}, { signal, timeoutMs: answerMs });
  }

  /** Whether nothing is to be done for a deployment that should run. */
  async function answers(deployment: Deployment, signal: AbortSignal): Promise<boolean> {
    if (deployment.state !== 'running') return false;
    try {
      await ask(deployment, signal);
      return true;
    } catch (error) {
      signal.throwIfAborted();
      const { code } = toFailure(error);
      // Roots or our own certificate may have changed since: by another process, or while we slept.
      if (code === 'unauthenticated') await directors.forget(deployment.id);
      if (code === 'unreachable' || code === 'deadline_exceeded' || code === 'unauthenticated') return false;
      throw error;
    }
  }

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
        await withCloud(deployment, (context) =>
          runSteps({
            requestedBy: owner,
            journal: path.join(directoryOf(id), 'up.journal'),
            steps: steps(context),
            deadlineMs: deployment.cloud.kind === 'local' ? localDeadlineMs : deadlineMs,
            ...how,
          }),
        );
        if (how.kind === 'destroy') await forget(id);
      },
      limits,
    );
  }

  /** The record goes last: until then `destroy` finds everything again. */
  async function forget(id: DeploymentId): Promise<void> {
    await rm(directoryOf(id), { recursive: true, force: true, maxRetries: 5 });
    await keyring.forget(id);
    await store.remove(id);
  }

  async function start(given: Deployment, how: Pick<UpOptions, 'onOperation' | 'signal'>): Promise<Deployment> {
    if (given.access === 'device') return answering(given, how.signal);
    if (await answers(given, how.signal)) {
      // What looks after the machines may have died without the director noticing.
      await withCloud(given, ({ cloud }) => cloud.wake(how.signal));
      const { intermediate } = given;
      if (intermediate && isPastHalf(intermediate, now())) {
        await withCloud(given, (context) => renewIntermediate(context, how.signal));
      }
      return given;
    }
    if (given.state === 'destroying') throw beingDestroyed(given);
    // A `destroy` that comes meanwhile, from wherever, does not wait for us to end.
    const destroyed = new AbortController();
    using _watch = store.watch(() => {
      void store.find(given.id).then(
        (seen) => seen.state === 'destroying' && destroyed.abort(beingDestroyed(seen)),
        () => undefined, // unreadable for a moment: the next change is seen
      );
    });
    const title = given.state === 'creating' ? 'Set up the director' : 'Start the deployment';
    const signal = AbortSignal.any([how.signal, destroyed.signal]);
    await run(given, { kind: 'up', title, onOperation: how.onOperation, signal }, (context) => {
      // A `stop` that came while we waited for our turn is what the user wants: who only reconnects does not undo it.
      if (given.state !== 'stopped' && context.deployment.state === 'stopped') throw isStopped(given);
      return upSteps(context);
    });
    return store.find(given.id);
  }

  /** A deployment that another desktop looks after: it answers, or it cannot be helped from here. */
  async function answering(deployment: Deployment, signal: AbortSignal): Promise<Deployment> {
    // The first attempt may have used a certificate, or roots, of before.
    if (await answers(deployment, signal)) return deployment;
    try {
      await ask(deployment, signal);
      return deployment;
    } catch (error) {
      signal.throwIfAborted();
      // Shut out: revoked, or the root was rotated meanwhile.
      if (toFailure(error).code === 'unauthenticated') throw error;
    }
    throw new ConpaasError(
      'unreachable',
      `The director of ${deployment.name} does not answer, and this device cannot start it. Its owner can, with: conpaas up`,
      { retry: true },
    );
  }

  /** @throws ConpaasError forbidden: only the desktop that holds the root can do it */
  async function withRoot(idOrName: string | undefined): Promise<Deployment> {
    const deployment = await store.find(idOrName);
    if (deployment.access !== 'device') return deployment;
    throw new ConpaasError('forbidden', `Only the desktop that has made ${deployment.name} holds its root.`);
  }

  /** A credential that a director on such a cloud can use. */
  async function lendable(kind: string, idOrName: string): Promise<Credential> {
    const found = await credentials.get(idOrName);
    if (found.kind === kind) return found;
    throw new ConpaasError('invalid_request', `${found.name} is a credential for ${found.kind}, not for ${kind}.`);
  }

  /** A deployment that is meant to run, and does. */
  async function awake(idOrName: string | undefined, signal: AbortSignal): Promise<Deployment> {
    const deployment = await store.find(idOrName);
    if (deployment.state === 'stopped') throw isStopped(deployment);
    return start(deployment, { signal });
  }

  return {
    list: store.list,
    ...createSweeps({ store, credentials, directors, settingsOf, withRoot, now }),
    add: store.add,
    find: store.find,
    watch: store.watch,
    async up({ deployment, owner, cloud = 'local', credential, lent, settings, onOperation, signal }) {
      refuseSecrets(cloud, settings);
      const kind = {
        kind: cloud,
        ...(credential === undefined ? {} : { credential: (await credentials.get(credential)).id }),
        ...(lent === undefined ? {} : { lent: (await lendable(cloud, lent)).id }),
        ...(settings === undefined ? {} : { settings }),
      };
      return start(await store.findOrCreate(deployment, owner, kind), { onOperation, signal });
    },
    async lend({ deployment: idOrName, credential, signal }) {
      const deployment = await awake((await withRoot(idOrName)).id, signal);
      const { kind, credential: own } = deployment.cloud;
      if (own === undefined)
        throw new ConpaasError('conflict', `The cloud of ${deployment.name} wants no credentials.`);
      const { id, name, fields } = await lendable(kind, credential ?? own);
      await lend(deployment, directors, fields, signal);
      await store.update(deployment.id, { cloud: { ...deployment.cloud, lent: id } });
      return { deployment: deployment.name, credential: name };
    },
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
            await context.cloud.power(false, limited);
          },
        },
      ]);
    },
    async destroy({ deployment: idOrName, onOperation, signal }) {
      const deployment = await store.find(idOrName);
      // Of another desktop's deployment only our access ends.
      if (deployment.access === 'device') return forget(deployment.id);
      await store.update(deployment.id, { state: 'destroying' });
      await run(
        deployment,
        { kind: 'destroy', title: `Destroy ${deployment.name}`, onOperation, signal },
        destroySteps,
      );
    },
    async status(idOrName, signal) {
      const deployment = await store.find(idOrName);
      if (deployment.state !== 'running') return { deployment, state: deployment.state };
      try {
        return { deployment, state: 'running', director: await ask(deployment, signal) };
      } catch (error) {
        signal.throwIfAborted();
        return { deployment, state: 'unreachable', failure: toFailure(error) };
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
    directorClient: async (idOrName, signal) => directors.director(await awake(idOrName, signal)),
    managerClient: async (idOrName, application, signal) =>
      directors.manager(await awake(idOrName, signal), application),
    [Symbol.asyncDispose]: () => directors[Symbol.asyncDispose](),
  };
}
