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

/** A difference: `+0.041 $/h, +29.9 $/month`, `no cost`, `cost unknown`. @param perHour US dollars */
export function differenceText(perHour: number | undefined): string {
  if (perHour === undefined) return 'cost unknown';
  if (perHour === 0) return 'no cost';
  const sign = perHour > 0 ? '+' : '−';
  const size = Math.abs(perHour);
  return `${sign}${hourText(size)} $/h, ${sign}${monthText(size)} $/month`;
}

/** A price with its unit: `0.0416 $/h`, `free`, `unknown`. @param perHour US dollars */
export function priceText(perHour: number | undefined): string {
  if (perHour === undefined) return 'unknown';
  if (perHour === 0) return 'free';
  return `${perHour < 0.1 ? perHour.toFixed(4) : perHour.toFixed(3)} $/h`;
}
