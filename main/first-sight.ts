/**
 * What a new window shows while it connects: that there is no deployment, or the list that the last window showed, as of
 * then. A cache, written by `remembered.ts`: a file that is missing or cannot be read costs a moment of an empty window
 * and nothing else. Read without a schema library: a window waits for it.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { FirstSight, Remembered } from './hub/protocol.ts';

/**
 * Names the shape of what is kept: what another version of this program has written is not read. A test derives it from
 * the schema that is written by.
 */
export const rememberedFormat = 'dfbf13ea30be';

export const rememberedFile = (dataDirectory: string): string => path.join(dataDirectory, 'window-list.json');

/** Synchronous. undefined: nothing is known. */
export function firstSight(dataDirectory: string): FirstSight | undefined {
  if (!existsSync(path.join(dataDirectory, 'deployments.json'))) return { state: 'absent' };
  try {
    const kept = JSON.parse(readFileSync(rememberedFile(dataDirectory), 'utf8')) as Remembered & { format: unknown };
    if (kept.format !== rememberedFormat) return undefined;
    const { deployment, applications, at } = kept;
    return { state: 'remembered', deployment, applications, at };
  } catch {
    return undefined; // see the module
  }
}
