/** The manifest's JSON Schema, walked along a path: what may stand where. Pure. */
import { problemTexts } from './texts.ts';

/** JSON Schema 2020-12, as far as the manifest's own uses it. */
export interface JsonSchema {
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
}

/** Keys and indexes from the top of a document to a value. */
export type Path = readonly (string | number)[];

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at a path; undefined where there is none. */
export function valueAt(value: unknown, path: Path): unknown {
  let at = value;
  for (const step of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined;
    at = (at as Readonly<Record<string | number, unknown>>)[step];
  }
  return at;
}

/** The alternatives of a schema. Of those told apart by `Type`: the one of this value's type, all where it has none. */
function alternatives(schema: JsonSchema, value: unknown): readonly JsonSchema[] {
  const options = schema.oneOf ?? schema.anyOf;
  if (!options) return [schema];
  const type = isRecord(value) && typeof value['Type'] === 'string' ? value['Type'].toLowerCase() : undefined;
  const named = options.filter((option) => option.properties?.['Type']?.const === type);
  const chosen = named.length > 0 ? named : options;
  return chosen.flatMap((option) => alternatives(option, value));
}

function child(schema: JsonSchema, step: string | number): JsonSchema | undefined {
  if (typeof step === 'number') return schema.items;
  if (schema.properties && Object.hasOwn(schema.properties, step)) return schema.properties[step];
  return typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined;
}

/** The schemas that a value at `path` may follow, as written (with their alternatives still inside). */
export function schemasAt(schema: JsonSchema, document: unknown, path: Path): readonly JsonSchema[] {
  let schemas: readonly JsonSchema[] = [schema];
  for (const [depth, step] of path.entries()) {
    const value = valueAt(document, path.slice(0, depth));
    schemas = schemas
      .flatMap((candidate) => alternatives(candidate, value))
      .map((candidate) => child(candidate, step))
      .filter((candidate) => candidate !== undefined);
  }
  return schemas;
}

/** The same, each alternative by itself. */
export function alternativesAt(schema: JsonSchema, document: unknown, path: Path): readonly JsonSchema[] {
  const value = valueAt(document, path);
  return schemasAt(schema, document, path).flatMap((candidate) => alternatives(candidate, value));
}

/** What a value should be, in a few words: `a whole number from 1 to 8`, `On or Off`. */
export function expectedText(schemas: readonly JsonSchema[]): string {
  const texts = new Set(schemas.flatMap((schema) => alternatives(schema, undefined)).map(oneExpected));
  return problemTexts().values.or([...texts].filter((text) => text !== ''));
}

function oneExpected(schema: JsonSchema): string {
  const texts = problemTexts().values;
  if (schema.const !== undefined) return String(schema.const);
  if (schema.enum) return texts.or(schema.enum.map(String));
  switch (schema.type) {
    case 'integer':
    case 'number': {
      const isWhole = schema.type === 'integer';
      if (schema.minimum !== undefined && schema.maximum !== undefined)
        return (isWhole ? texts.integerFrom : texts.numberFrom)(schema.minimum, schema.maximum);
      return isWhole ? texts.integer : texts.number;
    }
    case 'string':
      // The count of a role may be written in quotes; nobody needs to hear of it.
      return schema.pattern === '^[0-9]{1,4}$' ? '' : texts.text;
    case 'boolean':
      return texts.boolean;
    case 'array':
      return texts.list;
    case 'object':
      return texts.object;
    default:
      return '';
  }
}
