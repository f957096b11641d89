import { setTimeout as delay } from 'node:timers/promises';

/** Asks again and again until there is an answer that is neither undefined nor false; fails with `what` after a while. */
export async function until<T>(
  what: string | (() => string),
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  timeoutMs = 30_000,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > deadline)
      throw new Error(`Waited ${timeoutMs / 1000} s in vain for: ${typeof what === 'string' ? what : what()}`);
    await delay(20);
  }
}
