/** What callers may say, and what a download gives them. */
import type { Readable } from 'node:stream';
import type { OperationId } from '../contract/ids.ts';

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Default: the method's own, else 30 s. Longer where the caller runs on an emulated machine. */
  readonly timeoutMs?: number | undefined;
  /** For the operation that the call starts: asked once more with the same id, it is not started once more. */
  readonly operation?: OperationId | undefined;
}

export interface StreamOptions {
  readonly signal?: AbortSignal | undefined;
  /** `seq` of the last item seen before: goes on after it where the server can. */
  readonly after?: number | undefined;
  /** The server has begun: of what its handler subscribes to, nothing from now on is missed. */
  onOpen?(): void;
  /** Told the `seq` of each item just before it is handed out, for `after`. */
  onSeq?(seq: number): void;
}

export interface UploadOptions {
  readonly signal?: AbortSignal | undefined;
  /** For the operation that the upload starts: asked once more with the same id, it is not started once more. */
  readonly operation?: OperationId | undefined;
  onProgress?(sent: number, total: number): void;
}

/** A file to send; `name` is what the server is told, its last path component by default. */
export interface LocalFile {
  readonly path: string;
  readonly name?: string;
}

export interface Download {
  /** Ends with an error (`checksum_mismatch`, `unreachable`) where the whole did not arrive as it was sent. */
  readonly stream: Readable;
  readonly size?: number;
  readonly sha256?: string;
  readonly name?: string;
}
