/** Manifests: the ready-made ones, reading, plan and apply. */
import { z } from 'zod';
import type { Plan } from '../../../remote/core/contract/plan.ts';
import { ticket } from './common.ts';
import { documentId } from './documents.ts';

/** Where the manifest comes from. */
export const ManifestSource = z.discriminatedUnion('from', [
  z.strictObject({ from: z.literal('ready_made'), id: z.string().regex(/^[a-z0-9-]{1,60}$/) }),
  z.strictObject({ from: z.literal('text'), text: z.string().max(1_000_000) }),
  z.strictObject({ from: z.literal('ticket'), ticket }),
  /** The text of a document that is being edited, as it is in the window now. */
  z.strictObject({ from: z.literal('document'), document: documentId, text: z.string().max(1_000_000) }),
]);
export type ManifestSource = z.infer<typeof ManifestSource>;

export interface ReadyMade {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** Types of its services, in order. */
  readonly services: readonly string[];
}

const applying = z.strictObject({
  source: ManifestSource,
  /** In place of the one in the manifest. */
  name: z.string().min(1).max(100).optional(),
  /** One of the director's, for a new application; the usual one where absent. */
  cloud: z.string().min(1).max(100).optional(),
});

export const manifestCalls = {
  list_ready_made: z.strictObject({}),
  read_manifest: z.strictObject({ source: ManifestSource }),
  plan: applying,
  apply: applying,
} as const;

export interface ManifestResults {
  list_ready_made: readonly ReadyMade[];
  read_manifest: { readonly text: string; readonly name?: string | undefined };
  plan: Plan;
  apply: { readonly application: string; readonly operation: string };
}
