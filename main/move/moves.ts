/**
 * Moves of applications to another director, or to another cloud of the same. Whoever drives one may die at any time: the
 * next window or command goes on with it, or takes it back.
 */
import path from 'node:path';
import type { ApplicationInfo } from '../../remote/core/contract/application.ts';
import { ConpaasError } from '../../remote/core/contract/errors.ts';
import { ApplicationId, newId, OperationId } from '../../remote/core/contract/ids.ts';
import type { Movable } from '../../remote/core/contract/moving.ts';
import type { Operation } from '../../remote/core/contract/operation.ts';
import { type Deployment, type Deployments, runSteps, type Step } from '../deploy/index.ts';
import { withLock } from '../store/index.ts';
import { withoutDomains } from './manifests.ts';
import { estimateReadOnly, type MovePlan, notesOf, type Place, sizesOf } from './plan.ts';
import { crashPoints, type MoveRecord, openMoveStore } from './record.ts';
import { openSide } from './sides.ts';
import { type MoveContext, moveSteps, nameOfNew, removeSteps, undoSteps } from './steps.ts';

export interface MoveRequest {
  /** Id or name of the deployment that it is at; the only one there is where absent. */
  readonly from: string | undefined;
  /** Id or name. */
  readonly application: string;
  /** Id or name of another deployment, a cloud of the same director, or the kind of cloud of one other deployment. */
  readonly to: string;
}

export interface MoveOptions {
  readonly signal: AbortSignal;
  readonly onOperation?: ((operation: Operation) => void) | undefined;
}

export interface Moves {
  /** Those that have begun and not ended; the oldest first. */
  list(): Promise<readonly MoveRecord[]>;
  /** By the id or name of the application, at either side. @throws ConpaasError not_found */
  find(application: string): Promise<MoveRecord>;
  /** Where an application could be moved to. */
  places(from: string | undefined, signal: AbortSignal): Promise<readonly Place[]>;
  /** @throws ConpaasError conflict: it cannot be moved (so) */
  plan(request: MoveRequest, signal: AbortSignal): Promise<MovePlan>;
  /** Records one that begins; `resume` carries it out. @throws ConpaasError as `plan` */
  add(request: MoveRequest, signal: AbortSignal): Promise<MoveRecord>;
  /**
   * Goes on up to where the new application counts. When it fails or is cancelled, the old one takes changes again.
   * @throws ConpaasError what a step says
   */
  resume(id: OperationId, options: MoveOptions): Promise<MoveRecord>;
  /** The old application goes, once the new one counts and answers. */
  finish(id: OperationId, options: MoveOptions): Promise<void>;
  /** The new application goes, and the old one counts. Once it was switched, what was written to the new one is lost. */
  undo(id: OperationId, options: MoveOptions): Promise<void>;
}

/** Data may be large and networks slow. */
const deadlineMs = 24 * 3_600_000;
/** For what is given back when it fails, milliseconds. */
const cleanUpMs = 20_000;

export function openMoves(options: { readonly dataDirectory: string; readonly deployments: Deployments }): Moves {
  const { dataDirectory, deployments } = options;
  const store = openMoveStore(dataDirectory);

  async function places(from: string | undefined, signal: AbortSignal): Promise<Place[]> {
    const own = await deployments.find(from);
    const director = await deployments.directorClient(own.id, signal);
    const clouds = await director.call('list_clouds', {}, { signal });
    const others = (await deployments.list()).filter(({ id, state }) => id !== own.id && state === 'running');
    return [
      ...clouds.map(({ name }) => ({ deployment: own.id, name: own.name, cloud: name })),
      ...others.map(({ id, name, cloud }) => ({ deployment: id, name, cloud: cloud.kind })),
    ];
  }

  async function look({ from, application, to }: MoveRequest, signal: AbortSignal) {
    const own = await deployments.find(from);
    const director = await deployments.directorClient(own.id, signal);
    const info = await director.call('get_application', { application }, { signal });
    const { cloud: home = own.cloud.kind } = info.summary;
    const here: Place = { deployment: own.id, name: own.name, cloud: home };
    const there = choose(to, here, await places(own.id, signal));
    const movable = await director.call('describe_movable', { application: info.summary.id }, { signal });
    refuseUnready(info, movable);
    const isSame = there.deployment === own.id;
    const target = await deployments.directorClient(there.deployment, signal);
    const taken = await target.call('list_applications', {}, { signal });
    const name = isSame ? nameOfNew(info.summary.name) : info.summary.name;
    if (taken.some((one) => one.name === name)) {
      throw new ConpaasError(
        'conflict',
        `There is an application "${name}" at ${there.name} already. Rename one of them.`,
      );
    }
    return { own, info, here, there, movable, target, name, isSame };
  }

  async function record(
    id: OperationId,
    allowed: readonly MoveRecord['state'][],
    refusal: string,
  ): Promise<MoveRecord> {
    const found = await store.get(id);
    if (allowed.includes(found.state)) return found;
    throw new ConpaasError('conflict', refusal);
  }

  async function run(
    id: OperationId,
    how: MoveOptions & { readonly kind: string; readonly title: (record: MoveRecord) => string },
    work: (context: MoveContext) => { readonly steps: Step[]; cleanUp?(): Promise<void> },
    begin: () => Promise<MoveRecord>,
  ): Promise<MoveRecord> {
    const lock = path.join(dataDirectory, `${id}.move.lock`);
    return withLock(
      lock,
      async () => {
        const found = await begin();
        const owner = await deployments.find(found.from.deployment).then(
          ({ owner }) => owner,
          () => 'owner', // destroyed meanwhile: said by the step that needs it
        );
        const limit = AbortSignal.any([how.signal, AbortSignal.timeout(deadlineMs)]);
        const context: MoveContext = {
          store,
          from: openSide(deployments, found.from.deployment, limit),
          to: openSide(deployments, found.to.deployment, limit),
          record: found,
        };
        const { steps, cleanUp } = work(context);
        try {
          await runSteps({
            kind: how.kind,
            title: how.title(found),
            target: { application: found.from.application },
            requestedBy: owner,
            journal: path.join(store.directory(id), 'journal'),
            crashPoints,
            steps,
            deadlineMs,
            signal: how.signal,
            onOperation: how.onOperation,
            outcome: () => ({ ...(context.record.address && { address: context.record.address }) }),
          });
        } finally {
          await cleanUp?.();
        }
        return context.record;
      },
      { signal: how.signal },
    );
  }

  const moves: Moves = {
    list: store.list,
    async find(application) {
      const all = await store.list();
      const found = all.find(({ id, name, from, to }) =>
        [id, name, from.application, to.application].some((one) => one === application),
      );
      if (found) return found;
      throw new ConpaasError('not_found', `"${application}" is not being moved.`);
    },
    places,
    async plan(request, signal) {
      const { info, here, there, movable, target, name, isSame } = await look(request, signal);
      const manager = await deployments.managerClient(here.deployment, info.summary.id, signal);
      const sizes = await sizesOf(manager, movable, signal);
      const { cost } = await target.call(
        'plan_manifest',
        { manifest: withoutDomains(movable, name), name, ...(isSame ? { cloud: there.cloud } : {}) },
        { signal },
      );
      const readOnlySeconds = estimateReadOnly([...sizes.values()]);
      const isUnknown = [...sizes.values()].includes(undefined);
      return {
        application: info.summary.id,
        name: info.summary.name,
        from: here,
        to: there,
        services: movable.services.map(({ name: service, type, running }) => {
          const dataBytes = sizes.get(service);
          return { name: service, type, running, ...(dataBytes === undefined ? {} : { dataBytes }) };
        }),
        code: { files: movable.blobs.length, bytes: movable.blobs.reduce((sum, { size }) => sum + size, 0) },
        secrets: movable.secrets,
        domains: movable.services.flatMap(({ domains }) => domains),
        cost,
        costNow: info.summary.costPerHour,
        readOnlySeconds,
        notes: notesOf(movable, info, { readOnlySeconds, isUnknown }),
      };
    },
    async add(request, signal) {
      const { own, info, here, there, name, isSame } = await look(request, signal);
      const { id: application } = info.summary;
      // Two commands at once: one of them finds the record of the other.
      return withLock(path.join(dataDirectory, 'moves.lock'), async () => {
        const other = (await store.list()).find(
          ({ from, to }) => from.application === application || to.application === application,
        );
        if (other) {
          throw new ConpaasError(
            'conflict',
            `${info.summary.name} is being moved already. Go on with it, or take it back.`,
          );
        }
        await store.sweep();
        return store.put({
          version: 1,
          id: OperationId.parse(newId('op')),
          name: info.summary.name,
          from: {
            deployment: own.id,
            ...(isSame ? { cloud: here.cloud } : {}),
            application: ApplicationId.parse(application),
          },
          to: { deployment: await idOf(there.deployment), name, ...(isSame ? { cloud: there.cloud } : {}) },
          createOperation: OperationId.parse(newId('op')),
          state: 'moving',
          hold: newId('hold'),
          loaded: false,
          startedAt: Date.now(),
        });
      });
    },
    resume: (id, how) =>
      run(
        id,
        { ...how, kind: 'move', title: ({ name }) => `Move ${name}` },
        (context) => moveSteps(context, cleanUpMs),
        () =>
          record(
            id,
            ['moving', 'switched'],
            'It is being taken back, or its old application is being removed: go on with that.',
          ),
      ),
    finish: async (id, how) => {
      const title = ({ name }: MoveRecord): string => `Remove what ${name} was moved from`;
      await run(
        id,
        { ...how, kind: 'finish_move', title },
        (context) => ({ steps: removeSteps(context) }),
        () =>
          record(id, ['switched', 'removing'], 'The new application does not count yet: go on with the move first.'),
      );
    },
    undo: async (id, how) => {
      await run(
        id,
        { ...how, kind: 'undo_move', title: ({ name }) => `Take back the move of ${name}` },
        (context) => ({ steps: undoSteps(context) }),
        async () => {
          await record(
            id,
            ['moving', 'switched', 'undoing'],
            'The old application is being removed already: what was moved cannot be taken back. Move it again.',
          );
          return store.update(id, { state: 'undoing' });
        },
      );
    },
  };
  return moves;

  async function idOf(deployment: string): Promise<Deployment['id']> {
    return (await deployments.find(deployment)).id;
  }
}

/** The place that was meant. Pure. @throws ConpaasError not_found, invalid_request: several, or where it is already */
export function choose(wanted: string, here: Place, all: readonly Place[]): Place {
  const others = all.filter(({ deployment, cloud }) => deployment !== here.deployment || cloud !== here.cloud);
  const text = others.map(({ deployment, name, cloud }) => (deployment === here.deployment ? cloud : name)).join(', ');
  const byDirector = others.filter(
    ({ deployment, name }) => deployment !== here.deployment && (deployment === wanted || name === wanted),
  );
  const byCloud = others.filter(({ deployment, cloud }) => deployment === here.deployment && cloud === wanted);
  const byKind = others.filter(({ cloud }) => cloud === wanted);
  for (const found of [byDirector, byCloud, byKind]) {
    const [only] = found;
    if (only && found.length === 1) return only;
    if (found.length > 1) {
      const names = found.map(({ name }) => name).join(', ');
      throw new ConpaasError('invalid_request', `There are several directors on "${wanted}": ${names}. Say which.`);
    }
  }
  if (wanted === here.cloud || wanted === here.name || wanted === here.deployment) {
    throw new ConpaasError('invalid_request', `It is at ${wanted} already.${text && ` It can be moved to: ${text}.`}`);
  }
  throw new ConpaasError(
    'not_found',
    `There is no director or cloud "${wanted}" to move to. ${
      text
        ? `There are: ${text}.`
        : 'Put another director up first, with: conpaas --deployment NAME up --cloud CLOUD; or add a cloud to this one: conpaas director cloud add NAME --on CLOUD'
    }`,
  );
}

/** @throws ConpaasError conflict: it cannot be copied as it is */
function refuseUnready(info: ApplicationInfo, movable: Movable): void {
  const { name, state, cause } = info.summary;
  if (state === 'unreachable') {
    throw new ConpaasError(
      'conflict',
      `${name} does not answer${cause ? ` (${cause})` : ''}. It can be moved when it does.`,
    );
  }
  const stopped = movable.services.filter(({ data, running }) => data && !running).map((service) => service.name);
  if (stopped.length > 0) {
    throw new ConpaasError(
      'conflict',
      `${stopped.join(' and ')} of ${name} ${stopped.length === 1 ? 'is' : 'are'} stopped: data can be copied from a running database alone. Start it first.`,
    );
  }
}
