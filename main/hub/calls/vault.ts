/** The vault of this desktop: how it is protected, locking, and everything as one encrypted file. */
import { z } from 'zod';
import type { ExportSummary } from '../../transfer/index.ts';
import type { Protection } from '../../vault/index.ts';
import { ticket } from './common.ts';

/** Typed once, sent once, kept nowhere in the page. */
export const passphrase = z.string().min(1).max(1000);

export interface VaultStatus {
  /** undefined: there is none yet. */
  readonly protection: Protection | undefined;
  readonly locked: boolean;
  /** The keychain that could protect it, or why there is none. */
  readonly keychain: { readonly backend: string } | { readonly reason: string };
  /** Locked after so many minutes without input; 0: never. With a passphrase only. */
  readonly lockAfterMinutes: number;
}

export const vaultCalls = {
  vault_status: z.strictObject({}),
  unlock_vault: z.strictObject({ passphrase }),
  lock_vault: z.strictObject({}),
  /** `current`: the passphrase that protects it now, where one does. */
  protect_vault: z.strictObject({
    how: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('keychain') }),
      z.strictObject({ kind: z.literal('keyfile') }),
      z.strictObject({ kind: z.literal('passphrase'), passphrase }),
    ]),
    current: passphrase.optional(),
  }),
  set_lock_after: z.strictObject({ minutes: z.number().int().min(0).max(1440) }),
  export_everything: z.strictObject({ passphrase, target: ticket }),
  inspect_export: z.strictObject({ ticket, passphrase }),
  import_everything: z.strictObject({ ticket, passphrase, mode: z.enum(['merge', 'replace']) }),
} as const;

export interface VaultResults {
  vault_status: VaultStatus;
  unlock_vault: null;
  lock_vault: null;
  protect_vault: VaultStatus;
  set_lock_after: null;
  export_everything: null;
  inspect_export: ExportSummary;
  import_everything: ExportSummary;
}
