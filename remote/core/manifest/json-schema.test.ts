import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { manifestJsonSchema, writeManifestSchema } from './index.ts';
import { testSpecs } from './test-specs.ts';

it('is written as what it is, with a description of every key', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'conpaas-schema-'));
  try {
    const path = join(folder, 'schema.json');
    await writeManifestSchema(path, testSpecs);
    const written: unknown = JSON.parse(await readFile(path, 'utf8'));
    expect(written).toEqual(manifestJsonSchema(testSpecs));
    expect(written).toMatchObject({ required: ['Application'], additionalProperties: false });
    const [php] = (written as { properties: { Services: { items: { oneOf: { properties: object }[] } } } }).properties
      .Services.items.oneOf;
    const undescribed = Object.entries(php?.properties ?? {}).filter(([, schema]) => !('description' in schema));
    expect(undescribed.map(([key]) => key)).toEqual(['Type']);
  } finally {
    await rm(folder, { recursive: true });
  }
});
