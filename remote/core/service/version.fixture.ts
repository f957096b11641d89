/** Versions of code for tests: only what differs is said. */
import { BlobHash } from '../contract/ids.ts';
import type { DesiredVersion } from './state.ts';

/** The address of a blob that is never read. */
export const blobOf = (digit: string): BlobHash => BlobHash.parse(digit.repeat(64));

/** @param digit tells its content from that of others */
export function versionOf(id: string, digit: string, more: Partial<DesiredVersion> = {}): DesiredVersion {
  return {
    id,
    blob: blobOf(digit),
    name: `${id}.zip`,
    description: '',
    size: 1,
    listing: blobOf('f'),
    files: 1,
    createdAt: 0,
    createdBy: 'ann',
    ...more,
  };
}
