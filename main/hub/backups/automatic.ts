/**
 * Backups of the directors of this desktop, by themselves as long as the program runs: after changes, and not more often
 * than every so many minutes. Level-triggered: each look asks whether anything has changed since the newest backup.
 */
import { type Failure, toFailure } from '../../../remote/core/contract/errors.ts';

export const everyMinutes = 10;
const lookMs = 60_000;
const firstMs = 15_000;

export interface AutomaticOptions {
  /** Ids of the directors that are connected and that this desktop may back up. */
  ready(): Promise<readonly string[]>;
  /** Takes one unless nothing has changed. */
  backUpChanges(id: string, signal: AbortSignal): Promise<unknown>;
  /** Takes one. */
  backUp(id: string, signal: AbortSignal): Promise<unknown>;
  log(line: string): void;
  /** Milliseconds. */
  readonly now?: () => number;
}

export interface AutomaticBackups extends AsyncDisposable {
  /** Looks now; resolves when what was due is taken. */
  look(): Promise<void>;
  /** Takes one now, whether or not anything has changed. @throws ConpaasError */
  backUpNow(id: string, signal: AbortSignal): Promise<void>;
  of(id: string): { readonly underWay: boolean; readonly failure?: Failure | undefined };
}

interface State {
  underWay: number;
  /** Of the last attempt that did not fail. */
  lookedAt: number;
  failure: Failure | undefined;
}

/** Begins; ends when it is disposed of. */
export function openAutomaticBackups(options: AutomaticOptions): AutomaticBackups {
  const { now = Date.now, log } = options;
  const closing = new AbortController();
  const states = new Map<string, State>();
  const stateOf = (id: string): State => {
    const found = states.get(id) ?? { underWay: 0, lookedAt: Number.NEGATIVE_INFINITY, failure: undefined };
    states.set(id, found);
    return found;
  };

  async function attempt(id: string, work: () => Promise<unknown>): Promise<void> {
    const state = stateOf(id);
    state.underWay += 1;
    try {
      const taken = await work();
      // One that was not needed does not count: what changes next is due at once.
      if (taken !== undefined) state.lookedAt = now();
      state.failure = undefined;
    } catch (error) {
      state.failure = toFailure(error);
      throw error;
    } finally {
      state.underWay -= 1;
    }
  }

  async function look(): Promise<void> {
    for (const id of await options.ready()) {
      const { underWay, lookedAt } = stateOf(id);
      if (underWay > 0 || now() - lookedAt < everyMinutes * 60_000) continue;
      await attempt(id, () => options.backUpChanges(id, closing.signal)).catch((error: unknown) => {
        // Shown by the page, and tried again with the next look.
        if (!closing.signal.aborted) log(`backup of ${id}: ${toFailure(error).message}`);
      });
    }
  }

  let looking: Promise<void> | undefined;
  const lookOnce = (): Promise<void> => {
    looking ??= look()
      .catch((error: unknown) => log(`backups: ${toFailure(error).message}`))
      .finally(() => {
        looking = undefined;
      });
    return looking;
  };
  const timer = setInterval(() => void lookOnce(), lookMs);
  // A program that has begun has better to do than that.
  const first = setTimeout(() => void lookOnce(), firstMs);
  return {
    look: lookOnce,
    backUpNow: (id, signal) => attempt(id, () => options.backUp(id, AbortSignal.any([signal, closing.signal]))),
    of: (id) => ({ underWay: stateOf(id).underWay > 0, failure: stateOf(id).failure }),
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      clearTimeout(first);
      closing.abort();
      await looking;
    },
  };
}
