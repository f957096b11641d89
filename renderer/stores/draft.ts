/** The manifest that a new application is to be made of. */
import { create } from 'zustand';
import type { ManifestSource } from '../../main/hub/protocol.ts';

export interface Draft {
  readonly source: ManifestSource;
  /** Where it came from, for a person: a file's name. */
  readonly origin: string;
}

interface DraftStore {
  readonly draft: Draft | undefined;
}

export const useDraft = create<DraftStore>(() => ({ draft: undefined }));

export function offerManifest(source: ManifestSource, origin: string): void {
  useDraft.setState({ draft: { source, origin } });
}

export function clearDraft(): void {
  useDraft.setState({ draft: undefined });
}
