/**
 * A director's own safety: what it keeps, taken by its owner's desktop, and brought to another machine. A backup has a few
 * files (databases as they were at one moment, keys) and blobs, which are named by their content and taken once.
 */
import { z } from 'zod';
import { restoringVolumeMethods } from './backup-volume.ts';
import { BlobHash } from './ids.ts';
import { done, hello, method, nothing } from './method.ts';

/** What a backup may have as files, and the place of each in the home of a director. */
export const backupFiles = {
  /** The journal. */
  'director.db': 'director.db',
  'audit.db': 'audit.db',
  /** What secrets in the journal are sealed with. */
  'secrets.key': 'secrets.key',
  /** Certificates of the intermediates that it has issued with; their keys stay where they are. */
  'intermediates.pem': 'identity/intermediates.pem',
  /** The authority for websites, with its key: browsers trust it by now. */
  'web.pem': 'identity/web.pem',
  'web.key': 'identity/web.key',
} as const;
export type BackupFileName = keyof typeof backupFiles;
export const BackupFileName = z.enum(Object.keys(backupFiles) as [BackupFileName, ...BackupFileName[]]);

export const BackupFile = z.object({ name: BackupFileName, size: z.number().int(), sha256: z.string() });
export type BackupFile = z.infer<typeof BackupFile>;

export const BackupBlob = z.object({ sha256: BlobHash, size: z.number().int() });

export const BackupContent = z.object({
  /** Of this taking: what it has stays as it is until `end_backup`, or for an hour. */
  backup: z.string(),
  /** Milliseconds since the epoch. */
  createdAt: z.number(),
  product: z.string(),
  /** Version of the journal's schema. */
  schema: z.number().int(),
  /** As `get_backup_point` told right before. */
  point: z.string(),
  applications: z.array(z.string()),
  files: z.array(BackupFile),
  /** All that the journal refers to. */
  blobs: z.array(BackupBlob),
});
export type BackupContent = z.infer<typeof BackupContent>;

export const backupMethods = {
  get_backup_point: method({
    kind: 'query',
    params: nothing,
    result: z.object({ point: z.string() }),
    callers: ['user'],
    since: 1,
    doc: 'Another text whenever the journal has changed since: whether a new backup is worth it.',
  }),
  begin_backup: method({
    kind: 'command',
    params: nothing,
    result: BackupContent,
    callers: ['user'],
    since: 1,
    timeoutMs: 120_000,
    doc: 'Takes a copy of all that the director keeps, as of one moment, to be read by its owner (owner only).',
  }),
  download_backup_file: method({
    kind: 'download',
    params: z.strictObject({ backup: z.string().max(64), name: BackupFileName }),
    result: z.void(),
    callers: ['user'],
    since: 1,
    doc: 'One file of a backup that was begun; keys of the director among them (owner only).',
  }),
  download_backup_blob: method({
    kind: 'download',
    params: z.strictObject({ backup: z.string().max(64), blob: BlobHash }),
    result: z.void(),
    callers: ['user'],
    since: 1,
    doc: 'One blob of a backup that was begun (owner only).',
  }),
  end_backup: method({
    kind: 'command',
    params: z.strictObject({ backup: z.string().max(64) }),
    result: done,
    callers: ['user'],
    since: 1,
    doc: 'Removes the copy that begin_backup has made (owner only).',
  }),
};

/** All that a director serves which is being restored: to its owner, whose certificate the root itself has signed. */
export const restoreMethods = {
  hello,
  ...restoringVolumeMethods,
  restore_file: method({
    kind: 'upload',
    params: z.strictObject({ name: BackupFileName }),
    result: done,
    callers: ['user'],
    since: 1,
    maxBytes: 16 * 1024 ** 3,
    doc: 'One file of a backup.',
  }),
  restore_blob: method({
    kind: 'upload',
    params: nothing,
    result: done,
    callers: ['user'],
    since: 1,
    maxBytes: 16 * 1024 ** 3,
    doc: 'One blob of a backup.',
  }),
  check_restored: method({
    kind: 'query',
    params: nothing,
    result: z.object({ missing: z.array(BlobHash) }),
    callers: ['user'],
    since: 1,
    timeoutMs: 120_000,
    doc: 'Whether the files make a whole director, and which blobs are still missing.',
  }),
  finish_restore: method({
    kind: 'command',
    params: z.strictObject({ backup: z.string().max(64), createdAt: z.number() }),
    result: done,
    callers: ['user'],
    since: 1,
    timeoutMs: 120_000,
    doc: 'From now on it is the director. What came with the backup decides over everything.',
  }),
};
