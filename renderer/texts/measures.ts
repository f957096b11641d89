/** Words for times, sizes and money: what stands beside their figures. */
import { type Catalogue, textsOf } from './catalogue.ts';

const english = {
  seconds: (count: string) => `${count} s`,
  minutes: (count: string) => `${count} min`,
  hours: (count: string) => `${count} h`,
  /** Two or more: one day is told in hours. */
  days: (count: string) => `${count} days`,
  bytes: (count: string) => `${count} B`,
  kilobytes: (count: string) => `${count} kB`,
  megabytes: (count: string) => `${count} MB`,
  gigabytes: (count: string) => `${count} GB`,
  unknown: 'unknown',
  free: 'free',
  perHour: (dollars: string) => `${dollars} $/h`,
  perMonth: (dollars: string) => `${dollars} $/month`,
  perHourAndMonth: (perHour: string, perMonth: string) => `${perHour} $/h, ${perMonth} $/month`,
  noCost: 'no cost',
  costUnknown: 'cost unknown',
};

export type MeasureTexts = typeof english;

const texts: Catalogue<MeasureTexts> = { en: english };

export const measureTexts = (): MeasureTexts => textsOf(texts);
