/** Figures in words. Pure. */
import type { Figure } from '../../remote/core/contract/figures.ts';
import { perLanguage } from '../texts/catalogue.ts';
import { metricsTexts } from './texts.ts';

const fine = [0, 1, 2].map((digits) =>
  perLanguage((locale) => new Intl.NumberFormat(locale, { maximumFractionDigits: digits, useGrouping: false })),
);
const finest = perLanguage((locale) => new Intl.NumberFormat(locale, { maximumSignificantDigits: 2 }));

/** At most three or so digits, without a needless zero at the end. */
function short(value: number): string {
  if (value !== 0 && value < 0.095) return finest().format(value);
  const format = fine[value >= 100 ? 0 : value >= 10 ? 1 : 2] ?? finest;
  return format().format(value);
}

function scaled(value: number, names: readonly string[]): string {
  let power = 0;
  let rest = Math.abs(value);
  while (rest >= 1000 && power < names.length - 1) {
    rest /= 1000;
    power += 1;
  }
  return `${short(rest)} ${names[power] ?? ''}`.trim();
}

/** A value with its unit, e.g. `1.5 cores`, `61 MB`, `120/s`, `35 ms`. */
export function formatValue(value: number, unit: Figure['unit']): string {
  if (Number.isNaN(value)) return '–';
  const { units } = metricsTexts();
  switch (unit) {
    case 'cores':
      return value < 1 ? units.percent(short(value * 100)) : units.cores(short(value));
    case 'bytes':
      return scaled(value, units.bytes);
    case 'bytes/s':
      return units.aSecond(scaled(value, units.bytes));
    case '1/s':
      return units.aSecond(scaled(value, units.counts));
    case 'ms':
      return value >= 1000 ? units.seconds(short(value / 1000)) : units.milliseconds(short(value));
    case 'share':
      return units.percent(short(value * 100));
    case 'count':
      return scaled(value, units.counts);
  }
}

const time = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
const clock = perLanguage((locale) => new Intl.DateTimeFormat(locale, time));
const seconds = perLanguage((locale) => new Intl.DateTimeFormat(locale, { ...time, second: '2-digit' }));
const day = perLanguage((locale) => new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' }));

/** A moment as the axis tells it. @param spanMs what the axis shows in all */
export function formatTick(time: number, spanMs: number): string {
  if (spanMs > 3 * 86_400_000) return day().format(time);
  if (spanMs > 86_400_000) return metricsTexts().dayAndTime(day().format(time), clock().format(time));
  return (spanMs < 600_000 ? seconds() : clock()).format(time);
}

/** A moment in full. */
export function formatMoment(time: number): string {
  return metricsTexts().dayAndTime(day().format(time), seconds().format(time));
}
