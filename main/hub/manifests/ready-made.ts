/** The ready-made manifests that come with the program. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ReadyMade } from '../protocol.ts';

/** The manifests in `folder`, by name; a file that is not one is left out (the JSON Schema lies there too). */
export async function listReadyMade(folder: string): Promise<readonly ReadyMade[]> {
  const names = (await readdir(folder)).filter((name) => /^[a-z0-9-]+\.json$/.test(name)).sort();
  const found = await Promise.all(names.map((name) => describeFile(folder, name)));
  return found.filter((entry) => entry !== undefined);
}

/** The file of a ready-made manifest. `id` was checked to be a plain name. */
export function readyMadeFile(folder: string, id: string): string {
  return path.join(folder, `${id}.json`);
}

async function describeFile(folder: string, file: string): Promise<ReadyMade | undefined> {
  const document: unknown = JSON.parse(await readFile(path.join(folder, file), 'utf8'));
  if (
    typeof document !== 'object' ||
    document === null ||
    !('Services' in document) ||
    !Array.isArray(document.Services)
  )
    return undefined;
  const id = file.slice(0, -'.json'.length);
  return {
    id,
    name: 'Application' in document ? String(document.Application) : id,
    description: 'Description' in document ? String(document.Description) : '',
    services: document.Services.map((service: { Type?: unknown }) => String(service.Type ?? '')),
  };
}
