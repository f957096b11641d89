/** What a backend node remembers over the death of its agent. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomic } from '../../../core/files/index.ts';
import type { Layout } from './layout.ts';
import { PoolPlan } from './pool.ts';

const BackendState = z.object({
  /** Counts trees, so that no name is used twice. */
  sequence: z.number().int(),
  candidateHost: z.string(),
  /** The pool that nginx is told to use. */
  live: PoolPlan.optional(),
  /** Whether nginx is known to have taken it over. */
  loaded: z.boolean(),
  /** Pools that still work on requests of theirs. */
  retiring: z.array(PoolPlan),
});
export type BackendState = z.infer<typeof BackendState>;

const fileOf = (layout: Layout) => join(layout.state, 'backend.json');

export async function loadBackendState(layout: Layout): Promise<BackendState> {
  const text = await readFile(fileOf(layout), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text !== undefined) return BackendState.parse(JSON.parse(text));
  const candidateHost = `${randomBytes(12).toString('hex')}.candidate`;
  return { sequence: 0, candidateHost, loaded: false, retiring: [] };
}

export function saveBackendState(layout: Layout, state: BackendState): Promise<void> {
  return writeFileAtomic(fileOf(layout), JSON.stringify(state));
}
