/** What can be written at a place of a manifest: keys that the schema knows and that are not there yet, and values. Pure. */
import { findNodeAtLocation, getLocation, getNodeValue, type Node, parseTree } from 'jsonc-parser';
import { alternativesAt, isRecord, type JsonSchema, type Path, valueAt } from './schema.ts';
import { problemTexts } from './texts.ts';

export interface Proposal {
  /** What is shown, and what is typed to find it. */
  readonly label: string;
  /** The text that comes in the place of `from`–`to`. */
  readonly insert: string;
  /** Where the cursor goes: characters from the start of `insert`. */
  readonly cursor: number;
  readonly kind: 'key' | 'value';
  /** One or two words beside it. */
  readonly detail: string;
  readonly description: string;
}

export interface Proposals {
  readonly from: number;
  readonly to: number;
  readonly options: readonly Proposal[];
}

/** What the window knows beside the schema. */
export interface Knowledge {
  readonly clouds: readonly string[];
}

/** Proposals at a position (characters from the start); undefined: none. */
export function proposalsAt(
  text: string,
  position: number,
  schema: JsonSchema,
  knowledge: Knowledge,
): Proposals | undefined {
  const location = getLocation(text, position);
  const root = parseTree(text, [], { disallowComments: false });
  const document: unknown = root ? getNodeValue(root) : undefined;
  const range = replacedRange(text, position, location.previousNode);
  if (range === undefined) return undefined;
  if (root && position > root.offset + root.length) return undefined;
  const options = location.isAtPropertyKey
    ? keys(text, range, location.path, root, document, schema)
    : values(location.path, document, schema, knowledge);
  return options.length === 0 ? undefined : { ...range, options };
}

/** The word, or quoted text, that the position is in; an empty range between two; undefined inside of a comment. */
function replacedRange(
  text: string,
  position: number,
  node: Node | undefined,
): { from: number; to: number } | undefined {
  if (node && node.offset <= position && position <= node.offset + node.length && node.type !== 'object') {
    const closed = node.offset + node.length;
    // A text that was not closed reaches to the end of its line: what follows is not of it.
    const unclosed = node.type === 'string' && text[closed - 1] !== '"';
    return { from: node.offset, to: unclosed ? position : closed };
  }
  const word = /["\w.-]*$/.exec(text.slice(0, position))?.[0] ?? '';
  return { from: position - word.length, to: position };
}

function keys(
  text: string,
  range: { from: number; to: number },
  path: Path,
  root: Node | undefined,
  document: unknown,
  schema: JsonSchema,
): readonly Proposal[] {
  const holder = path.slice(0, -1);
  const node = root && findNodeAtLocation(root, [...holder]);
  const there = new Set(
    (node?.children ?? [])
      .map(({ children }) => children?.[0])
      .filter((key) => key !== undefined && !(key.offset <= range.to && range.from <= key.offset + key.length))
      .map((key) => String(key?.value)),
  );
  const hasColon = /^\s*:/.test(text.slice(range.to));
  const isFollowed = /^\s*"/.test(text.slice(range.to));
  const known = new Map<string, JsonSchema>();
  for (const option of alternativesAt(schema, document, holder)) {
    for (const [key, inner] of Object.entries(option.properties ?? {})) if (!known.has(key)) known.set(key, inner);
  }
  return [...known]
    .filter(([key]) => !there.has(key) && key !== '$schema')
    .map(([key, inner]) => {
      const start = `${JSON.stringify(key)}: `;
      const [value, within] = hasColon ? ['', 0] : emptyValue(inner);
      const insert = hasColon ? JSON.stringify(key) : `${start}${value}${isFollowed ? ',' : ''}`;
      return {
        label: key,
        insert,
        cursor: hasColon ? insert.length : start.length + within,
        kind: 'key',
        detail: detailOf(inner),
        description: inner.description ?? '',
      };
    });
}

/** What a new key begins with, and where in it the cursor goes. */
function emptyValue(schema: JsonSchema): readonly [string, number] {
  if (schema.const !== undefined && typeof schema.const !== 'string') {
    const text = JSON.stringify(schema.const);
    return [text, text.length];
  }
  switch (schema.type ?? schema.anyOf?.[0]?.type) {
    case 'string':
      return ['""', 1];
    case 'array':
      return ['[]', 1];
    case 'object':
      return ['{}', 1];
    default:
      return ['', 0];
  }
}

function detailOf(schema: JsonSchema): string {
  if (schema.enum) return schema.enum.map(String).join(' | ');
  const types = new Set((schema.anyOf ?? [schema]).map(({ type }) => type ?? ''));
  if (types.has('integer')) return 'integer';
  return [...types].filter((type) => type !== '').join(' | ');
}

function values(path: Path, document: unknown, schema: JsonSchema, knowledge: Knowledge): readonly Proposal[] {
  const texts = problemTexts().proposals;
  const found = new Map<string, Proposal>();
  const add = (value: unknown, detail: string, description: string): void => {
    const insert = JSON.stringify(value);
    if (found.has(insert)) return;
    const label = typeof value === 'string' ? value : insert;
    found.set(insert, { label, insert, cursor: insert.length, kind: 'value', detail, description });
  };
  if (path.at(-1) === 'Type' && path[0] === 'Services' && path.length === 3) {
    for (const type of serviceTypes(schema)) add(type.type, type.title, type.description);
    return [...found.values()];
  }
  if (path[0] === 'Services' && path[2] === 'Needs' && path.length === 4) {
    const needed = valueAt(document, path.slice(0, 3));
    for (const name of serviceNames(document)) {
      const own = serviceName(valueAt(document, path.slice(0, 2)));
      if (name !== own && !(Array.isArray(needed) && needed.includes(name))) add(name, texts.service, '');
    }
    return [...found.values()];
  }
  if (path[0] === 'Services' && path[2] === 'Cloud') for (const cloud of knowledge.clouds) add(cloud, texts.cloud, '');
  for (const option of alternativesAt(schema, document, path)) {
    const description = option.description ?? '';
    if (option.const !== undefined) add(option.const, '', description);
    for (const value of option.enum ?? []) add(value, value === option.default ? texts.default : '', description);
    if (option.type === 'boolean') for (const value of [true, false]) add(value, '', description);
    if (option.default !== undefined) add(option.default, texts.default, description);
  }
  return [...found.values()];
}

/** The service types that the schema knows. */
export function serviceTypes(schema: JsonSchema): readonly { type: string; title: string; description: string }[] {
  return (schema.properties?.['Services']?.items?.oneOf ?? []).map((option) => ({
    type: String(option.properties?.['Type']?.const),
    title: option.title ?? '',
    description: option.description ?? '',
  }));
}

/** Names of the services of a document: the given ones, else the type. */
export function serviceNames(document: unknown): readonly string[] {
  const services = valueAt(document, ['Services']);
  if (!Array.isArray(services)) return [];
  return services.map(serviceName).filter((name) => name !== undefined);
}

/** The name a service has in the text; undefined: neither name nor type is there. */
export function serviceName(service: unknown): string | undefined {
  if (!isRecord(service)) return undefined;
  const { ServiceName: name, Type: type } = service;
  if (typeof name === 'string' && name !== '') return name;
  return typeof type === 'string' && type !== '' ? type.toLowerCase() : undefined;
}
