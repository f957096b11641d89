/** Times and sizes in words. Pure. */
import { perLanguage } from '../texts/catalogue.ts';
import { figure } from '../texts/figures.ts';
import { measureTexts } from '../texts/measures.ts';

// As in logs: of one width, and without a word for the half of the day.
const hours = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
const day = { day: 'numeric', month: 'short' } as const;
const clock = perLanguage((locale) => new Intl.DateTimeFormat(locale, hours));
const dayAndClock = perLanguage((locale) => new Intl.DateTimeFormat(locale, { ...day, ...hours }));
const exactClock = perLanguage((locale) => new Intl.DateTimeFormat(locale, { ...hours, second: '2-digit' }));
const dayAndExactClock = perLanguage(
  (locale) => new Intl.DateTimeFormat(locale, { ...day, ...hours, second: '2-digit' }),
);
const date = perLanguage((locale) => new Intl.DateTimeFormat(locale, day));

/** `14:02` today, `3 Nov, 14:02` on another day. @param time milliseconds since the epoch */
export function timeText(time: number, now = Date.now()): string {
  const sameDay = new Date(time).toDateString() === new Date(now).toDateString();
  return (sameDay ? clock() : dayAndClock()).format(time);
}

/** As `timeText`, with seconds: `14:02:31`. For what may happen twice in a minute. @param time milliseconds since the epoch */
export function exactTimeText(time: number, now = Date.now()): string {
  const sameDay = new Date(time).toDateString() === new Date(now).toDateString();
  return (sameDay ? exactClock() : dayAndExactClock()).format(time);
}

/** `3 Nov`. @param time milliseconds since the epoch */
export function dayText(time: number): string {
  return date().format(time);
}

/** `0.4 s`, `12 s`, `3 min`, `2 h`. @param ms milliseconds */
export function durationText(ms: number): string {
  const texts = measureTexts();
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 10) return texts.seconds(figure(seconds, 1));
  if (seconds < 100) return texts.seconds(figure(seconds, 0));
  if (seconds < 5400) return texts.minutes(figure(seconds / 60, 0));
  if (seconds < 129_600) return texts.hours(figure(seconds / 3600, 0));
  return texts.days(figure(seconds / 86_400, 0));
}

const units = ['bytes', 'kilobytes', 'megabytes', 'gigabytes'] as const;

/** `812 B`, `3.1 MB`. */
export function sizeText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  const count = figure(value, unit === 0 || value >= 100 ? 0 : 1);
  return measureTexts()[units[unit] ?? 'bytes'](count);
}
