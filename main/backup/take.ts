/** Takes a backup: what the director has and this computer has not. */

import { retention } from '../../remote/core/backup/retention.ts';
import type { directorMethods } from '../../remote/core/contract/index.ts';
import type { Client } from '../../remote/core/rpc/index.ts';
import type { BackupStore } from './backup-store.ts';

export interface Taken {
  readonly id: string;
  readonly createdAt: number;
  /** Blobs that came with this one. */
  readonly fetched: number;
}

/**
 * Whole when resolved; cut short anywhere, the backups before it are as they were.
 * @throws ConpaasError as the director answers; forbidden: only its owner may
 */
export async function takeBackup(
  director: Pick<Client<typeof directorMethods>, 'call' | 'download'>,
  store: BackupStore,
  options: { readonly signal: AbortSignal; readonly now: number; progress?(text: string): void },
): Promise<Taken> {
  const { signal, progress = () => undefined } = options;
  progress('the director copies its journal');
  const content = await director.call('begin_backup', {}, { signal });
  const { backup } = content;
  let fetched = 0;
  try {
    for (const [index, { sha256 }] of content.blobs.entries()) {
      if (await store.hasBlob(sha256)) continue;
      progress(`archive ${index + 1} of ${content.blobs.length}`);
      const { stream } = await director.download('download_backup_blob', { backup, blob: sha256 }, { signal });
      await store.putBlob(sha256, stream as AsyncIterable<Buffer>);
      fetched += 1;
    }
    progress('journal, audit trail and keys');
    await store.put(content, async function* ({ name }) {
      const { stream } = await director.download('download_backup_file', { backup, name }, { signal });
      yield* stream as AsyncIterable<Buffer>;
    });
    await store.prune(retention, options.now);
  } finally {
    // One that is left there is removed by the next, or after an hour.
    await director.call('end_backup', { backup }, { timeoutMs: 5000 }).catch(() => undefined);
  }
  return { id: backup, createdAt: content.createdAt, fetched };
}
