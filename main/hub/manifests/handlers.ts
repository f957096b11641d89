import path from 'node:path';
import type { ManifestSource, manifestCalls } from '../calls/manifests.ts';
import type { Connection, ManifestText } from '../deployment.ts';
import { type Documents, readManifestFile } from '../documents/documents.ts';
import type { Offers } from '../offers.ts';
import type { SubjectHandlers } from '../window-port.ts';
import { listReadyMade, readyMadeFile } from './ready-made.ts';

/** @param folder of the ready-made manifests */
export function manifestHandlers(
  folder: string,
  offers: Offers,
  documents: Documents,
): SubjectHandlers<typeof manifestCalls> {
  const manifest = async (source: ManifestSource): Promise<ManifestText & { name?: string }> => {
    if (source.from === 'text') return { text: source.text, folder: undefined };
    if (source.from === 'document') return { text: source.text, folder: await documents.folder(source.document) };
    const file = source.from === 'ticket' ? offers.path(source.ticket) : readyMadeFile(folder, source.id);
    return { text: await readManifestFile(file), folder: path.dirname(file), name: path.basename(file) };
  };
  /** The director that a manifest may go to. */
  const at = async (source: ManifestSource, connected: () => Promise<Connection>): Promise<Connection> => {
    const connection = await connected();
    if (source.from === 'document') await documents.refuseElsewhere(source.document, connection.facts.id);
    return connection;
  };
  return {
    list_ready_made: () => listReadyMade(folder),
    read_manifest: async ({ source }) => {
      const { text, name } = await manifest(source);
      return { text, ...(name === undefined ? {} : { name }) };
    },
    plan: async ({ source, ...placed }, { signal, connected }) => {
      const connection = await at(source, connected);
      return connection.plan(await manifest(source), placed, signal);
    },
    apply: async ({ source, ...placed }, { signal, connected }) => {
      const connection = await at(source, connected);
      return connection.apply(await manifest(source), placed, signal);
    },
  };
}
