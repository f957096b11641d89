/**
 * Backups that the director itself writes, to a volume that its owner's desktop has attached to its machine. They are sealed
 * to the desktop's key: the director cannot open one, and a director that is being restored hands them on as they are.
 */
import { z } from 'zod';
import { Failure } from './errors.ts';
import { VolumeName } from './ids.ts';
import { done, method, nothing } from './method.ts';

/** The public half of what opens backups: 32 bytes, base64. Told to those who seal, and written nowhere beside it. */
export const Recipient = z
  .string()
  .regex(/^[A-Za-z0-9+/]{43}=$/)
  .brand<'Recipient'>();
export type Recipient = z.infer<typeof Recipient>;

/** `<time>-<id>.backup`, `<time>-<id>.blobs` or `blobs/<sha256>`. */
export const BackupFileName = z
  .string()
  .regex(/^([0-9TZ.-]{18,40}-backup-[a-z2-7]{1,40}\.(backup|blobs)|blobs\/[0-9a-f]{64})$/);

export const BackupVolume = z.object({
  name: VolumeName,
  /** Whether the newest backup there has all that the director keeps now. */
  upToDate: z.boolean(),
  /** The newest first; of the last time that they could be read. Sizes in bytes, without archives. */
  copies: z.array(z.object({ id: z.string(), createdAt: z.number(), size: z.number() })),
  /** Why the last attempt failed; gone with the next that does not. */
  failure: Failure.optional(),
});
export type BackupVolume = z.infer<typeof BackupVolume>;

/** What serves them: any director, whole or not. */
const readMethods = {
  list_backup_volume: method({
    kind: 'query',
    params: z.strictObject({ name: VolumeName }),
    result: z.array(z.object({ name: BackupFileName, size: z.number().int() })),
    callers: ['user'],
    since: 1,
    doc: "Files on a volume with backups that is attached to the director's machine (owner only).",
  }),
  download_from_backup_volume: method({
    kind: 'download',
    params: z.strictObject({ name: VolumeName, file: BackupFileName }),
    result: z.void(),
    callers: ['user'],
    since: 1,
    doc: 'One of these files, sealed as it is (owner only).',
  }),
};

export const backupVolumeMethods = {
  get_backup_volume: method({
    kind: 'query',
    params: nothing,
    result: z.object({ volume: BackupVolume.nullable() }),
    callers: ['user'],
    since: 1,
    doc: 'The volume that the director writes backups to, if any, and how that goes (owner only).',
  }),
  set_backup_volume: method({
    kind: 'command',
    params: z.strictObject({ name: VolumeName, sizeGb: z.number().int().min(1), recipient: Recipient }),
    result: done,
    callers: ['user'],
    since: 1,
    doc: 'From now on the director writes backups to this volume of its machine, sealed to the recipient (owner only).',
  }),
  clear_backup_volume: method({
    kind: 'command',
    params: nothing,
    result: done,
    callers: ['user'],
    since: 1,
    doc: 'The director writes no backups to a volume any more (owner only).',
  }),
  write_backup_volume: method({
    kind: 'command',
    params: nothing,
    result: z.object({ volume: BackupVolume }),
    callers: ['user'],
    since: 1,
    timeoutMs: 600_000,
    doc: 'Writes a backup to the volume now, unless the newest one there has all that the director keeps (owner only).',
  }),
  ...readMethods,
};

export const restoringVolumeMethods = readMethods;
