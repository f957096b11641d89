/** The version of a director and of all that it looks after, and bringing it to this desktop's, or back. */
import { z } from 'zod';
import type { Operation } from '../../../remote/core/contract/operation.ts';
import type { UpgradePlan } from '../../deploy/index.ts';

export interface UpgradeFacts extends UpgradePlan {
  /** Whether this desktop may: it has made the director. */
  readonly mayUpgrade: boolean;
  /** The newest upgrade, or way back, of this window's director. */
  readonly operation?: Operation | undefined;
}

export const upgradeCalls = {
  director_versions: z.strictObject({}),
  /** What the director ran before its last upgrade, and would go back to. Its machine is asked. */
  director_before: z.strictObject({}),
  /** Begins; how it goes is in `director_versions`. */
  upgrade_director: z.strictObject({ back: z.boolean() }),
} as const;

export interface UpgradeResults {
  director_versions: UpgradeFacts;
  director_before: { readonly release?: string | undefined };
  upgrade_director: null;
}
