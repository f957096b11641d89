/** What applying a manifest would do. */
import { z } from 'zod';
import { CostChange } from './cost.ts';

export const PlanChange = z.object({
  action: z.enum(['create', 'change', 'remove', 'keep']),
  /** What it is about: the application itself, or a service. */
  service: z.string().optional(),
  /** Where it is, or will be; absent where the director has one cloud. */
  cloud: z.string().optional(),
  /** For a person: "Create service web (php): proxy 1, web 1, backend 1". */
  text: z.string(),
  /** For a change: which fields, from what to what (secret values never). */
  fields: z.array(z.object({ path: z.string(), from: z.unknown().optional(), to: z.unknown().optional() })),
});
export type PlanChange = z.infer<typeof PlanChange>;

export const Plan = z.object({
  application: z.string(),
  exists: z.boolean(),
  changes: z.array(PlanChange),
  warnings: z.array(z.string()),
  /** Told by directors; managers do not know prices. */
  cost: CostChange.optional(),
  /** Of a new application: what either placement would cost, before one is chosen. */
  placements: z.object({ packed: CostChange, spread: CostChange }).optional(),
});
export type Plan = z.infer<typeof Plan>;
