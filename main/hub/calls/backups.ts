/** Backups of the director on this computer, and making it anew from one. */
import { z } from 'zod';
import type { Failure } from '../../../remote/core/contract/errors.ts';

/** A backup, for a page. */
export interface BackupFacts {
  readonly id: string;
  readonly createdAt: number;
  /** With all archives that it refers to, bytes. */
  readonly size: number;
  /** Names. */
  readonly applications: readonly string[];
}

export interface ElsewhereFacts {
  readonly kind: 'directory' | 's3' | 'volume';
  readonly label: string;
  readonly upToDate: boolean;
  /** Of a volume: its size, GB. */
  readonly sizeGb?: number | undefined;
  /** Of a volume: what is there; absent: that is not known. */
  readonly copies?: { readonly count: number; readonly newest?: number | undefined } | undefined;
  /** Of a volume: why the director could not write there. */
  readonly failure?: Failure | undefined;
}

export interface BackupsFacts {
  /** What the user calls the deployment. */
  readonly name: string;
  /** Whether this desktop may take them, and restore: it holds the root. */
  readonly holdsRoot: boolean;
  /** The newest first. */
  readonly backups: readonly BackupFacts[];
  /** Why others cannot be used. */
  readonly damaged: readonly { readonly file: string; readonly why: string }[];
  /** Where they are copied to, or the director writes them to; absent: nowhere. */
  readonly elsewhere?: ElsewhereFacts | undefined;
  /** What all take on this computer. */
  readonly bytes: number;
  /** Of the automatic ones. */
  readonly everyMinutes: number;
  readonly underWay: boolean;
  /** Why the last attempt failed; gone with the next that does not. */
  readonly failure?: Failure | undefined;
}

export const backupCalls = {
  director_backups: z.strictObject({}),
  back_up_director: z.strictObject({}),
  /**
   * A bucket that they are copied to from now on, or a volume that the director writes to; none: nowhere, and a volume is
   * removed. It is tried first. Directories are the command's.
   */
  copy_backups_to: z.strictObject({
    volume: z.strictObject({ sizeGb: z.number() }).optional(),
    bucket: z
      .strictObject({
        bucket: z.string().max(63),
        prefix: z.string().max(300),
        region: z.string().max(40),
        endpoint: z.string().max(300).optional(),
        accessKeyId: z.string().max(200),
        secretAccessKey: z.string().max(500),
      })
      .optional(),
  }),
  /** The operation is among the others, and what the session shows. Without an id: the newest on the volume. */
  restore_director: z.strictObject({ backup: z.string().max(100).optional() }),
} as const;

export interface BackupResults {
  director_backups: BackupsFacts;
  back_up_director: null;
  copy_backups_to: null;
  restore_director: null;
}
