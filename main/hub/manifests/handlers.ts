import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ConpaasError } from '../../../remote/core/contract/errors.ts';
import type { ManifestSource, manifestCalls } from '../calls/manifests.ts';
import type { ManifestText } from '../deployment.ts';
import type { Offers } from '../offers.ts';
import type { SubjectHandlers } from '../window-port.ts';
import { listReadyMade, readyMadeFile } from './ready-made.ts';

/** A manifest is a small text; what is larger is something else. */
const largestManifest = 1_000_000;

/** @param folder of the ready-made manifests */
export function manifestHandlers(folder: string, offers: Offers): SubjectHandlers<typeof manifestCalls> {
  const manifest = async (source: ManifestSource): Promise<ManifestText & { name?: string }> => {
    if (source.from === 'text') return { text: source.text, folder: undefined };
    const file = source.from === 'ticket' ? offers.path(source.ticket) : readyMadeFile(folder, source.id);
    return { text: await readManifest(file), folder: path.dirname(file), name: path.basename(file) };
  };
  return {
    list_ready_made: () => listReadyMade(folder),
    read_manifest: async ({ source }) => {
      const { text, name } = await manifest(source);
      return { text, ...(name === undefined ? {} : { name }) };
    },
    plan: async ({ source, name }, { signal, connected }) =>
      (await connected()).plan(await manifest(source), name, signal),
    apply: async ({ source, name }, { signal, connected }) =>
      (await connected()).apply(await manifest(source), name, signal),
  };
}

async function readManifest(file: string): Promise<string> {
  const content = await readFile(file).catch(() => {
    throw new ConpaasError('not_found', `${path.basename(file)} cannot be read. Is it a file that you may read?`);
  });
  if (content.length > largestManifest) {
    throw new ConpaasError(
      'too_large',
      `${path.basename(file)} is too large to be a manifest (${Math.round(content.length / 1e6)} MB).`,
    );
  }
  return content.toString('utf8');
}
