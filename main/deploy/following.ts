/** Operations of a director, begun once and followed to their end, over restarts of the director. */
import { setTimeout as delay } from 'node:timers/promises';
import { ConpaasError, type Failure, toFailure } from '../../remote/core/contract/errors.ts';
import { newId, OperationId } from '../../remote/core/contract/ids.ts';
import type { Operation } from '../../remote/core/contract/operation.ts';
import type { DirectorClient } from './director.ts';

/** What a call that starts an operation is sent with. */
export interface Begun {
  readonly signal: AbortSignal;
  readonly operation: OperationId;
}

/** Between attempts, and how long all of them may take, in milliseconds. */
const againMs = 200;
const patienceMs = 30_000;

/**
 * Starts an operation. Where the answer got lost it asks again, under the same id, so that it is started once; where
 * nobody answers for half a minute, it gives up.
 * @param operation its id; a new one where absent
 * @param onAway told once, when nobody answers at first
 */
export async function begin<T>(
  ask: (options: Begun) => Promise<T>,
  signal: AbortSignal,
  operation: OperationId = OperationId.parse(newId('op')),
  onAway?: (failure: Failure) => void,
): Promise<T> {
  let told = false;
  const patience = AbortSignal.timeout(patienceMs);
  for (;;) {
    try {
      return await ask({ signal, operation });
    } catch (error) {
      if (!isAway(error) || signal.aborted || patience.aborted) throw error;
      if (!told) onAway?.(toFailure(error));
      told = true;
    }
    await delay(againMs, undefined, { signal });
  }
}

export interface Following {
  readonly signal: AbortSignal;
  /** The operation at each change of it. */
  onProgress(operation: Operation): void;
  /** The director is away; it goes on with its operations, and so does our watching. */
  onLost?(): void;
}

/** @param director asked for anew each time: its address may have changed. @throws ConpaasError as the operation failed */
export async function follow(
  director: () => Promise<DirectorClient>,
  operation: OperationId,
  following: Following,
): Promise<Operation> {
  const ended = await untilEnded(director, operation, following);
  if (ended.state === 'done') return ended;
  throw ConpaasError.of(
    ended.failure ?? {
      code: ended.state === 'cancelled' ? 'cancelled' : 'internal',
      message: `${ended.title}: it was ${ended.state}.`,
    },
  );
}

async function untilEnded(
  director: () => Promise<DirectorClient>,
  operation: OperationId,
  { signal, onProgress, onLost }: Following,
): Promise<Operation> {
  for (;;) {
    try {
      for await (const state of (await director()).stream('watch_operation', { operation }, { signal })) {
        onProgress(state);
        if (state.state !== 'running') return state;
      }
    } catch (error) {
      if (!isAway(error) || signal.aborted) throw error;
      onLost?.();
    }
    await delay(againMs, undefined, { signal });
  }
}

/** Who answers is away, or has gone in the middle of it: it is started again. */
function isAway(error: unknown): boolean {
  return error instanceof ConpaasError && (error.code === 'unreachable' || error.code === 'interrupted');
}
