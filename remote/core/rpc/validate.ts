/** Parameters and results against the contract. */
import { z } from 'zod';
import { ConpaasError, type Failure } from '../contract/errors.ts';
import type { Method } from '../contract/method.ts';

/**
 * Parameters as a handler gets them. Unknown fields are refused, whether the schema says so or not.
 * @throws ConpaasError invalid_request with the places
 */
export function parseParams(name: string, method: Method, value: unknown): unknown {
  const parsed = strict(method.params).safeParse(value ?? {});
  if (parsed.success) return parsed.data;
  const places = placesOf(parsed.error);
  const listed = places
    .slice(0, 5)
    .map((place) => (place.path === '' ? place.message : `${place.path}: ${place.message}`))
    .join('; ');
  throw new ConpaasError('invalid_request', `The parameters of ${name} are not valid: ${listed}.`, { places });
}

/**
 * A result as it leaves the server, or as the client hands it on: known fields checked, unknown ones dropped.
 * @throws ZodError
 */
export function parseResult(method: Method, value: unknown): unknown {
  return method.result.parse(value);
}

const strictSchemas = new WeakMap<z.ZodType, z.ZodType>();

function strict(schema: z.ZodType): z.ZodType {
  const known = strictSchemas.get(schema);
  if (known) return known;
  const made = schema instanceof z.ZodObject && schema.def.catchall === undefined ? schema.strict() : schema;
  strictSchemas.set(schema, made);
  return made;
}

/** Where a value differs from its schema: `nodes.web[0].count`. */
export function placesOf(error: z.ZodError): NonNullable<Failure['places']> {
  return error.issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys') {
      // Zod has no issue of its own for what is not there.
      const message = issue.message.endsWith('received undefined') ? 'is missing' : issue.message;
      return [{ path: pathText(issue.path), message }];
    }
    return issue.keys.map((key) => ({ path: pathText([...issue.path, key]), message: 'unknown field' }));
  });
}

function pathText(path: readonly PropertyKey[]): string {
  let text = '';
  for (const part of path) text += typeof part === 'number' ? `[${part}]` : `${text === '' ? '' : '.'}${String(part)}`;
  return text;
}
