/** The Nodes that a director has beside its own, for machines with other processors. Nothing in them is a secret. */
import { z } from 'zod';
import { done, method, nothing } from './method.ts';

/** Of a machine's processor, as Node calls it. */
export const Architecture = z.enum(['x64', 'arm64']);
export type Architecture = z.infer<typeof Architecture>;

export const Runtime = z.object({
  architecture: Architecture,
  /** Lower-case hex. */
  sha256: z.string(),
  /** It is what the director itself runs on. */
  own: z.boolean(),
});
export type Runtime = z.infer<typeof Runtime>;

export const runtimeMethods = {
  list_runtimes: method({
    kind: 'query',
    params: nothing,
    result: z.array(Runtime),
    callers: ['user'],
    since: 1,
    doc: 'The Nodes that this director can give to machines.',
  }),
  upload_runtime: method({
    kind: 'upload',
    params: z.strictObject({ architecture: Architecture }),
    result: done,
    callers: ['user'],
    since: 1,
    maxBytes: 1024 ** 3,
    doc: 'The Node for machines of another architecture than the director’s, in place of the one that there was (owner only).',
  }),
};
