/** From a text, or a value that came over the wire, to a checked manifest. */
import { ConpaasError } from '../contract/errors.ts';
import { type Position, parseJsonText } from './json-text.ts';
import { explainIssues, type Mistake, valueAt } from './mistakes.ts';
import { normalizeManifest } from './normalize.ts';
import { manifestSchema, type ServiceSpecs, type WrittenManifest } from './schema.ts';
import { type CheckedManifest, type DocumentPath, formatPath } from './types.ts';

type Locate = (path: DocumentPath, of: 'key' | 'value') => Position;

/**
 * Checks the text of a manifest and fills in defaults and wiring.
 * @throws ConpaasError invalid_request; `places` has every mistake with JSON path, line and column (from 1)
 */
export function parseManifest(text: string, specs: ServiceSpecs): CheckedManifest {
  const parsed = parseJsonText(text, 'manifest');
  return check(parsed.value, specs, parsed.locate);
}

/**
 * The same for an object (director and manager). What parseManifest returned is accepted and returned as it is.
 * @throws ConpaasError invalid_request; `places` has JSON paths only
 */
export function validateManifest(value: unknown, specs: ServiceSpecs): CheckedManifest {
  return check(value, specs, undefined);
}

function check(value: unknown, specs: ServiceSpecs, locate: Locate | undefined): CheckedManifest {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw failure(
      [{ path: [], message: 'A manifest is an object: {"Application": …, "Services": […]}', of: 'value' }],
      locate,
    );
  const lenient = lowerTypes(value);
  const schema = manifestSchema(specs);
  const result = schema.safeParse(lenient);
  if (!result.success) throw failure(explainIssues(result.error.issues, schema, lenient, specs), locate);
  const { manifest, warnings, mistakes } = normalizeManifest(
    withoutDefaults(result.data as WrittenManifest, lenient),
    specs,
  );
  if (mistakes.length > 0) throw failure(mistakes, locate);
  return { manifest, warnings };
}

/** Parsing fills in every setting's default; a manifest keeps the given ones, so that a default may change later. */
function withoutDefaults(parsed: WrittenManifest, given: object): WrittenManifest {
  const { Services } = parsed;
  if (Services === undefined) return parsed;
  return {
    ...parsed,
    Services: Services.map((service, index) => {
      const keys = valueAt(given, ['Services', index, 'Configuration']);
      if (service.Configuration === undefined || typeof keys !== 'object' || keys === null) return service;
      const kept = Object.entries(service.Configuration).filter(([key]) => Object.hasOwn(keys, key));
      return { ...service, Configuration: Object.fromEntries(kept) };
    }),
  };
}

/** A shallow copy with each Type in lower case, so that "PHP" is understood. */
function lowerTypes(value: object): object {
  const services = 'Services' in value ? value.Services : undefined;
  if (!Array.isArray(services)) return value;
  return {
    ...value,
    Services: services.map((service: unknown) =>
      typeof service === 'object' && service !== null && 'Type' in service && typeof service.Type === 'string'
        ? { ...service, Type: service.Type.toLowerCase() }
        : service,
    ),
  };
}

function failure(mistakes: readonly Mistake[], locate: Locate | undefined): ConpaasError {
  const places = mistakes.map((mistake) => ({
    path: formatPath(mistake.path),
    message: mistake.message,
    ...locate?.(mistake.path, mistake.of),
  }));
  if (locate !== undefined) places.sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
  const [first] = places;
  const count = places.length === 1 ? 'a mistake' : `${places.length} mistakes`;
  const where = first?.line === undefined ? first?.path : `line ${first.line}, column ${first.column}, ${first.path}`;
  return new ConpaasError('invalid_request', `The manifest has ${count}: ${first?.message} (${where}).`, { places });
}
