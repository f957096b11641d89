/** Opening a manifest in the editor, from wherever it comes. The editor itself is loaded by its page. */
import type { DocumentSource, Offer } from '../../main/hub/protocol.ts';
import { hub } from '../hub/client.ts';
import { go } from './route.ts';

/** Opens it, and shows the editor. */
export async function editManifest(source: DocumentSource): Promise<void> {
  const { id } = await hub.call('open_document', { source });
  go({ page: 'editor', document: id });
}

/** The first manifest among dropped files; undefined: there is none. */
export async function manifestOf(dropped: {
  readonly offers: readonly Offer[];
  readonly files: readonly File[];
}): Promise<DocumentSource | undefined> {
  const isManifest = (name: string): boolean => /\.(json|conpaas)$/i.test(name);
  const offer = dropped.offers.find(({ kind, name }) => kind === 'file' && isManifest(name));
  if (offer) return { from: 'ticket', ticket: offer.ticket };
  const file = dropped.files.find(({ name }) => isManifest(name));
  return file && { from: 'text', name: file.name, text: await file.text() };
}
