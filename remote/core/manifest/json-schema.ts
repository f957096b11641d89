/** The manifest's JSON Schema, for editors and for the window's form. */
import { writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { manifestSchema, type ServiceSpecs } from './schema.ts';

/** JSON Schema (2020-12) of a manifest as people write it. */
export function manifestJsonSchema(specs: ServiceSpecs): Record<string, unknown> {
  return z.toJSONSchema(manifestSchema(specs), { io: 'input', unrepresentable: 'any' });
}

/** Writes the schema that is published as `manifests/conpaas-manifest.schema.json`. */
export async function writeManifestSchema(path: string, specs: ServiceSpecs): Promise<void> {
  await writeFile(path, `${JSON.stringify(manifestJsonSchema(specs), null, 2)}\n`);
}
