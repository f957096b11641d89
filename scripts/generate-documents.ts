/** Documents that are made from the contract: the API for readers and tools, the manifest's schema for editors. */
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { agentMethods, directorMethods, hostMethods, managerMethods } from '../remote/core/contract/index.ts';
import { writeManifestSchema } from '../remote/core/manifest/index.ts';
import { openApiDocument } from '../remote/core/rpc/index.ts';
import { serviceSpecs } from '../remote/services/registry/spec.ts';

/**
 * Writes dist/openapi.json and manifests/conpaas-manifest.schema.json below `root`; one that would not change is left
 * alone. Called by build.mjs.
 * @returns their paths
 */
export async function writeDocuments(root: string): Promise<readonly string[]> {
  const api = join(root, 'dist', 'openapi.json');
  const document = openApiDocument({ directorMethods, managerMethods, agentMethods, hostMethods, serviceSpecs });
  await writeIfChanged(api, `${JSON.stringify(document, null, 2)}\n`);
  const schema = join(root, 'manifests', 'conpaas-manifest.schema.json');
  const fresh = join(root, 'dist', '.manifest-schema.json');
  await writeManifestSchema(fresh, serviceSpecs);
  await writeIfChanged(schema, await readFile(fresh, 'utf8'));
  await rm(fresh);
  return [api, schema];
}

async function writeIfChanged(path: string, text: string): Promise<void> {
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}
