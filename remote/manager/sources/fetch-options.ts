/** What fetching of URLs and of git repositories have in common. */
import type { Resolver } from './resolve.ts';

export interface FetchLimits {
  /** Bytes of a download, or of a git repository with its files. */
  readonly maxBytes: number;
  /** Milliseconds without a byte after which a source is given up. */
  readonly idleMs: number;
}

export const defaultFetchLimits: FetchLimits = { maxBytes: 2 * 1024 ** 3, idleMs: 30_000 };

export interface FetchOptions {
  /** Whether private and loopback addresses may be fetched from: only where the manager runs on the user's computer. */
  readonly allowPrivate: boolean;
  /** Made if need be; the file is put there. */
  readonly directory: string;
  readonly limits?: Partial<FetchLimits> | undefined;
  readonly signal: AbortSignal;
  /** Bytes received so far, and of how many where that is known. */
  readonly onProgress?: ((received: number, total: number | undefined) => void) | undefined;
  /** Instead of the system's resolver. */
  readonly resolver?: Resolver | undefined;
  /** Certificate authorities instead of the system's, PEM. */
  readonly ca?: string | undefined;
}
