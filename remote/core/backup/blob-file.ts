/** A blob of backups as a file, sealed; called by its SHA-256. */
import { hashed } from './byte-streams.ts';
import { readSealed, type Sealer, writeSealed } from './sealed-stream.ts';

const format = 'conpaas-director-backup-blob';
const version = 1;

/**
 * Whole and durable when resolved.
 * @returns its size in bytes
 * @throws ConpaasError checksum_mismatch: these bytes are not that blob
 */
export function writeBlobFile(
  file: string,
  sealer: Sealer,
  sha256: string,
  bytes: AsyncIterable<Uint8Array>,
): Promise<number> {
  return writeSealed(file, sealer, { format, version, sha256 }, hashed(bytes, sha256, `the blob ${sha256}`));
}

/** Its bytes; the SHA-256 is checked at their end. @throws ConpaasError checksum_mismatch */
export function readBlobFile(file: string, key: Uint8Array, sha256: string): AsyncGenerator<Buffer, void> {
  return hashed(readSealed(file, key), sha256, `the blob ${sha256}`);
}
