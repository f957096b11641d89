/** What the schema tells of the service types: those with code have an archive, databases have a dump. */
import { manifestSchema } from './manifest-schema.ts';

const branches = manifestSchema.properties?.['Services']?.items?.oneOf ?? [];

function typesWith(key: string): ReadonlySet<string> {
  return new Set(
    branches.filter(({ properties }) => properties?.[key]).map(({ properties }) => String(properties?.['Type']?.const)),
  );
}

export const manifestTypes = { code: typesWith('Archive'), databases: typesWith('Dump') } as const;
