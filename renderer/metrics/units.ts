/** Figures in words. Pure. */
import type { Figure } from '../../remote/core/contract/metrics.ts';

const digits = (value: number): string =>
  value === 0
    ? '0'
    : value >= 100
      ? value.toFixed(0)
      : value >= 10
        ? value.toFixed(1)
        : value >= 0.095
          ? value.toFixed(2)
          : value.toPrecision(2);

/** At most three or so digits, without a needless zero at the end. */
const short = (value: number): string =>
  digits(value)
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '');

function scaled(value: number, base: number, names: readonly string[]): string {
  let power = 0;
  let rest = Math.abs(value);
  while (rest >= base && power < names.length - 1) {
    rest /= base;
    power += 1;
  }
  return `${short(rest)} ${names[power] ?? ''}`.trim();
}

/** A value with its unit, e.g. `1.5 cores`, `61 MB`, `120/s`, `35 ms`. */
export function formatValue(value: number, unit: Figure['unit']): string {
  if (Number.isNaN(value)) return '–';
  switch (unit) {
    case 'cores':
      return value < 1 ? `${short(value * 100)} %` : `${short(value)} cores`;
    case 'bytes':
      return scaled(value, 1000, ['B', 'kB', 'MB', 'GB', 'TB']);
    case 'bytes/s':
      return `${scaled(value, 1000, ['B', 'kB', 'MB', 'GB', 'TB'])}/s`;
    case '1/s':
      return `${scaled(value, 1000, ['', 'k', 'M']).replace(' ', ' ')}/s`;
    case 'ms':
      return value >= 1000 ? `${short(value / 1000)} s` : `${short(value)} ms`;
    case 'share':
      return `${short(value * 100)} %`;
    case 'count':
      return scaled(value, 1000, ['', 'k', 'M']);
  }
}

/** The unit as a chart's title tells it. */
export const unitNames: Readonly<Record<Figure['unit'], string>> = {
  cores: 'of a core',
  bytes: 'bytes',
  'bytes/s': 'bytes a second',
  '1/s': 'a second',
  ms: 'time',
  share: 'share',
  count: 'count',
};

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const seconds = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });

/** A moment as the axis tells it. @param spanMs what the axis shows in all */
export function formatTick(time: number, spanMs: number): string {
  if (spanMs > 3 * 86_400_000) return day.format(time);
  if (spanMs > 86_400_000) return `${day.format(time)} ${clock.format(time)}`;
  return spanMs < 600_000 ? seconds.format(time) : clock.format(time);
}

/** A moment in full. */
export function formatMoment(time: number): string {
  return `${day.format(time)} ${seconds.format(time)}`;
}
