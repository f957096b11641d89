/**
 * Keeps the databases of the old application frozen while they are copied. The freeze is a lease: should whoever moves
 * die, they take changes again by themselves, and what was copied no longer counts.
 */
import { ConpaasError, toFailure } from '../../remote/core/contract/errors.ts';
import type { ManagerClient } from '../deploy/index.ts';

const leaseSeconds = 600;
const prolongMs = 60_000;

export interface Holding {
  /**
   * Freezes, and prolongs from now on.
   * @param prolong only if the freeze by this hold has lasted; else false is answered
   */
  begin(prolong: boolean): Promise<boolean>;
  /** @throws ConpaasError conflict: the freeze has ended meanwhile */
  check(): void;
  /** From now on it lasts until it is thawed. @throws ConpaasError as `check` */
  keep(): Promise<void>;
  thaw(signal: AbortSignal): Promise<void>;
  /** Prolongs no more. */
  end(): void;
}

export function createHolding(manager: () => Promise<ManagerClient>, hold: string, signal: AbortSignal): Holding {
  let timer: NodeJS.Timeout | undefined;
  let lost: unknown;
  const freeze = async (seconds: number | null, prolong: boolean): Promise<void> => {
    await (await manager()).call('freeze_data', { hold, seconds, prolong }, { signal });
  };
  const end = (): void => {
    clearInterval(timer);
    timer = undefined;
  };
  const prolongNow = (): void => {
    freeze(leaseSeconds, true).catch((error: unknown) => {
      // Whoever is away for a moment is asked again, long before the lease ends.
      if (toFailure(error).code === 'conflict') lost = error;
    });
  };
  return {
    async begin(prolong) {
      try {
        await freeze(leaseSeconds, prolong);
      } catch (error) {
        if (prolong && error instanceof ConpaasError && error.code === 'conflict') return false;
        throw error;
      }
      lost = undefined;
      timer ??= setInterval(prolongNow, prolongMs);
      return true;
    },
    check() {
      if (lost !== undefined) throw lost;
    },
    async keep() {
      end();
      await freeze(null, true);
    },
    async thaw(within) {
      end();
      await (await manager()).call('thaw_data', { hold }, { signal: within });
    },
    end,
  };
}
