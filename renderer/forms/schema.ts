/** Forms from JSON Schema: which fields there are, and what a user's input means. Pure. */

import { formTexts } from './texts.ts';

/** The part of JSON Schema that our contracts use. */
export interface JsonSchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema | false;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly writeOnly?: boolean;
}

export type FieldKind =
  | 'text'
  | 'long'
  | 'secret'
  | 'integer'
  | 'number'
  | 'boolean'
  | 'choice'
  | 'list'
  | 'pairs'
  | 'json';

export interface Field {
  readonly name: string;
  readonly kind: FieldKind;
  readonly description: string | undefined;
  readonly required: boolean;
  /** As it would be typed; undefined: there is none. */
  readonly defaultText: string | undefined;
  readonly choices: readonly string[];
  readonly schema: JsonSchema;
}

/** What an input means: a value (undefined: left out), or what is wrong with it. */
export type Read = { readonly value: unknown } | { readonly problem: string };

const longFrom = 1000;

/** Fields of an object schema in its order. @param without names that are filled in otherwise */
export function fieldsOf(schema: unknown, without: readonly string[] = []): readonly Field[] {
  const { properties = {}, required = [] } = schema as JsonSchema;
  return Object.entries(properties)
    .filter(([name]) => !without.includes(name))
    .map(([name, property]): Field => {
      const kind = kindOf(property);
      return {
        name,
        kind,
        description: property.description,
        required: required.includes(name) && property.default === undefined,
        defaultText: property.default === undefined ? undefined : textOf(property.default, kind),
        choices: kind === 'boolean' ? ['true', 'false'] : (property.enum ?? []).map(String),
        schema: property,
      };
    });
}

function kindOf(schema: JsonSchema): FieldKind {
  if (schema.enum) return 'choice';
  switch (schema.type) {
    case 'boolean':
      return 'boolean';
    case 'integer':
      return 'integer';
    case 'number':
      return 'number';
    case 'string':
      if (schema.writeOnly) return 'secret';
      return (schema.maxLength ?? 0) > longFrom ? 'long' : 'text';
    case 'array':
      return isText(schema.items) ? 'list' : 'json';
    case 'object':
      return schema.properties === undefined && isScalar(schema.additionalProperties) ? 'pairs' : 'json';
    default:
      return 'json';
  }
}

const isText = (schema: JsonSchema | boolean | undefined): boolean =>
  typeof schema === 'object' && schema.type === 'string';
const isScalar = (schema: JsonSchema | boolean | undefined): boolean =>
  typeof schema === 'object' && ['string', 'integer', 'number'].includes(schema.type ?? '');

/** A value as it would be typed into a field. */
export function textOf(value: unknown, kind: FieldKind): string {
  if (value === undefined || value === null) return '';
  switch (kind) {
    case 'list':
      return Array.isArray(value) ? value.join('\n') : String(value);
    case 'pairs':
      return Object.entries(value as Record<string, unknown>)
        .map(([key, one]) => `${key}=${String(one)}`)
        .join('\n');
    case 'json':
      return JSON.stringify(value, undefined, 2);
    default:
      return String(value);
  }
}

/** What a user's input means. Empty means: left out (the default, where there is one). */
export function readField({ kind, required, schema }: Pick<Field, 'kind' | 'required' | 'schema'>, text: string): Read {
  const { problems } = formTexts();
  if (text === '') return required ? { problem: problems.needed } : { value: undefined };
  switch (kind) {
    case 'boolean':
      return { value: text === 'true' };
    case 'choice': {
      const found = schema.enum?.find((one) => String(one) === text);
      return found === undefined ? { problem: problems.oneOf(schema.enum ?? []) } : { value: found };
    }
    case 'integer':
    case 'number':
      return readNumber(schema, kind, text.trim());
    case 'list':
      return readList(schema, text);
    case 'pairs':
      return readPairs(schema, text);
    case 'json':
      try {
        return { value: JSON.parse(text) as unknown };
      } catch (error) {
        return { problem: problems.notJson(error instanceof Error ? error.message : String(error)) };
      }
    default:
      return readText(schema, text);
  }
}

function readNumber({ minimum, maximum }: JsonSchema, kind: 'integer' | 'number', text: string): Read {
  const value = Number(text);
  const { problems } = formTexts();
  if (text === '' || !Number.isFinite(value) || (kind === 'integer' && !Number.isInteger(value)))
    return { problem: kind === 'integer' ? problems.integer : problems.number };
  if (minimum !== undefined && value < minimum) return { problem: problems.least(minimum) };
  if (maximum !== undefined && value > maximum) return { problem: problems.most(maximum) };
  return { value };
}

function readText({ minLength = 0, maxLength, pattern, description }: JsonSchema, text: string): Read {
  const { problems } = formTexts();
  if (text.length < minLength) return { problem: problems.short(minLength) };
  if (maxLength !== undefined && text.length > maxLength) return { problem: problems.long(maxLength) };
  if (pattern !== undefined && !new RegExp(pattern, 'u').test(text))
    return { problem: description ? problems.other(description) : problems.pattern(pattern) };
  return { value: text };
}

function readList({ items }: JsonSchema, text: string): Read {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  for (const line of lines) {
    const read = readText(items || {}, line);
    if ('problem' in read) return { problem: formTexts().problems.of(line, read.problem) };
  }
  return { value: lines };
}

function readPairs({ additionalProperties }: JsonSchema, text: string): Read {
  const { problems } = formTexts();
  const inner = typeof additionalProperties === 'object' ? additionalProperties : {};
  const pairs: Record<string, unknown> = {};
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const at = line.indexOf('=');
    const key = line.slice(0, at).trim();
    if (at < 1 || key === '') return { problem: problems.pair(line) };
    const read = readField({ kind: kindOf(inner), required: false, schema: inner }, line.slice(at + 1).trim());
    if ('problem' in read) return { problem: problems.of(key, read.problem) };
    pairs[key] = read.value;
  }
  return { value: pairs };
}

export interface FormReading {
  /** What was given; fields left out are not in it. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly problems: Readonly<Record<string, string>>;
}

export function readForm(fields: readonly Field[], texts: Readonly<Record<string, string>>): FormReading {
  const values: Record<string, unknown> = {};
  const problems: Record<string, string> = {};
  for (const field of fields) {
    const read = readField(field, texts[field.name] ?? '');
    if ('problem' in read) problems[field.name] = read.problem;
    else if (read.value !== undefined) values[field.name] = read.value;
  }
  return { values, problems };
}

/** Words that are written in capitals. */
/** Words that are not written as others are. */
const written: Readonly<Record<string, string>> = { innodb: 'InnoDB' };
const initials = /\b(acme|gb|hsts|https?|id|ip|sql|url)\b/gi;

/** A name of the contract for a person: `max_execution_time` and `timeoutMs` as words. */
export function titleOf(name: string): string {
  const words = name
    .replaceAll('_', ' ')
    .replaceAll(/([a-z])([A-Z])/g, (_all, a: string, b: string) => `${a} ${b.toLowerCase()}`);
  const first = words.split(' ', 1)[0] ?? '';
  const begun = written[first] ?? first.charAt(0).toUpperCase() + first.slice(1);
  return (begun + words.slice(first.length)).replaceAll(initials, (word) => word.toUpperCase());
}
