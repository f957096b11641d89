/**
 * Manifests being edited. The hub keeps each as a draft, sealed on disk, so that what was typed survives the window; the
 * page names it by its id, and never learns a path.
 */
import { z } from 'zod';
import type { Failure } from '../../../remote/core/contract/errors.ts';
import { application, ticket } from './common.ts';

export const documentId = z.string().regex(/^[a-z0-9-]{1,64}$/);

/** Far more than a manifest needs; what is larger is something else. */
const text = z.string().max(1_000_000);

/** What is to be edited. */
export const DocumentSource = z.discriminatedUnion('from', [
  z.strictObject({ from: z.literal('template') }),
  z.strictObject({ from: z.literal('ready_made'), id: z.string().regex(/^[a-z0-9-]{1,60}$/) }),
  z.strictObject({ from: z.literal('ticket'), ticket }),
  /** An archive or folder by itself: a manifest with one service that runs it. */
  z.strictObject({ from: z.literal('archive'), ticket }),
  z.strictObject({ from: z.literal('application'), application }),
  z.strictObject({ from: z.literal('text'), name: z.string().max(200), text }),
]);
export type DocumentSource = z.infer<typeof DocumentSource>;

/** Where a document comes from; a file is told by the name of its folder only, an application with the id of its director. */
export type DocumentOrigin =
  | { readonly from: 'text' }
  | { readonly from: 'ready_made' }
  | { readonly from: 'file'; readonly folder: string }
  | { readonly from: 'application'; readonly application: string; readonly director: string };

export interface DocumentFacts {
  readonly id: string;
  /** Of the file, or of the application. */
  readonly name: string;
  readonly origin: DocumentOrigin;
  /** Whether there is something that was neither saved to its file nor applied. */
  readonly changed: boolean;
  /** Milliseconds since the epoch. */
  readonly keptAt: number;
}

export interface OpenedDocument extends DocumentFacts {
  readonly text: string;
  /** What its file, or the application, held when it was last compared with that. */
  readonly base: string;
  /** It was there already, with changes: what was typed earlier. */
  readonly restored: boolean;
}

export interface RecentFile {
  readonly ticket: string;
  readonly name: string;
  /** The folder's name, to tell files of the same name apart. */
  readonly folder: string;
  readonly openedAt: number;
}

export const documentCalls = {
  /** A document that is being edited already is given as it is, with what was typed. */
  open_document: z.strictObject({ source: DocumentSource }),
  read_document: z.strictObject({ document: documentId }),
  list_documents: z.strictObject({}),
  /** Keeps the text. `base`: what it was compared with; `settled`: this text was applied, nothing is outstanding. */
  keep_document: z.strictObject({
    document: documentId,
    text,
    base: text.optional(),
    settled: z.boolean().optional(),
  }),
  discard_document: z.strictObject({ document: documentId }),
  /** Takes back a discarding since the hub started. */
  restore_document: z.strictObject({ document: documentId }),
  /** The text that its file, or the application, holds now; null where there is neither, or its director is not the one shown. */
  read_source: z.strictObject({ document: documentId }),
  /** Writes the file: its own, or the one that the ticket names. @throws conflict: another program has changed it */
  save_document: z.strictObject({
    document: documentId,
    text,
    ticket: ticket.optional(),
    overwrite: z.boolean().optional(),
  }),
  list_recent: z.strictObject({}),
  forget_recent: z.strictObject({}),
  /** All that the manifest's own checker finds; no director is needed. */
  check_manifest: z.strictObject({ text }),
} as const;

export interface DocumentResults {
  open_document: OpenedDocument;
  read_document: OpenedDocument;
  list_documents: readonly DocumentFacts[];
  keep_document: DocumentFacts;
  discard_document: null;
  restore_document: DocumentFacts;
  read_source: { readonly text: string } | null;
  save_document: OpenedDocument;
  list_recent: readonly RecentFile[];
  forget_recent: null;
  check_manifest: { readonly failure?: Failure | undefined; readonly warnings: readonly string[] };
}
