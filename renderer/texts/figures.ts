/** Figures as the language in force writes them. Pure. */
import { perLanguage } from './catalogue.ts';

const formats = [0, 1, 2, 3, 4].map((digits) =>
  perLanguage(
    (locale) =>
      new Intl.NumberFormat(locale, {
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
        useGrouping: false,
      }),
  ),
);

/** `3.14`, with so many digits after the point, 0 to 4. @throws RangeError for more */
export function figure(value: number, digits: number): string {
  const format = formats[digits];
  if (!format) throw new RangeError(`no format with ${digits} digits`);
  return format().format(value);
}

const grouped = perLanguage((locale) => new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }));

/** `12,345`: for large counts that are read, not compared. */
export function largeCount(value: number): string {
  return grouped().format(value);
}
