/** Totals become rates per second. */

export interface Rates {
  /**
   * The rate since the total was last told, or undefined: the first time, and when the total has become smaller
   * because its engine has started anew.
   * @param at milliseconds of a clock that never goes back
   */
  rate(key: string, total: number, at: number): number | undefined;
  /** Forgets what begins with `prefix`. */
  forget(prefix: string): void;
}

export function createRates(): Rates {
  const last = new Map<string, { total: number; at: number }>();
  return {
    rate(key, total, at) {
      const before = last.get(key);
      last.set(key, { total, at });
      if (!before || total < before.total || at <= before.at) return undefined;
      return ((total - before.total) * 1000) / (at - before.at);
    },
    forget(prefix) {
      for (const key of last.keys()) if (key.startsWith(prefix)) last.delete(key);
    },
  };
}
