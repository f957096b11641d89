/** From zod's issues to mistakes that name their place and say what was probably meant. */
import { z } from 'zod';
import type { ServiceSpecs } from './schema.ts';
import { unknownName } from './suggest.ts';
import type { DocumentPath } from './types.ts';

/** One mistake; `of` tells whether its key or its value is wrong. */
export interface Mistake {
  readonly path: DocumentPath;
  readonly message: string;
  readonly of: 'key' | 'value';
}

type Issue = z.core.$ZodIssue;

/** All mistakes of a value that `schema` refused, in words. */
export function explainIssues(
  issues: readonly Issue[],
  schema: z.ZodType,
  value: unknown,
  specs: ServiceSpecs,
): Mistake[] {
  return issues.flatMap((issue) => explain(issue, [], schema, value, specs));
}

function explain(
  issue: Issue,
  prefix: DocumentPath,
  schema: z.ZodType,
  value: unknown,
  specs: ServiceSpecs,
): Mistake[] {
  const path = [...prefix, ...issue.path.map((step) => (typeof step === 'number' ? step : String(step)))];
  const at = valueAt(value, path);
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = keysAt(schema, value, path);
      return issue.keys.map((key) => ({
        path: [...path, key],
        message: unknownKey(key, known, path, value),
        of: 'key' as const,
      }));
    }
    case 'invalid_union': {
      const near = issue.errors.filter((option) => !option.some(isWrongKind));
      const [only] = near;
      if (near.length === 1 && only !== undefined)
        return only.flatMap((inner) => explain(inner, path, schema, value, specs));
      if (path.at(-1) === 'Type') return [{ path, message: typeMessage(at, specs), of: 'value' }];
      return [{ path, message: issue.message, of: 'value' }];
    }
    case 'invalid_key':
      return [{ path, message: issue.issues[0]?.message ?? issue.message, of: 'key' }];
    case 'invalid_type':
      if (at === undefined) return [{ path, message: `"${String(path.at(-1))}" is missing`, of: 'value' }];
      return [{ path, message: issue.message.replace(/^Invalid input: e/, 'E'), of: 'value' }];
    default:
      return [{ path, message: issue.message, of: 'value' }];
  }
}

/** The value is of another kind than this option of a union, so its complaints do not help. */
function isWrongKind(issue: Issue): boolean {
  return issue.path.length === 0 && (issue.code === 'invalid_type' || issue.code === 'invalid_value');
}

function typeMessage(type: unknown, specs: ServiceSpecs): string {
  const known = Object.keys(specs);
  if (type === undefined) return `"Type" is missing; it can be ${known.join(', ')}`;
  if (typeof type !== 'string') return `A service type is expected: ${known.join(', ')}`;
  return unknownName('Type', type, known).replace(/\.$/, '');
}

function unknownKey(key: string, known: readonly string[], path: DocumentPath, value: unknown): string {
  const what = path.at(-1) === 'StartupInstances' ? 'Role' : 'Key';
  const message = unknownName(what, key, known).replace(/\.$/, '');
  const type = path.length === 2 && path[0] === 'Services' ? valueAt(value, [...path, 'Type']) : undefined;
  const elsewhere = ['Archive', 'HealthCheck', 'Domains', 'Dump', 'Password'].includes(key);
  return elsewhere && typeof type === 'string' ? `A ${type} service takes no ${key}` : message;
}

/** The value at a path, undefined where there is none. */
export function valueAt(value: unknown, path: DocumentPath): unknown {
  let at = value;
  for (const step of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined;
    at = (at as Record<string | number, unknown>)[step];
  }
  return at;
}

/** Keys that the schema knows at a path of this value. */
function keysAt(schema: z.ZodType, value: unknown, path: DocumentPath): readonly string[] {
  let options = unwrap(schema, value);
  for (const [depth, step] of path.entries()) {
    const inner = valueAt(value, path.slice(0, depth + 1));
    options = options.flatMap((option) => {
      if (option instanceof z.ZodObject) {
        const child = option.shape[String(step)];
        return child instanceof z.ZodType ? unwrap(child, inner) : [];
      }
      if (option instanceof z.ZodArray && option.element instanceof z.ZodType) return unwrap(option.element, inner);
      return [];
    });
  }
  return options.flatMap((option) => (option instanceof z.ZodObject ? Object.keys(option.shape) : []));
}

/** The schemas behind optionals, defaults and unions; of a union over `Type`, the one of this value's type. */
function unwrap(schema: z.ZodType, value: unknown): z.ZodType[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable) {
    const inner = schema.unwrap();
    return inner instanceof z.ZodType ? unwrap(inner, value) : [];
  }
  if (schema instanceof z.ZodDiscriminatedUnion) {
    const key = schema.def.discriminator;
    return schema.options.flatMap((option) => {
      if (!(option instanceof z.ZodObject)) return [];
      const tag = option.shape[key];
      return tag instanceof z.ZodLiteral && tag.values.has(valueAt(value, [key]) as string) ? [option] : [];
    });
  }
  if (schema instanceof z.ZodUnion)
    return schema.options.flatMap((option) => (option instanceof z.ZodType ? unwrap(option, value) : []));
  return [schema];
}
