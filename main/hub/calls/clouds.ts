/** Kinds of cloud, and the credentials for them in the vault. Secrets go in and never come out. */
import { z } from 'zod';
import type { Offer } from '../../../remote/core/clouds/index.ts';
import type { CredentialInfo } from '../../credentials/index.ts';

const fields = z.record(z.string().max(60), z.union([z.string().max(10_000), z.number(), z.boolean()]));
const kind = z.string().max(40);

export interface CloudKindInfo {
  readonly kind: string;
  readonly title: string;
  readonly description: string;
  /** Its machines are on one computer, and reached from there alone. */
  readonly onComputer: boolean;
  /** A director on one can drive further ones. */
  readonly several: boolean;
  /** JSON Schema of what must be entered; undefined: nothing. Fields with `secret: true` are never told again. */
  readonly schema?: unknown;
}

/** Something found in another tool's files; its secrets stay in the hub. */
export interface ProposalInfo {
  /** To take it over by. */
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly from: string;
  readonly notes: readonly string[];
  /** Why it cannot be taken over. */
  readonly unsupported?: string | undefined;
}

export type OfferInfo = Pick<Offer, 'name' | 'cpus' | 'memoryMb' | 'pricePerHour'>;

/** Where a director is to be put. */
export const Placement = z.strictObject({
  kind,
  credential: z.string().max(64).optional(),
  /** What its director gets: id of a credential, or `nothing`; the one above where absent. */
  lent: z.string().max(64).optional(),
  /** Name of an offer, where the user has chosen one. */
  size: z.string().max(100).optional(),
});
export type Placement = z.infer<typeof Placement>;

/** A further cloud of the director that is shown. */
const FurtherPlacement = z.strictObject({
  name: z.string().max(40),
  kind,
  credential: z.string().max(64).optional(),
  /** As in `Placement`. */
  lent: z.string().max(64).optional(),
  /** Whether its machines and those of the director's cloud reach each other by their addresses. */
  connected: z.boolean().optional(),
  /** Host by which its machines reach the director; by which this desktop does where absent. */
  director: z.string().max(253).optional(),
});

export const cloudCalls = {
  /** Sets up a director there. The session shows the steps. */
  set_up: Placement,
  add_director_cloud: FurtherPlacement,
  /** @throws conflict: something is on it */
  remove_director_cloud: z.strictObject({ name: z.string().max(64) }),
  list_cloud_kinds: z.strictObject({}),
  list_credentials: z.strictObject({}),
  /** Asks the cloud at once; what is kept: by its id. */
  check_credential: z.union([z.strictObject({ id: z.string().max(64) }), z.strictObject({ kind, fields })]),
  add_credential: z.strictObject({ name: z.string().trim().min(1).max(60), kind, fields }),
  remove_credential: z.strictObject({ id: z.string().max(64) }),
  /** Reads `~/.aws` and `clouds.yaml`; runs nothing that is named there. */
  find_credentials: z.strictObject({}),
  take_credential: z.strictObject({ id: z.string().max(64), name: z.string().trim().min(1).max(60) }),
} as const;

export interface CloudResults {
  set_up: { readonly director: string };
  add_director_cloud: null;
  remove_director_cloud: null;
  list_cloud_kinds: readonly CloudKindInfo[];
  list_credentials: readonly CredentialInfo[];
  check_credential: { readonly offers: readonly OfferInfo[] };
  add_credential: CredentialInfo;
  remove_credential: null;
  find_credentials: readonly ProposalInfo[];
  take_credential: CredentialInfo;
}
