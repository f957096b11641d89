/** Logs: views that the hub keeps; lines are asked for, never pushed. */
import { z } from 'zod';
import type { LogLine } from '../../../remote/core/contract/application.ts';
import type { Failure } from '../../../remote/core/contract/errors.ts';
import { application } from './common.ts';

const view = z.string().max(64);

export const logCalls = {
  open_log: z.strictObject({
    application,
    service: z.string().optional(),
    node: z.string().optional(),
    log: z.string().optional(),
  }),
  lines: z.strictObject({
    view,
    first: z.number().int().min(0),
    count: z.number().int().min(0).max(500),
  }),
  close_log: z.strictObject({ view }),
} as const;

export interface LogResults {
  open_log: { readonly view: string };
  lines: { readonly first: number; readonly lines: readonly LogLine[] };
  close_log: null;
}

export type LogPush = {
  readonly push: 'log';
  readonly view: string;
  readonly count: number;
  readonly lag: number;
  readonly failure?: Failure | undefined;
};
