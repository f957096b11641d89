/** The programs that machines run, as a director gives them away. Nothing in them is a secret. */
import { z } from 'zod';
import { method } from './method.ts';

export const programMethods = {
  get_program: method({
    kind: 'download',
    params: z.strictObject({
      /** Lower-case hex; whoever asks knows which file it wants, and checks what it gets. */
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      /** The file is sent compressed; the digest stays that of what is in it. */
      encoding: z.enum(['gzip']).optional(),
    }),
    result: z.void(),
    callers: ['anyone'],
    since: 1,
    doc: 'The runtime or a bundle by SHA-256, for a machine that has not joined yet.',
  }),
};
