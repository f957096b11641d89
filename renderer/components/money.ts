/** Costs in words. Pure. A price that is not known is "unknown", never 0. */

/** Hours of a month, on average. */
export const hoursPerMonth = 730;

/** US dollars an hour: `0.041`, `12.50`, `unknown`. */
export function hourText(perHour: number | undefined): string {
  if (perHour === undefined) return 'unknown';
  return perHour >= 10 ? perHour.toFixed(2) : perHour.toFixed(3);
}

/** US dollars a month at this price an hour: `29.9`, `1204`, `unknown`. */
export function monthText(perHour: number | undefined): string {
  if (perHour === undefined) return 'unknown';
  const perMonth = perHour * hoursPerMonth;
  return perMonth >= 1000 ? perMonth.toFixed(0) : perMonth.toFixed(1);
}
