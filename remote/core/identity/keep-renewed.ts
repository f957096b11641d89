/** Keeps a certificate fresh while its process lives. */
import { toFailure } from '../contract/errors.ts';
import type { Credentials } from './credentials.ts';
import { lifeOf } from './join.ts';

/** Looked at this often at most: the clock may jump, a laptop sleeps, timers hold no more than 24 days. */
const longestWait = 600_000;
const shortestWait = 1_000;

/**
 * When a certificate is due for renewal: at two thirds of its life, ± 5 % so that a deployment does not renew at once.
 * @param jitter from 0 to 1
 * @returns milliseconds since the epoch
 */
export function renewalTime(life: { notBefore: number; notAfter: number }, jitter: number): number {
  return life.notBefore + (life.notAfter - life.notBefore) * (2 / 3 + (jitter - 0.5) / 10);
}

/** What `keepRenewed` gives. */
export interface Renewal extends AsyncDisposable {
  /** Renews now, however young the certificate is. @throws what `renew` throws */
  renewNow(): Promise<void>;
}

/**
 * Renews a certificate whenever it is due, and again after a failure, with growing pauses.
 * @param options.renew fetches (or issues) and stores fresh credentials
 * @param options.onRenewed gives them to servers and clients
 * @param options.now milliseconds since the epoch
 * @returns what stops it
 */
export function keepRenewed(options: {
  readonly credentials: Credentials;
  readonly renew: (current: Credentials, signal: AbortSignal) => Promise<Credentials>;
  readonly onRenewed: (fresh: Credentials) => void;
  readonly log: (line: string) => void;
  readonly now?: () => number;
  readonly jitter?: () => number;
}): Renewal {
  const { log, now = Date.now, jitter = Math.random } = options;
  const stop = new AbortController();
  let current = options.credentials;
  let due = renewalTime(lifeOf(current.certificate), jitter());
  let failures = 0;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();

  function schedule(): void {
    if (stop.signal.aborted) return;
    const pause =
      failures === 0 ? 0 : Math.min(shortestWait * 2 ** (failures - 1), longestWait) * (0.75 + jitter() / 2);
    const wait = Math.max(Math.min(due - now(), longestWait), pause, 0);
    timer = setTimeout(() => {
      running = tick();
    }, wait);
    timer.unref();
  }

  async function tick(): Promise<void> {
    if (now() >= due) {
      try {
        const before = due;
        await renew();
        // A certificate cut short by its issuer's end is due at once, for ever: ask less often.
        failures = due > Math.max(now(), before) ? 0 : failures + 1;
      } catch (error) {
        if (stop.signal.aborted) return;
        failures += 1;
        log(`The certificate could not be renewed: ${toFailure(error).message}`);
      }
    }
    schedule();
  }

  async function renew(): Promise<void> {
    current = await options.renew(current, stop.signal);
    due = renewalTime(lifeOf(current.certificate), jitter());
    options.onRenewed(current);
  }

  schedule();
  return {
    async renewNow() {
      // After the attempt that is under way: two at once could store an older answer over a newer one.
      running = running.then(renew);
      const asked = running;
      running = asked.catch(() => undefined);
      await asked;
      clearTimeout(timer);
      schedule();
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      clearTimeout(timer);
      await running;
    },
  };
}
