/**
 * Brings samples from the agents to the director. Nothing is kept here: agents keep the last ten minutes, and are asked
 * again from where the director has taken them. While it is away nobody is asked; what is older by then is a gap.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { toFailure } from '../core/contract/errors.ts';
import type { VmId } from '../core/contract/ids.ts';
import type { Samples } from '../core/contract/metrics.ts';
import { sampleSeconds } from '../core/metrics/index.ts';
import type { DesiredState } from '../core/service/state.ts';
import type { DirectorClient } from './director-client.ts';

/** As much of an agent's client as is needed here. */
export interface SamplesSource {
  samples(after: number, signal: AbortSignal): Promise<{ samples: Samples[]; more: boolean }>;
}

export type NodeSamples = Samples & { service: string; type: string; role: string };

const pauseMs = { first: 1_000, longest: 30_000 };
/** In one request to the director. */
const mostNodes = 2_000;

export interface MetricsPushOptions {
  readonly director: Pick<DirectorClient, 'call'>;
  sources(): readonly (readonly [VmId, SamplesSource])[];
  state(): DesiredState;
  onSuperseded(): void;
  readonly signal: AbortSignal;
  log(line: string): void;
}

/** Names service, type and role of samples; those of nodes that are no longer wanted are left out. Pure. */
export function describeSamples(state: DesiredState, samples: readonly Samples[]): NodeSamples[] {
  return samples.flatMap((sample) => {
    const node = state.nodes.find(({ id }) => id === sample.node);
    const service = node && state.services.find(({ id }) => id === node.service);
    return node && service ? [{ ...sample, service: service.name, type: service.type, role: node.role }] : [];
  });
}

/** Runs until `signal` aborts. */
export async function pushMetrics(options: MetricsPushOptions): Promise<void> {
  const { director, signal, log } = options;
  /** Time of the newest sample of each agent that the director has taken. */
  const taken = new Map<VmId, number>();
  let everySeconds = sampleSeconds;
  let pause = pauseMs.first;

  /** One round. @returns whether there is more to bring at once */
  async function round(): Promise<boolean> {
    const sources = options.sources();
    for (const vm of taken.keys()) if (!sources.some(([id]) => id === vm)) taken.delete(vm);
    let more = false;
    const newest = new Map<VmId, number>();
    const found = await Promise.all(
      sources.map(async ([vm, source]) => {
        try {
          const answer = await source.samples(taken.get(vm) ?? 0, signal);
          more ||= answer.more;
          newest.set(
            vm,
            answer.samples.reduce((time, { times }) => Math.max(time, times.at(-1) ?? 0), 0),
          );
          return answer.samples;
        } catch (error) {
          // Its link is tried anew by those who watch it. An older agent has no samples.
          if (!['unreachable', 'unknown_method', 'deadline_exceeded', 'cancelled'].includes(toFailure(error).code)) {
            log(`samples of ${vm}: ${toFailure(error).message}`);
          }
          return [];
        }
      }),
    );
    const nodes = describeSamples(options.state(), found.flat());
    for (let from = 0; from < nodes.length; from += mostNodes) {
      const answer = await director.call(
        'push_metrics',
        { nodes: nodes.slice(from, from + mostNodes) },
        { signal, timeoutMs: 10_000 },
      );
      everySeconds = answer.everySeconds;
    }
    for (const [vm, time] of newest) if (time > 0) taken.set(vm, time);
    return more;
  }

  while (!signal.aborted) {
    let wait = everySeconds * 1000;
    try {
      if (await round()) wait = 0;
      pause = pauseMs.first;
      // Just after the moment at which agents take theirs.
      if (wait > 0) wait += 400 - (Date.now() % (sampleSeconds * 1000));
    } catch (error) {
      if (signal.aborted) return;
      const failure = toFailure(error);
      if (failure.code === 'superseded') return options.onSuperseded();
      if (failure.code !== 'unreachable') log(`figures could not be brought to the director: ${failure.message}`);
      wait = pause;
      pause = Math.min(pause * 2, pauseMs.longest);
    }
    await delay(Math.max(wait, 50), undefined, { signal, ref: false }).catch(() => undefined); // the loop ends
  }
}
