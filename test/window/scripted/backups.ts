/** A backup of the stand-in: a journal, a key, and one archive, whatever happens. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { DirectorMethods } from '../../../remote/core/contract/director.ts';
import { ConpaasError } from '../../../remote/core/contract/errors.ts';
import { BlobHash } from '../../../remote/core/contract/ids.ts';
import type { DownloadBody } from '../../../remote/core/contract/method.ts';
import type { Script, Scripted } from './script.ts';

const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const body = (bytes: Buffer): DownloadBody => ({
  stream: Readable.from([bytes]),
  size: bytes.length,
  sha256: digest(bytes),
});

export function backupMethods(script: Script): Scripted<DirectorMethods> {
  const files = { 'director.db': Buffer.alloc(40_000, 'journal'), 'secrets.key': Buffer.from('the key') };
  const archive = Buffer.alloc(90_000, 'archive');
  let count = 0;
  return {
    get_backup_point: async (params) => script.take('get_backup_point', params, { point: 'as it was' }),
    begin_backup: async (params) => {
      count += 1;
      return script.take('begin_backup', params, {
        backup: `backup-${'abcdefghij'[count % 10]?.repeat(12)}`,
        createdAt: Date.now(),
        ...{ product: '0.1.0', schema: 3, point: 'as it was' },
        applications: ['guestbook', 'shop'],
        files: Object.entries(files).map(([name, bytes]) => ({
          name: name as keyof typeof files,
          ...{ size: bytes.length, sha256: digest(bytes) },
        })),
        blobs: [{ sha256: BlobHash.parse(digest(archive)), size: archive.length }],
      });
    },
    download_backup_file: async ({ name }) => {
      const bytes = (files as Partial<Record<string, Buffer>>)[name];
      if (!bytes) throw new ConpaasError('not_found', 'There is no such file.');
      return body(bytes);
    },
    download_backup_blob: async () => body(archive),
    end_backup: async () => ({}),
  };
}
