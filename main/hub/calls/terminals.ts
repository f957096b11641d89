/** Terminals to nodes. What they show is pushed, but never more than the page has taken. */
import { z } from 'zod';
import type { Failure } from '../../../remote/core/contract/errors.ts';
import { application } from './common.ts';

/** Chosen by the page, so that it knows what is pushed before the call is answered. */
const terminal = z.string().regex(/^[a-z0-9-]{8,64}$/);
const columns = z.number().int().min(1).max(1000);
const rows = z.number().int().min(1).max(1000);

export const terminalCalls = {
  open_terminal: z.strictObject({ terminal, application, node: z.string().min(1).max(100), columns, rows }),
  type_terminal: z.strictObject({ terminal, text: z.string().max(1_000_000) }),
  resize_terminal: z.strictObject({ terminal, columns, rows }),
  /** The page has shown so many bytes in all: more may come. */
  taken_terminal: z.strictObject({ terminal, taken: z.number().int().min(0) }),
  close_terminal: z.strictObject({ terminal }),
  /** Opens a link that a program in a terminal has shown; the page has asked the user. */
  open_link: z.strictObject({ url: z.string().max(2000) }),
} as const;

export interface TerminalResults {
  open_terminal: null;
  type_terminal: null;
  resize_terminal: null;
  taken_terminal: null;
  close_terminal: null;
  open_link: null;
}

export type TerminalPush =
  | { readonly push: 'terminal'; readonly terminal: string; readonly bytes: Uint8Array }
  | {
      readonly push: 'terminal';
      readonly terminal: string;
      /** Exit code of the shell. */
      readonly ended: number;
    }
  | { readonly push: 'terminal'; readonly terminal: string; readonly failure: Failure };
