/**
 * The desktop's part of a deployment whose director was lent no credentials: what the director wants of its cloud is done
 * here, with credentials that never leave this computer. It goes on as long as the program that has begun it.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Provider } from '../../remote/core/clouds/machines/provider.ts';
import { runProviderCall } from '../../remote/core/clouds/machines/provider-calls.ts';
import type { CloudRequest } from '../../remote/core/contract/cloud-access.ts';
import { type Failure, toFailure } from '../../remote/core/contract/errors.ts';
import type { DeploymentId } from '../../remote/core/contract/ids.ts';
import type { DirectorClient } from './director.ts';

/** Between attempts to follow a director that is away, milliseconds. */
const pauseMs = { first: 200, most: 10_000 };

/** A request that was carried out here. */
export interface CarriedOut {
  readonly call: string;
  /** Why not. */
  readonly failure?: Failure | undefined;
}

export interface CloudServiceOptions {
  readonly deployment: DeploymentId;
  director(): Promise<DirectorClient>;
  /** Of a cloud of it, with credentials. */
  open(cloud: string): Promise<Provider>;
  onCarriedOut(done: CarriedOut): void;
}

/** Follows the requests of a director until it is disposed; whoever else follows them too gets others. */
export function serveCloud({ deployment, director, open, onCarriedOut }: CloudServiceOptions): AsyncDisposable {
  const ending = new AbortController();
  const { signal } = ending;
  const underWay = new Set<Promise<void>>();
  const opened = new Map<string, Promise<Provider>>();

  /** One that could not be opened is tried again: its credentials may be others by then. */
  function providerOf(cloud: string): Promise<Provider> {
    const present = opened.get(cloud);
    if (present) return present;
    const opening = open(cloud);
    opened.set(cloud, opening);
    opening.catch(() => opened.delete(cloud));
    return opening;
  }

  async function outcome({ cloud, call, params }: CloudRequest): Promise<{ result: unknown } | { failure: Failure }> {
    try {
      const context = { provider: await providerOf(cloud), deployment, signal };
      return { result: await runProviderCall(call, params, context) };
    } catch (error) {
      return { failure: toFailure(error) };
    }
  }

  async function carryOut(client: DirectorClient, request: CloudRequest): Promise<void> {
    const done = await outcome(request);
    if (signal.aborted) return; // asked of the next one
    onCarriedOut({ call: request.call, ...('failure' in done ? done : {}) });
    // Where the answer gets lost, the director's stream has ended too, and the request is asked again.
    await client.call('answer_cloud_request', { id: request.id, ...done }, { signal }).catch(() => undefined);
  }

  async function follow(): Promise<void> {
    for (let pause = pauseMs.first; !signal.aborted; pause = Math.min(pause * 2, pauseMs.most)) {
      try {
        const client = await director();
        for await (const request of client.stream('follow_cloud_requests', {}, { signal })) {
          pause = pauseMs.first;
          const work = carryOut(client, request).finally(() => underWay.delete(work));
          underWay.add(work);
        }
      } catch {
        // It is away, or we are ending: whoever waits for it is told so elsewhere.
      }
      await delay(pause, undefined, { signal }).catch(() => undefined);
    }
  }

  const followed = follow();
  return {
    async [Symbol.asyncDispose]() {
      ending.abort();
      await followed;
      await Promise.all(underWay);
      for (const opening of opened.values()) await (await opening.catch(() => undefined))?.[Symbol.asyncDispose]();
    },
  };
}
