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

export interface BackupsFacts {
  /** What the user calls the deployment. */
  readonly name: string;
  /** Whether this desktop may take them, and restore: it holds the root. */
  readonly holdsRoot: boolean;
  /** The newest first. */
  readonly backups: readonly BackupFacts[];
  /** Why others cannot be used. */
  readonly damaged: readonly { readonly file: string; readonly why: string }[];
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
  /** The operation is among the others, and what the session shows. */
  restore_director: z.strictObject({ backup: z.string().max(100) }),
} as const;

export interface BackupResults {
  director_backups: BackupsFacts;
  back_up_director: null;
  restore_director: null;
}
