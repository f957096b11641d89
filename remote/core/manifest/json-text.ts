/** Strict JSON with positions: where each value stands, so that a mistake can be pointed at. */
import { findNodeAtLocation, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import { ConpaasError } from '../contract/errors.ts';
import { type DocumentPath, formatPath } from './types.ts';

/** Line and column, from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface ParsedText {
  readonly value: unknown;
  /** Where a value stands (its key, where `of` is 'key'); the nearest parent's place when it is not there. */
  locate(path: DocumentPath, of: 'key' | 'value'): Position;
}

const maximumDepth = 64;
const maximumLength = 4 * 1024 * 1024;

/** What is said of mistakes, by jsonc-parser's names of them. The editor says the same at once, in words of its own file. */
export const jsonMistakes: Readonly<Record<string, string>> = {
  InvalidSymbol: 'This is not JSON: a value is expected (words are true, false and null; texts stand in double quotes)',
  InvalidNumberFormat: 'This is not a number',
  PropertyNameExpected: 'A key in double quotes is expected (JSON allows no comma after the last entry)',
  ValueExpected: 'A value is expected (JSON allows no comma after the last entry)',
  ColonExpected: 'A colon is expected between key and value',
  CommaExpected: 'A comma is expected between two entries',
  CloseBraceExpected: 'A closing brace } is missing',
  CloseBracketExpected: 'A closing bracket ] is missing',
  EndOfFileExpected: 'The document ends before this; nothing may follow',
  InvalidCommentToken: 'JSON allows no comments',
  UnexpectedEndOfComment: 'JSON allows no comments',
  UnexpectedEndOfString: 'A text is not closed: its second double quote is missing on this line',
  UnexpectedEndOfNumber: 'This is not a number',
  InvalidUnicode: 'After \\u four hexadecimal digits are expected',
  InvalidEscapeCharacter: 'This escape is not known; a backslash is written \\\\',
  InvalidCharacter: 'This character is not allowed in a text; write it as an escape, e.g. \\n',
};

/**
 * Parses strict JSON: comments, trailing commas and duplicate keys are mistakes.
 * @param what what the text is, for the message: "manifest"
 * @throws ConpaasError invalid_request with `places`
 */
export function parseJsonText(text: string, what: string): ParsedText {
  const source = text.startsWith('\uFEFF') ? ` ${text.slice(1)}` : text;
  if (source.length > maximumLength)
    throw new ConpaasError('too_large', `The ${what} is larger than ${maximumLength / 1024 / 1024} MiB.`);
  refuseDepth(source, what);
  if (source.trim() === '') {
    const places = [{ path: '$', message: `The ${what} is empty`, line: 1, column: 1 }];
    throw new ConpaasError('invalid_request', `The ${what} is empty.`, { places });
  }
  const starts = lineStarts(source);
  const errors: ParseError[] = [];
  const root = parseTree(source, errors, { disallowComments: true, allowTrailingComma: false });
  const places = errors.slice(0, 10).map((error) => ({
    path: '$',
    message: jsonMistakes[printParseErrorCode(error.error)] ?? 'This is not JSON',
    ...positionAt(starts, error.offset),
  }));
  if (root !== undefined && places.length === 0) {
    for (const { path, offset } of duplicateKeys(root))
      places.push({
        path: formatPath(path),
        message: `The key "${String(path.at(-1))}" stands here twice`,
        ...positionAt(starts, offset),
      });
  }
  const [first] = places;
  if (root === undefined || first !== undefined) {
    const where = first === undefined ? '' : ` (line ${first.line}, column ${first.column})`;
    throw new ConpaasError('invalid_request', `The ${what} is not valid JSON: ${first?.message ?? ''}${where}.`, {
      places,
    });
  }
  return {
    // Errors were reported above; this parser, unlike the other, cannot be led to set a prototype.
    value: JSON.parse(source),
    locate(path, of) {
      for (let length = path.length; length >= 0; length--) {
        const node = findNodeAtLocation(root, path.slice(0, length));
        if (node === undefined) continue;
        const key = node.parent?.type === 'property' ? node.parent.children?.[0] : undefined;
        const whole = length === path.length && of === 'value';
        return positionAt(starts, (whole ? node : (key ?? node)).offset);
      }
      return { line: 1, column: 1 };
    },
  };
}

/** The parser is recursive: a text of a million brackets must not reach it. */
function refuseDepth(text: string, what: string): void {
  let depth = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (quoted) {
      if (character === '\\') index++;
      else if (character === '"' || character === '\n') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === '{' || character === '[') {
      if (++depth > maximumDepth)
        throw new ConpaasError('invalid_request', `The ${what} is nested deeper than ${maximumDepth} levels.`);
    } else if (character === '}' || character === ']') depth--;
  }
}

function* duplicateKeys(node: Node): Generator<{ path: (string | number)[]; offset: number }> {
  const seen = new Set<string>();
  for (const [index, child] of (node.children ?? []).entries()) {
    if (node.type === 'array') {
      for (const found of duplicateKeys(child)) yield { ...found, path: [index, ...found.path] };
      continue;
    }
    const [key, value] = child.children ?? [];
    if (key === undefined) continue;
    const name = String(key.value);
    if (seen.has(name)) yield { path: [name], offset: key.offset };
    seen.add(name);
    if (value !== undefined) for (const found of duplicateKeys(value)) yield { ...found, path: [name, ...found.path] };
  }
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function positionAt(starts: readonly number[], offset: number): Position {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
}
