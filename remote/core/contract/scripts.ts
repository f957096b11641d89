/** Health checks and scripts that users hand in: what contract and desired state say of them, and the agent's method. */
import { z } from 'zod';
import { method } from './method.ts';

export const HealthCheck = z.object({
  /** Path that must answer below 400, e.g. `/health`. */
  path: z.string().startsWith('/').max(1000),
  timeoutMs: z.number().int().min(100).max(120_000),
});
export type HealthCheck = z.infer<typeof HealthCheck>;

/** Characters of a script that is written in the window. */
export const longestScript = 256 * 1024;

/** What a dry run may take; what is more ends it. */
export const dryRunLimits = {
  timeoutMs: 60_000,
  outputBytes: 1024 * 1024,
  /** Of the directory that is copied. */
  copyBytes: 256 * 1024 * 1024,
  /** Paths that the answer names at most. */
  changes: 200,
} as const;

/** What a dry run says: pieces of its output in order, then how it ended. */
export const ScriptOutput = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('started'), node: z.string(), network: z.boolean() }),
  z.object({ kind: z.literal('output'), text: z.string() }),
  z.object({
    kind: z.literal('ended'),
    ended: z.enum(['itself', 'timeout', 'too_much_output']),
    /** Undefined where a limit or a signal ended it. */
    code: z.number().int().optional(),
    /** Milliseconds. */
    took: z.number(),
    /** Paths in the scratch copy that it made or changed, at most `dryRunLimits.changes`. */
    changed: z.array(z.string()),
  }),
]);
export type ScriptOutput = z.infer<typeof ScriptOutput>;

export const agentScriptMethods = {
  dry_run_script: method({
    kind: 'stream',
    params: z.strictObject({
      node: z.string(),
      script: z.string().min(1).max(longestScript),
      network: z.boolean(),
    }),
    result: ScriptOutput,
    callers: ['manager'],
    since: 1,
    doc: "Runs a script on a scratch copy of the node's working directory; what it leaves there is thrown away.",
  }),
};
