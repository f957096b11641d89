/** Prices in words. Pure. */

/** `0.0416 $/h`, `free`, `unknown` (never 0 for what is not known). @param perHour US dollars */
export function priceText(perHour: number | undefined): string {
  if (perHour === undefined) return 'unknown';
  if (perHour === 0) return 'free';
  return `${perHour < 0.1 ? perHour.toFixed(4) : perHour.toFixed(3)} $/h`;
}

/** `3 days` from a moment until now. */
export function ageText(since: number, now = Date.now()): string {
  const minutes = Math.max(0, now - since) / 60_000;
  if (minutes < 90) return `${Math.round(minutes)} min`;
  if (minutes < 2880) return `${Math.round(minutes / 60)} h`;
  return `${Math.round(minutes / 1440)} days`;
}
