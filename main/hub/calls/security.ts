/** Certificates of the deployment as this desktop can act on them: with its root, its own key, and files. */
import { z } from 'zod';
import { UserName } from '../../../remote/core/contract/ids.ts';
import type { TrustSteps } from '../../authority/trust-steps.ts';
import { ticket } from './common.ts';
import { passphrase } from './vault.ts';

export interface OwnIdentity {
  readonly user: string;
  /** Of the certificate in use. */
  readonly serial: string;
  readonly notAfter: number;
  /** Whether this desktop holds the root, and so can sign and rotate. */
  readonly holdsRoot: boolean;
  /** A rotation of the root was begun and has not ended. */
  readonly rotating: boolean;
}

/** The deployment's own authority for websites with private names. */
export interface WebAuthorityFacts {
  readonly notAfter: number;
  /** SHA-256, as browsers show it. */
  readonly fingerprint: string;
  /** It can certify names below these, and no others. */
  readonly suffixes: readonly string[];
  /** Name of the file that the steps speak of. */
  readonly fileName: string;
  readonly steps: readonly TrustSteps[];
}

export const securityCalls = {
  own_identity: z.strictObject({}),
  renew_intermediate: z.strictObject({}),
  /** Begins or goes on; the operation is among the others. */
  rotate_root: z.strictObject({}),
  export_certificate: z.strictObject({ serial: z.string().regex(/^[0-9a-f]{1,64}$/), target: ticket }),
  /** Own key and certificate as PKCS#12. */
  export_own_key: z.strictObject({ passphrase, target: ticket }),
  /** With a user: a new one. */
  create_hand_over: z.strictObject({
    user: UserName.optional(),
    device: z.string().trim().min(1).max(60),
    passphrase,
    target: ticket,
  }),
  accept_hand_over: z.strictObject({ ticket, passphrase }),
  /** The authority for websites, and how to trust it. */
  web_authority: z.strictObject({}),
  export_web_authority: z.strictObject({ target: ticket }),
} as const;

export interface SecurityResults {
  own_identity: OwnIdentity;
  renew_intermediate: null;
  rotate_root: { readonly operation: string };
  export_certificate: null;
  export_own_key: null;
  create_hand_over: null;
  accept_hand_over: { readonly director: string; readonly name: string };
  web_authority: WebAuthorityFacts;
  export_web_authority: null;
}
