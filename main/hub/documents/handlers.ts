/** What a window's calls about documents do. */
import path from 'node:path';
import { toFailure } from '../../../remote/core/contract/errors.ts';
import { parseManifest, type ServiceSpecs } from '../../../remote/core/manifest/index.ts';
import type { DocumentSource, documentCalls } from '../calls/documents.ts';
import type { Connection } from '../deployment.ts';
import { readyMadeFile } from '../manifests/ready-made.ts';
import type { Offers } from '../offers.ts';
import type { SubjectHandlers } from '../window-port.ts';
import { type Documents, type NewDocument, readManifestFile } from './documents.ts';
import { applicationName, manifestFor, newManifest } from './template.ts';

export interface DocumentOptions {
  readonly documents: Documents;
  readonly offers: Offers;
  /** Folder of the ready-made manifests. */
  readonly manifests: string;
  readonly specs: ServiceSpecs;
}

export function documentHandlers(options: DocumentOptions): SubjectHandlers<typeof documentCalls> {
  const { documents, offers, specs } = options;

  const contentOf = async (source: DocumentSource, connected: () => Promise<Connection>): Promise<NewDocument> => {
    switch (source.from) {
      case 'template':
        return { name: 'New manifest', origin: { from: 'text' }, text: newManifest };
      case 'text':
        return { name: source.name, origin: { from: 'text' }, text: source.text };
      case 'ready_made': {
        const file = readyMadeFile(options.manifests, source.id);
        const folder = path.dirname(file);
        return {
          name: path.basename(file),
          origin: { from: 'ready_made' },
          folder,
          text: await readManifestFile(file),
        };
      }
      case 'ticket': {
        const file = offers.path(source.ticket);
        const text = await readManifestFile(file);
        await documents.noteRecent(file);
        return { name: path.basename(file), origin: { from: 'file', path: file }, folder: path.dirname(file), text };
      }
      case 'archive': {
        const file = offers.path(source.ticket);
        const name = applicationName(path.basename(file));
        // Relative to where it lies: the page, and whoever gets the manifest, learns no path.
        return {
          name,
          origin: { from: 'text' },
          folder: path.dirname(file),
          text: manifestFor(name, path.basename(file)),
        };
      }
      case 'application': {
        const { application } = source;
        const connection = await connected();
        const { summary } = await connection.director.call('get_application', { application });
        const text = await exported(connection, summary.id);
        return {
          name: summary.name,
          origin: { from: 'application', application: summary.id, director: connection.facts.id },
          text,
        };
      }
    }
  };

  return {
    open_document: async ({ source }, { connected }) => documents.open(await contentOf(source, connected)),
    read_document: ({ document }) => documents.read(document),
    list_documents: () => documents.list(),
    keep_document: ({ document, ...change }) => documents.keep(document, change),
    discard_document: async ({ document }) => {
      await documents.discard(document);
      return null;
    },
    restore_document: ({ document }) => documents.restore(document),
    read_source: async ({ document }, { connected }) => {
      const origin = await documents.origin(document);
      if (origin.from === 'file') return { text: await readManifestFile(origin.path) };
      if (origin.from !== 'application') return null;
      const connection = await connected();
      // Another director may have an application of the same name: it is not what this was made of.
      return connection.facts.id === origin.director ? { text: await exported(connection, origin.application) } : null;
    },
    save_document: ({ document, text, ticket, overwrite = false }) =>
      documents.save(document, text, { file: ticket === undefined ? undefined : offers.target(ticket), overwrite }),
    list_recent: async () => {
      const recent = await documents.recent();
      const offered = await Promise.all(
        recent.map(async ({ path: file, openedAt }) => {
          // One that is gone gets no ticket.
          const [offer] = await offers.add([file]);
          return (
            offer && { ticket: offer.ticket, name: offer.name, folder: path.basename(path.dirname(file)), openedAt }
          );
        }),
      );
      return offered.filter((file) => file !== undefined);
    },
    forget_recent: async () => {
      await documents.forgetRecent();
      return null;
    },
    check_manifest: async ({ text }) => {
      try {
        return { warnings: parseManifest(text, specs).warnings };
      } catch (thrown) {
        const failure = toFailure(thrown);
        if (failure.code === 'internal') throw thrown;
        return { failure, warnings: [] };
      }
    },
  };
}

/** An application's manifest as the editor shows it. */
async function exported(connection: Connection, application: string): Promise<string> {
  const manifest = await connection.director.call('export_manifest', { application });
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}
