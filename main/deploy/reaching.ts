/** Several clouds at once, any of which may be away: what cannot be done at one holds up no other. */
import type { Cloud } from '../../remote/core/clouds/index.ts';
import { createLentCloud } from '../../remote/core/clouds/lent-cloud.ts';
import { ConpaasError, type Failure, toFailure } from '../../remote/core/contract/errors.ts';

/** A cloud at which something could not be done, and why, for a person. */
export interface Unreached {
  readonly cloud: string;
  readonly message: string;
}

/** A cloud that has not answered a question, or started or stopped its machines, by then is taken to be away. Milliseconds. */
const askMs = 120_000;
const powerMs = 600_000;

/** Of one question: `signal`, and no longer than a cloud is waited for. */
export const asking = (signal: AbortSignal): AbortSignal => AbortSignal.any([signal, AbortSignal.timeout(askMs)]);

/** Likewise, where all machines of a cloud are started or stopped. */
export const powering = (signal: AbortSignal): AbortSignal => AbortSignal.any([signal, AbortSignal.timeout(powerMs)]);

/**
 * Does something at each, at the same time.
 * @returns those at which it failed, in their order
 * @throws what `signal` was aborted with
 */
export async function atEach<One extends { readonly name: string }>(
  clouds: readonly One[],
  work: (one: One) => Promise<void>,
  signal: AbortSignal,
): Promise<Unreached[]> {
  const found = await Promise.all(
    clouds.map(async (one): Promise<Unreached[]> => {
      try {
        await work(one);
        return [];
      } catch (error) {
        signal.throwIfAborted();
        return [{ cloud: one.name, message: sentenceOf(error) }];
      }
    }),
  );
  return found.flat();
}

/** What went wrong at a cloud, as one or more sentences. */
export function sentenceOf(error: unknown): string {
  const { code, message }: Failure = toFailure(error);
  return code === 'deadline_exceeded' ? `It did not answer in time. ${message}` : message;
}

/** "stack (It is away.) and attic (…)". */
export const listed = (unreached: readonly Unreached[]): string =>
  unreached.map(({ cloud, message }) => `${cloud} (${message})`).join(' and ');

/**
 * A cloud that may not be possible to open, as when its credential is no longer in the vault: then each call of it says why.
 * @returns `problem`: why, for a person
 */
export async function openAnyhow(
  kind: string,
  open: () => Promise<Cloud>,
): Promise<{ readonly cloud: Cloud; readonly problem?: string }> {
  try {
    return { cloud: await open() };
  } catch (error) {
    if (!(error instanceof ConpaasError)) throw error;
    const { message: problem } = error.failure;
    return { cloud: createLentCloud(kind, () => problem), problem };
  }
}
