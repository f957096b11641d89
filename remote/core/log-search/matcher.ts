/** Which lines match. Pure; run in a worker, because a regular expression may never end. */
import { ConpaasError } from '../contract/errors.ts';
import type { LogQuery } from '../contract/logs.ts';
import { visibleText } from './visible.ts';

/** @throws ConpaasError invalid_request where the expression is none */
export function createMatcher(query: LogQuery): (line: string) => boolean {
  if (query.regex) {
    const expression = compile(query);
    return (line) => expression.test(visibleText(line));
  }
  if (query.caseSensitive) return (line) => visibleText(line).includes(query.text);
  const wanted = query.text.toLowerCase();
  return (line) => visibleText(line).toLowerCase().includes(wanted);
}

/** Marks of a line at most. */
const mostMarks = 200;

/**
 * Where a query is found in a line, as begins and ends by turns, in characters of its visible text. What matches without
 * taking any character is left out.
 * @throws ConpaasError invalid_request where the expression is none
 */
export function createMarker(query: LogQuery): (line: string) => number[] {
  const escaped = query.regex ? query.text : query.text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
  const expression = compile({ ...query, text: escaped }, 'g');
  return (line) => {
    const marks: number[] = [];
    for (const { 0: found, index } of visibleText(line).matchAll(expression)) {
      if (found === '') continue;
      marks.push(index, index + found.length);
      if (marks.length >= 2 * mostMarks) break;
    }
    return marks;
  };
}

function compile({ text, caseSensitive }: LogQuery, flags = ''): RegExp {
  try {
    return new RegExp(text, caseSensitive ? flags : `i${flags}`);
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^Invalid regular expression: /, '') : '';
    throw new ConpaasError('invalid_request', `This is no regular expression: ${reason}. Mend it, or search for text.`);
  }
}

/** Indices of the lines of a text that match. */
export function matchingLines(text: string, matches: (line: string) => boolean): number[] {
  const found: number[] = [];
  let index = 0;
  for (let start = 0; ; index += 1) {
    const end = text.indexOf('\n', start);
    if (matches(end < 0 ? text.slice(start) : text.slice(start, end))) found.push(index);
    if (end < 0) return found;
    start = end + 1;
  }
}
