/** Costs in words. Pure. A price that is not known is "unknown", never 0. */
import { figure } from '../texts/figures.ts';
import { measureTexts } from '../texts/measures.ts';

/** Hours of a month, on average. */
export const hoursPerMonth = 730;

/** US dollars an hour: `0.041`, `12.50`, `unknown`. */
export function hourText(perHour: number | undefined): string {
  if (perHour === undefined) return measureTexts().unknown;
  return figure(perHour, perHour >= 10 ? 2 : 3);
}

/** US dollars a month at this price an hour: `29.9`, `1204`, `unknown`. */
export function monthText(perHour: number | undefined): string {
  if (perHour === undefined) return measureTexts().unknown;
  const perMonth = perHour * hoursPerMonth;
  return figure(perMonth, perMonth >= 1000 ? 0 : 1);
}

/** A difference: `+0.041 $/h, +29.9 $/month`, `no cost`, `cost unknown`. @param perHour US dollars */
export function differenceText(perHour: number | undefined): string {
  const texts = measureTexts();
  if (perHour === undefined) return texts.costUnknown;
  if (perHour === 0) return texts.noCost;
  const sign = perHour > 0 ? '+' : '−';
  const size = Math.abs(perHour);
  return texts.perHourAndMonth(`${sign}${hourText(size)}`, `${sign}${monthText(size)}`);
}

/** A price with its unit: `0.0416 $/h`, `free`, `unknown`. @param perHour US dollars */
export function priceText(perHour: number | undefined): string {
  const texts = measureTexts();
  if (perHour === undefined) return texts.unknown;
  if (perHour === 0) return texts.free;
  return texts.perHour(figure(perHour, perHour < 0.1 ? 4 : 3));
}
