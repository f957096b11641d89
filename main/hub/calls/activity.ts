/** What the Activity page saves: all of it that a filter lets through, not only what is on the screen. */
import { z } from 'zod';
import { ticket } from './common.ts';

/** As `list_audit` and `list_events` take it. */
const filter = z.record(z.string().max(40), z.union([z.string().max(200), z.number()]));

export const activityCalls = {
  /** `ticket`: of `chooseTarget`. */
  export_activity: z.strictObject({
    ticket,
    what: z.enum(['audit', 'events']),
    format: z.enum(['csv', 'jsonl']),
    filter,
  }),
} as const;

export interface ActivityResults {
  export_activity: { readonly rows: number };
}
