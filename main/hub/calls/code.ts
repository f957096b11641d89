/** Code versions that come from this computer. */
import { z } from 'zod';
import { application, ticket } from './common.ts';

/** An upload on its way. */
export interface Transfer {
  readonly id: string;
  readonly sent: number;
  readonly total: number;
}

export const codeCalls = {
  /** `transfer` names the progress that is pushed. */
  upload_code: z.strictObject({
    application,
    service: z.string().min(1),
    ticket,
    /** See `inspect_offer`. */
    include: z.array(z.string().min(1).max(1024)).max(1000).default([]),
    description: z.string().max(500),
    activate: z.boolean(),
    transfer: z.string().max(64),
  }),
} as const;

export interface CodeResults {
  upload_code: { readonly version: string; readonly operation?: string | undefined };
}

export type CodePush = { readonly push: 'transfer'; readonly transfer: Transfer };
