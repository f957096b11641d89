/** Which backups stay. */

export interface Kept {
  readonly id: string;
  readonly createdAt: number;
  /** Of its own file, bytes. */
  readonly size: number;
  readonly blobs: readonly { readonly sha256: string; readonly size: number }[];
}

export interface Retention {
  /** The newest so many. */
  readonly newest: number;
  /** Beside them the last one of each of so many days. */
  readonly days: number;
  /** All together, with each blob once; the newest stays whatever it takes. */
  readonly bytes: number;
}

export const retention: Retention = { newest: 5, days: 14, bytes: 4 * 1024 ** 3 };

const dayMs = 86_400_000;

/**
 * Pure. Ids of those that stay, the newest first: the newest few, the last one of each day (UTC) before, and of these as
 * many as there is room for.
 */
export function staying(backups: readonly Kept[], { newest, days, bytes }: Retention, now: number): string[] {
  const sorted = backups.toSorted((a, b) => b.createdAt - a.createdAt);
  const seen = new Set<number>();
  const wanted = sorted.filter(({ createdAt }, index) => {
    const day = Math.floor(createdAt / dayMs);
    const isLastOfDay = !seen.has(day);
    seen.add(day);
    return index < newest || (isLastOfDay && now - createdAt <= days * dayMs);
  });
  const counted = new Set<string>();
  let total = 0;
  const kept: string[] = [];
  for (const { id, size, blobs } of wanted) {
    const fresh = blobs.filter(({ sha256 }) => !counted.has(sha256));
    total += fresh.reduce((sum, blob) => sum + blob.size, size);
    if (kept.length > 0 && total > bytes) break;
    for (const { sha256 } of fresh) counted.add(sha256);
    kept.push(id);
  }
  return kept;
}
