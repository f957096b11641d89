/** How finely and how long figures are kept. */

export interface Level {
  /** Table of the store. */
  readonly table: 'raw' | 'minute' | 'quarter';
  readonly stepSeconds: number;
  readonly keepSeconds: number;
}

export const raw: Level = { table: 'raw', stepSeconds: 5, keepSeconds: 2 * 3600 };
export const minute: Level = { table: 'minute', stepSeconds: 60, keepSeconds: 2 * 86_400 };
export const quarter: Level = { table: 'quarter', stepSeconds: 900, keepSeconds: 30 * 86_400 };

/** The finest first. */
export const levels: readonly Level[] = [raw, minute, quarter];

/** Samples that come this much late still count in the minute they are of without rolling it up twice. */
export const graceSeconds = 20;

const steps = [5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400];

/**
 * Which level answers a question and with what interval: at most `points` of them, no finer than what is still kept.
 * @param from seconds since the epoch
 */
export function chooseStep(from: number, to: number, points: number, now: number): { step: number; level: Level } {
  // Rolled rows of the end of a range are there a little after raw ones begin to go.
  const finest = now - from <= raw.keepSeconds ? raw : now - from <= minute.keepSeconds ? minute : quarter;
  const step =
    steps.find((one) => one >= finest.stepSeconds && (to - from) / one <= points - 1) ??
    Math.ceil((to - from) / Math.max(1, points - 1) / 900) * 900;
  const level = levels.findLast((one) => one.stepSeconds <= step && one.stepSeconds >= finest.stepSeconds) ?? finest;
  return { step, level };
}
