/** Values of the contract in words. Pure. */
import { sizeText, timeText } from '../components/time.ts';
import { serviceTexts } from './texts.ts';

/** A value that is one text, by what its name says it is; undefined: it has parts. */
export function plainText(value: unknown, name: string): string | undefined {
  const { none, yes, no, empty } = serviceTexts().values;
  if (value === undefined || value === null) return none;
  switch (typeof value) {
    case 'boolean':
      return value ? yes : no;
    case 'number':
      return numberText(value, name);
    case 'string':
      return value === '' ? empty : value;
    case 'object':
      if (Array.isArray(value)) return value.length === 0 ? none : undefined;
      return Object.keys(value).length === 0 ? none : undefined;
    default:
      return String(value);
  }
}

function numberText(value: number, name: string): string {
  if (/(?:At|^at|since|time|deadline)$/.test(name) && value > 1e11) return timeText(value);
  if (/^(?:size|bytes|memory|disk)$/.test(name)) return sizeText(value);
  return String(value);
}

/** The columns of a list of objects of plain values; undefined: it is no table. */
export function columnsOf(list: readonly unknown[]): readonly string[] | undefined {
  const columns = new Set<string>();
  for (const row of list) {
    if (typeof row !== 'object' || row === null || Array.isArray(row)) return undefined;
    for (const name of Object.keys(row)) columns.add(name);
  }
  return columns.size > 0 && columns.size <= 12 ? [...columns] : undefined;
}
