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

function compile({ text, caseSensitive }: LogQuery): RegExp {
  try {
    return new RegExp(text, caseSensitive ? '' : 'i');
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
