/**
 * Mistakes of a manifest with their places in the text. What the page finds by itself, at once: syntax (jsonc-parser) and
 * the published schema (AJV, compiled at build). What the hub's own checker says replaces it a moment later: that one
 * knows more (names, circles) and says what was probably meant. Pure.
 */
import {
  findNodeAtLocation,
  getNodeValue,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser';
import type { Failure } from '../../../remote/core/contract/errors.ts';
import { expectedText, type JsonSchema, type Path, schemasAt } from './schema.ts';
import { problemTexts } from './texts.ts';

export interface Problem {
  /** Characters from the start of the text. */
  readonly from: number;
  readonly to: number;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  readonly level: 'error' | 'warning';
  readonly message: string;
}

/** As far as it is used here; see ajv's ErrorObject. */
export interface SchemaError {
  readonly instancePath: string;
  readonly schemaPath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string | undefined;
}

/** Errors of a document against the manifest's schema; none: it fits. */
export type SchemaCheck = (document: unknown) => readonly SchemaError[];

/** Problems that the page finds by itself, in the order of the text. */
export function problemsOf(text: string, schema: JsonSchema, check: SchemaCheck): readonly Problem[] {
  const texts = problemTexts();
  if (text.trim() === '') return [problem(text, 0, 0, texts.empty)];
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
  if (errors.length > 0 || !root) {
    return errors
      .filter(({ offset }, index) => errors[index - 1]?.offset !== offset)
      .slice(0, 20)
      .map(({ error, offset, length }) =>
        problem(text, offset, offset + length, texts.syntax[printParseErrorCode(error)] ?? texts.notJson),
      );
  }
  const document: unknown = withLowerTypes(getNodeValue(root));
  return innermost(check(document))
    .map((error) => explain(text, root, document, schema, error))
    .sort((a, b) => a.from - b.from);
}

/** The checker takes types in any letter case; the schema, which is for other editors too, in lower case only. */
function withLowerTypes(document: unknown): unknown {
  if (typeof document !== 'object' || document === null || !('Services' in document)) return document;
  const { Services: services } = document;
  if (!Array.isArray(services)) return document;
  const lower = (service: unknown): unknown =>
    typeof service === 'object' && service !== null && 'Type' in service && typeof service.Type === 'string'
      ? { ...service, Type: service.Type.toLowerCase() }
      : service;
  return { ...document, Services: services.map(lower) };
}

/** Of the errors inside of alternatives only the deepest: that none of the others fits either helps nobody. */
function innermost(errors: readonly SchemaError[]): readonly SchemaError[] {
  const unions = errors.filter(({ keyword }) => keyword === 'anyOf');
  return errors.filter((error) => {
    if (error.keyword === 'anyOf') return !unions.some((other) => isBelow(other, error));
    return !unions.some((union) => isBelow(error, union) || isAlternativeOf(error, union));
  });
}

const isBelow = (inner: SchemaError, outer: SchemaError): boolean =>
  inner !== outer && inner.instancePath.startsWith(`${outer.instancePath}/`);

const isAlternativeOf = (error: SchemaError, union: SchemaError): boolean =>
  error.instancePath === union.instancePath && error.schemaPath.startsWith(`${union.schemaPath}/`);

function explain(text: string, root: Node, document: unknown, schema: JsonSchema, error: SchemaError): Problem {
  const texts = problemTexts();
  const path = parsePointer(error.instancePath, document);
  const at = (where: Path, of: 'key' | 'value', message: string): Problem => {
    const node = nearest(root, where, of);
    return problem(text, node.offset, node.offset + node.length, message);
  };
  const { params } = error;
  switch (error.keyword) {
    case 'additionalProperties': {
      const key = String(params['additionalProperty']);
      const notKnown = path.at(-1) === 'StartupInstances' ? texts.roleNotKnown : texts.keyNotKnown;
      return at([...path, key], 'key', notKnown(key));
    }
    case 'required':
      return at(path, 'key', texts.missing(String(params['missingProperty'])));
    case 'discriminator': {
      const known = schemasAt(schema, {}, [...path, 'Type']).map(({ const: type }) => String(type));
      const value = params['tagValue'];
      return typeof value === 'string'
        ? at([...path, 'Type'], 'value', texts.typeNotKnown(value, known))
        : at(path, 'key', texts.typeMissing(known));
    }
    case 'pattern':
      return at(path, 'value', texts.notAsItShouldBe);
    default: {
      const expected = expectedText(schemasAt(schema, document, path));
      return at(path, 'value', expected === '' ? (error.message ?? texts.wrong) : texts.expected(expected));
    }
  }
}

/** JSON pointer (RFC 6901) to path. */
function parsePointer(pointer: string, document: unknown): Path {
  let at: unknown = document;
  return pointer
    .split('/')
    .slice(1)
    .map((part) => {
      const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
      const step = Array.isArray(at) ? Number(key) : key;
      at = typeof at === 'object' && at !== null ? (at as Readonly<Record<string | number, unknown>>)[step] : undefined;
      return step;
    });
}

/** The node at a path (its key, where `of` is `key` and it has one), or of the nearest parent that is there. */
function nearest(root: Node, path: Path, of: 'key' | 'value'): Node {
  for (let length = path.length; length >= 0; length--) {
    const node = findNodeAtLocation(root, path.slice(0, length));
    if (!node) continue;
    const key = node.parent?.type === 'property' ? node.parent.children?.[0] : undefined;
    if (of === 'value' && length === path.length) return node;
    return key ?? bracketOf(node);
  }
  return bracketOf(root);
}

/** An object or list is marked at its first character only: a whole block under a wavy line helps nobody. */
const bracketOf = (node: Node): Node =>
  node.type === 'object' || node.type === 'array' ? { ...node, length: 1 } : node;

/** What is missing at the end is marked at the last character there is. */
function problem(text: string, at: number, to: number, message: string): Problem {
  const from = Math.max(0, Math.min(at, text.trimEnd().length - 1));
  const before = text.slice(0, from);
  return {
    from,
    to: Math.max(to, Math.min(from + 1, text.length)),
    line: before.split('\n').length,
    column: from - before.lastIndexOf('\n'),
    level: 'error',
    message,
  };
}

/** Places that the hub's checker, or the director, has named, as problems. One without a line is put by its JSON path. */
export function problemsOfFailure(text: string, failure: Failure): readonly Problem[] {
  const root = parseTree(text, []);
  const problems = (failure.places ?? []).map((place) => {
    if (place.line !== undefined) {
      const from = Math.min(offsetOf(text, place.line, place.column ?? 1), text.length);
      return problem(text, from, endOfWord(text, from), place.message);
    }
    const node = root ? nearest(root, parsePath(place.path), 'value') : { offset: 0, length: 0 };
    return problem(text, node.offset, node.offset + node.length, place.message);
  });
  return problems.sort((a, b) => a.from - b.from);
}

/** Line and column count from 1, in characters as the checker counts them. */
export function offsetOf(text: string, line: number, column: number): number {
  let start = 0;
  for (let count = 1; count < line; count++) {
    const next = text.indexOf('\n', start);
    if (next < 0) return text.length;
    start = next + 1;
  }
  return start + column - 1;
}

/** The end of the JSON text, number or word that begins here; a bracket by itself. */
function endOfWord(text: string, from: number): number {
  const token = /^(?:"(?:[^"\\\n]|\\.)*"?|[\w.+-]+)/.exec(text.slice(from, from + 4096));
  return from + (token?.[0].length ?? 1);
}

/** `$.Services[0].Archive` to a path; see `formatPath` of the checker. */
export function parsePath(text: string): Path {
  const steps: (string | number)[] = [];
  for (const [, name, index, quoted] of text.matchAll(/\.([\w$-]+)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/g)) {
    if (name !== undefined) steps.push(name);
    else if (index !== undefined) steps.push(Number(index));
    else if (quoted !== undefined) steps.push(String(JSON.parse(quoted)));
  }
  return steps;
}
