/** Locks the vault when the user is away: no input for some time, the screen locked, the computer asleep. */
import { powerMonitor } from 'electron';

/** Looked at so often, ms: a minute is the least that can be set. */
const everyMs = 5000;

export interface IdleLock extends Disposable {
  /** @param afterMs undefined: do not lock */
  setPolicy(afterMs: number | undefined): void;
}

export function watchIdle(lock: () => void): IdleLock {
  let afterMs: number | undefined;
  const away = (): void => {
    if (afterMs !== undefined) lock();
  };
  const timer = setInterval(() => {
    if (afterMs !== undefined && powerMonitor.getSystemIdleTime() * 1000 >= afterMs) lock();
  }, everyMs);
  powerMonitor.on('lock-screen', away);
  powerMonitor.on('suspend', away);
  return {
    setPolicy: (next) => {
      afterMs = next;
    },
    [Symbol.dispose]() {
      clearInterval(timer);
      powerMonitor.off('lock-screen', away);
      powerMonitor.off('suspend', away);
    },
  };
}
