/** Making a deployment run that should, whoever asks: it answers, is woken, or is started again. */
import { ConpaasError, type Failure, toFailure } from '../../remote/core/contract/errors.ts';
import type { Deployment, DeploymentStore } from './deployment.ts';
import type { DirectorStatus, UpOptions } from './deployments.ts';
import { answerMs, type Directors } from './director.ts';
import { furtherSteps, missedAt } from './further-clouds.ts';
import type { RunOptions, Step } from './progress.ts';
import type { WantedBackup } from './restore.ts';
import { isPastHalf, renewIntermediate, type UpContext, upSteps } from './up.ts';

export interface StartingOptions {
  readonly store: DeploymentStore;
  readonly directors: Directors;
  readonly now: () => number;
  /** Told of a deployment whose director does not answer, before it is started again for who needs it. */
  readonly onAway?: ((deployment: Deployment) => void) | undefined;
  /** The steps of a restoration of its director. */
  restoration(context: UpContext, wanted: WantedBackup): Step[];
  withCloud<T>(deployment: Deployment, work: (context: UpContext) => Promise<T>): Promise<T>;
  /** Runs steps on a deployment: one run at a time, over all processes of this desktop. */
  run(
    deployment: Deployment,
    how: Pick<RunOptions, 'kind' | 'title' | 'onOperation' | 'signal'>,
    steps: (context: UpContext) => Step[],
  ): Promise<void>;
}

export interface StartHow extends Pick<UpOptions, 'onOperation' | 'signal'> {
  /** Whether further clouds that could not be reached before are tried again, where all else runs. */
  readonly again?: boolean | undefined;
  /** Told before it is started again, which takes a while. */
  readonly onAway?: (() => void) | undefined;
}

export interface Starting {
  /** What its director says of it. @throws whatever keeps it from answering */
  ask(deployment: Deployment, signal: AbortSignal): Promise<DirectorStatus>;
  /** Makes it run. */
  start(deployment: Deployment, how: StartHow): Promise<Deployment>;
  /** A deployment that is meant to run, and does. @throws ConpaasError conflict: it is stopped */
  awake(idOrName: string | undefined, signal: AbortSignal): Promise<Deployment>;
}

function beingDestroyed({ name }: Deployment): ConpaasError {
  return new ConpaasError('conflict', `${name} is being destroyed. End that first with: conpaas destroy ${name}`);
}

function isStopped({ name }: Deployment): ConpaasError {
  return new ConpaasError('conflict', `${name} is stopped. Start it with: conpaas up`);
}

/** What is said of a director that does not answer: what to do about it. Other failures speak for themselves. */
export function notAnswering({ access }: Pick<Deployment, 'access'>, failure: Failure): Failure {
  const { code } = failure;
  if (code !== 'unreachable' && code !== 'deadline_exceeded') return failure;
  const who = access === 'device' ? 'Its owner can start it again' : 'Start it again';
  return { code, message: `Its director does not answer. ${who} with: conpaas up`, cause: failure, retry: true };
}

export function createStarting({
  store,
  directors,
  now,
  withCloud,
  run,
  restoration,
  onAway,
}: StartingOptions): Starting {
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

  /** What was away when the rest was started may be there now. */
  async function startAgain(given: Deployment, how: StartHow): Promise<void> {
    const title = 'Start what could not be reached before';
    await run(given, { kind: 'up', title, onOperation: how.onOperation, signal: how.signal }, (context) => [
      ...furtherSteps(context),
      { name: 'finish', title: 'Record the deployment', run: async () => undefined },
    ]);
  }

  async function start(given: Deployment, how: StartHow): Promise<Deployment> {
    if (given.access === 'device') return answering(given, how.signal);
    if (given.restoring?.phase === 'switched') return finishRestoration(given, how);
    if (await answers(given, how.signal)) {
      // What looks after the machines may have died without the director noticing.
      await withCloud(given, async ({ cloud, further = [] }) => {
        const opened = further.filter(({ problem }) => problem === undefined).map((each) => each.cloud);
        for (const one of [cloud, ...opened]) await one.wake(how.signal);
      });
      if (how.again && missedAt(given) !== undefined) await startAgain(given, how);
      const { intermediate } = given;
      if (intermediate && isPastHalf(intermediate, now())) {
        await withCloud(given, (context) => renewIntermediate(context, how.signal));
      }
      return how.again ? store.find(given.id) : given;
    }
    if (given.state === 'destroying') throw beingDestroyed(given);
    how.onAway?.();
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

  /** What was begun is finished first: there is no other director. */
  async function finishRestoration(given: Deployment, how: StartHow): Promise<Deployment> {
    const title = `Restore the director of ${given.name}`;
    await run(given, { kind: 'restore', title, onOperation: how.onOperation, signal: how.signal }, (context) => {
      const { restoring } = context.deployment;
      // Somebody else has finished it while we waited for our turn.
      return restoring ? restoration(context, { backup: restoring.backup }) : [];
    });
    return start(await store.find(given.id), how);
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

  async function awake(idOrName: string | undefined, signal: AbortSignal): Promise<Deployment> {
    const deployment = await store.find(idOrName);
    if (deployment.state === 'stopped') throw isStopped(deployment);
    return start(deployment, { signal, onAway: () => onAway?.(deployment) });
  }

  return { ask, start, awake };
}
