/**
 * Data that takes no changes while it is copied elsewhere. It is part of the desired state, so it holds over restarts of
 * everything; and it ends by itself, so that whoever began it may die.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { ConpaasError, toFailure } from '../core/contract/errors.ts';
import type { Handlers } from '../core/contract/method.ts';
import type { managerMovingMethods } from '../core/contract/moving.ts';
import { attributed } from '../core/operations/index.ts';
import type { DesiredService, DesiredState } from '../core/service/state.ts';
import type { Manager } from './manager.ts';
import { assign } from './plan.ts';
import { viewOf, type World } from './views.ts';
import { isSettled, until } from './waits.ts';

type Freezing = Pick<Manager, 'desired' | 'specs' | 'types'>;

/** Timers of longer than this are set again: clocks are changed, and machines sleep. Milliseconds. */
const longestWait = 60_000;

/**
 * Freezes, or prolongs. Pure but for `state`.
 * @param now milliseconds since the epoch
 * @throws ConpaasError conflict: another hold has it, or this one has ended
 */
export function freeze(
  state: DesiredState,
  wanted: { readonly hold: string; readonly seconds: number | null; readonly prolong: boolean },
  now: number,
): void {
  const { hold, seconds, prolong } = wanted;
  const current = state.frozen && (state.frozen.until ?? Number.POSITIVE_INFINITY) > now ? state.frozen : undefined;
  if (prolong && current?.hold !== hold) {
    throw new ConpaasError('conflict', 'The databases have taken changes again meanwhile: a copy has to be made anew.');
  }
  if (current && current.hold !== hold) {
    throw new ConpaasError('conflict', `${state.name} is being moved already, by somebody else.`);
  }
  state.frozen = { hold, ...(seconds === null ? {} : { until: now + seconds * 1000 }) };
}

/** Running services whose data is frozen. */
export function withData(state: DesiredState, { specs }: Pick<Freezing, 'specs'>): DesiredService[] {
  return state.services.filter(({ type, running }) => running && specs[type]?.dump === true);
}

function areFrozen(manager: Freezing, world: World): boolean {
  return withData(world.state, manager).every((service) => {
    const nodes = world.state.nodes.filter((node) => node.service === service.id);
    const told = nodes.every(({ id }) => isSettled(world, id));
    return told && world.types[service.type]?.isFrozen?.(viewOf(world, service)) === true;
  });
}

/** Whether all nodes that work have been told: proxies, too, stand in the way of changes. One that is broken is not waited for. */
function haveHeard(world: World): boolean {
  const assigned = assign(world);
  return world.state.nodes.every(({ id }) => {
    const observed = world.node(id);
    const isWorking = observed?.state === 'running' && observed.failure === undefined;
    return !isWorking || observed.applied === assigned.get(id)?.hash;
  });
}

export function movingHandlers(manager: Manager): Handlers<typeof managerMovingMethods> {
  const { desired } = manager;
  const nodesWithData = () => {
    const ids = new Set(withData(desired.state, manager).map(({ id }) => id));
    return desired.state.nodes.filter(({ service }) => ids.has(service)).map(({ id }) => id);
  };
  const whose = (by: string | undefined, kind: string, title: string) => ({ by: by ?? 'director', kind, title });
  return {
    freeze_data: async (params, call) => {
      await attributed(whose(call.user, 'freeze_data', 'Make the databases read only'), () =>
        desired.change((state) => freeze(state, params, Date.now())),
      );
      await until(manager, (world) => areFrozen(manager, world) && haveHeard(world), {
        signal: call.signal,
        nodes: nodesWithData(),
      });
      return { services: withData(desired.state, manager).map(({ name }) => name) };
    },
    thaw_data: async ({ hold }, call) => {
      await attributed(whose(call.user, 'thaw_data', 'Let the databases take changes'), () =>
        desired.change((state) => {
          if (state.frozen?.hold === hold) delete state.frozen;
        }),
      );
      const settled = (world: World) => nodesWithData().every((id) => isSettled(world, id)) && haveHeard(world);
      await until(manager, settled, { signal: call.signal, nodes: nodesWithData() });
      return {};
    },
  };
}

/** Ends what has lasted its time. Runs until `signal` aborts. */
export async function thawInTime(manager: Pick<Manager, 'desired' | 'log'>, signal: AbortSignal): Promise<void> {
  const { desired, log } = manager;
  while (!signal.aborted) {
    const seen = desired.changed.generation;
    let wait = longestWait;
    const isOver = (state: DesiredState): boolean => (state.frozen?.until ?? Number.POSITIVE_INFINITY) <= Date.now();
    try {
      if (isOver(desired.state)) {
        await desired.change((state) => {
          if (isOver(state)) delete state.frozen;
        }, signal);
        log('the databases take changes again: nobody has prolonged their freeze');
      }
      const { until: end } = desired.state.frozen ?? {};
      if (end !== undefined) wait = Math.min(longestWait, Math.max(1, end - Date.now()));
    } catch (error) {
      if (signal.aborted) return;
      log(`the databases could not be told to take changes again: ${toFailure(error).message}`);
      wait = 1000;
    }
    const stop = new AbortController();
    const any = AbortSignal.any([signal, stop.signal]);
    await Promise.race([desired.changed.next(seen, any), delay(wait, undefined, { signal: any, ref: false })]).catch(
      () => undefined, // we are ending
    );
    stop.abort();
  }
}
