/** When a director was restored on another machine: where it serves from now on. */
import { z } from 'zod';
import { done, method } from './method.ts';

export const DirectorAddress = z.object({ host: z.string(), port: z.number().int() });
export type DirectorAddress = z.infer<typeof DirectorAddress>;

export const movedDirectorAgentMethods = {
  follow_director: method({
    kind: 'command',
    params: z.strictObject({ director: DirectorAddress, epoch: z.number().int().min(1) }),
    result: done,
    callers: ['manager'],
    since: 1,
    doc: 'The director serves there from now on, as its manager was told.',
  }),
};
