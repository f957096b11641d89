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
    description: z.string().max(500),
    activate: z.boolean(),
    transfer: z.string().max(64),
  }),
} as const;

export interface CodeResults {
  upload_code: { readonly version: string; readonly operation?: string | undefined };
}

export type CodePush = { readonly push: 'transfer'; readonly transfer: Transfer };
