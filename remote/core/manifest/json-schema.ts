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
  await writeFile(path, `${formatted(manifestJsonSchema(specs))}\n`);
}

const lineWidth = 120;

/** JSON as the project's formatter leaves it (short lists of words on one line), so that the file needs no exception. */
function formatted(value: unknown): string {
  const list = /^( *(?:"[^"]*": )?)\[\n([^[\]{}]*)\n *\](,?)$/gm;
  return JSON.stringify(value, null, 2).replaceAll(list, (whole, start: string, items: string, comma: string) => {
    const line = `${start}[${items.trim().split(/\n */).join(' ')}]${comma}`;
    return line.length > lineWidth ? whole : line;
  });
}
