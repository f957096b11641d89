/** What kind of field a part of the manifest's schema gets in the form. Pure. */
import type { JsonSchema } from '../text/schema.ts';
import { manifestFormTexts } from './texts.ts';

export type FieldKind =
  /** On or off, written 1 or 0. */
  | { readonly kind: 'switch' }
  | { readonly kind: 'choice'; readonly options: readonly unknown[] }
  | { readonly kind: 'number'; readonly minimum: number | undefined; readonly maximum: number | undefined }
  | { readonly kind: 'text'; readonly long: boolean }
  /** A file: URL, path, git URL; or a blob, which is shown only. `many`: or a list of these. */
  | { readonly kind: 'source'; readonly many: boolean }
  /** A text, or the name of a secret that holds it. */
  | { readonly kind: 'password' }
  | { readonly kind: 'texts' }
  /** Names of other services. */
  | { readonly kind: 'needs' }
  /** Names and values. */
  | { readonly kind: 'map' }
  | { readonly kind: 'group'; readonly fields: readonly Field[] }
  /** What the form has nothing for: it is edited in the text. */
  | { readonly kind: 'other' };

export interface Field {
  readonly key: string;
  readonly label: string;
  readonly description: string;
  readonly required: boolean;
  /** What counts where nothing is written, as it is shown. */
  readonly placeholder: string;
  readonly is: FieldKind;
}

/** The fields of an object's schema, in its order; `without` are those that have a place of their own. */
export function fieldsOf(schema: JsonSchema, without: readonly string[] = []): readonly Field[] {
  const { labels } = manifestFormTexts();
  return Object.entries(schema.properties ?? {})
    .filter(([key]) => !without.includes(key))
    .map(([key, inner]) => ({
      key,
      label: labels[key] ?? key,
      description: inner.description ?? '',
      required: schema.required?.includes(key) ?? false,
      placeholder: placeholderOf(inner),
      is: kindOf(key, inner),
    }));
}

function placeholderOf({ default: value, description = '' }: JsonSchema): string {
  if (value !== undefined) return typeof value === 'string' ? value : JSON.stringify(value);
  // "Default: 5." or "Default at first: 1." at the end of a description.
  return /Default(?: at first)?: ([\w.]+?)\.?$/.exec(description)?.[1] ?? '';
}

function kindOf(key: string, schema: JsonSchema): FieldKind {
  if (key === 'Needs') return { kind: 'needs' };
  if (schema.enum) return { kind: 'choice', options: schema.enum };
  if (schema.anyOf) return kindOfUnion(schema.anyOf);
  switch (schema.type) {
    case 'integer':
    case 'number':
      return { kind: 'number', minimum: schema.minimum, maximum: schema.maximum };
    case 'boolean':
      return { kind: 'choice', options: [true, false] };
    case 'string':
      return { kind: 'text', long: key === 'Description' };
    case 'array':
      return schema.items?.type === 'string' ? { kind: 'texts' } : { kind: 'other' };
    case 'object':
      if (schema.properties) return { kind: 'group', fields: fieldsOf(schema) };
      return typeof schema.additionalProperties === 'object' && schema.additionalProperties.type === 'string'
        ? { kind: 'map' }
        : { kind: 'other' };
    default:
      return { kind: 'other' };
  }
}

function kindOfUnion(options: readonly JsonSchema[]): FieldKind {
  const number = options.find(({ type }) => type === 'integer');
  if (number) return { kind: 'number', minimum: number.minimum, maximum: number.maximum };
  if (options.some(({ type }) => type === 'boolean')) return { kind: 'switch' };
  if (options.some(({ properties }) => properties?.['Blob']))
    return { kind: 'source', many: options.some(({ type }) => type === 'array') };
  if (options.some(({ properties }) => properties?.['Secret'])) return { kind: 'password' };
  return { kind: 'other' };
}
