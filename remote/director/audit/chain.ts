/**
 * The chain of hashes over audit entries: each hash covers the hash before it and the text of its entry. Whoever
 * changes, removes or inserts an entry must write all later ones anew, and then the head is another one.
 */
import { createHash } from 'node:crypto';

/** The hash before the first entry. */
export const origin = '0'.repeat(64);

export interface Link {
  readonly seq: number;
  /** The entry as JSON, without its hash; exactly as it is stored. */
  readonly record: string;
  readonly hash: string;
}

export function nextHash(previous: string, record: string): string {
  return createHash('sha256').update(previous).update('\n').update(record).digest('hex');
}

/** Where the chain breaks: the number of the first link that is wrong or missing; undefined: nowhere. */
export function brokenLink(links: Iterable<Link>, start: { seq: number; hash: string }): number | undefined {
  let { seq, hash } = start;
  for (const link of links) {
    seq += 1;
    if (link.seq !== seq) return seq;
    hash = nextHash(hash, link.record);
    if (link.hash !== hash) return seq;
  }
  return undefined;
}
