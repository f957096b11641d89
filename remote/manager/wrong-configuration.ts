/** What is said of a configuration that a service cannot take. */
import type { z } from 'zod';
import { ConpaasError } from '../core/contract/errors.ts';
import { unknownName } from '../core/manifest/suggest.ts';
import { placesOf } from '../core/rpc/validate.ts';

/** @param known keys of the service's configuration */
export function wrongConfiguration(service: string, error: z.ZodError, known: readonly string[]): ConpaasError {
  const places = placesOf(error).map((place) =>
    known.includes(place.path.split('.')[0] ?? '')
      ? place
      : { ...place, message: unknownName('Key', place.path, known) },
  );
  const [first] = places;
  const text = first?.message.startsWith('Key ') ? first.message : `${first?.path}: ${first?.message}`;
  return new ConpaasError('invalid_request', `${service} cannot be configured so: ${text}`, { places });
}
