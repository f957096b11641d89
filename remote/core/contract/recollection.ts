/**
 * When a director was restored on another machine: it asks each manager what that knows and a backup may not, and only then
 * tells it where it serves. The manager tells its agents.
 */
import { z } from 'zod';
import { VmInfo } from './application.ts';
import { done, method, nothing } from './method.ts';
import { DirectorAddress } from './moved-director.ts';

export const Recollection = z.object({
  /** The desired state as it was stored last, and its number; null: none. */
  n: z.number().int(),
  document: z.unknown(),
  vms: z.array(VmInfo),
  /** Values of its secrets, as the director before has told them. */
  secrets: z.record(z.string(), z.string()),
  /** Serial numbers, lower-case hex. */
  revoked: z.array(z.string()),
});
export type Recollection = z.infer<typeof Recollection>;

export const movedDirectorManagerMethods = {
  recollect: method({
    kind: 'query',
    params: nothing,
    result: Recollection,
    callers: ['director'],
    since: 1,
    doc: 'What this manager knows of its application: for a director that was restored from a backup.',
  }),
  follow_director: method({
    kind: 'command',
    params: z.strictObject({ director: DirectorAddress }),
    result: done,
    callers: ['director'],
    since: 1,
    doc: 'The director serves there from now on; passed on to the agents.',
  }),
};
