/** What the engines of all roles have in common. */
import { existsSync } from 'node:fs';
import { lstat, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ConpaasError } from '../../../core/contract/errors.ts';
import { writeFileAtomic } from '../../../core/files/index.ts';
import type { NodeContext } from '../../../core/service/agent.ts';
import { lastLines } from '../../../core/supervisor/tail.ts';
import type { ProcessSpec, Supervised } from '../../../core/supervisor/types.ts';
import type { Layout } from './layout.ts';

/** A web engine is wanted back at once; one that dies ten times a minute is given up. */
export const restartPolicy: ProcessSpec['restart'] = { firstMs: 20, maxMs: 5_000, limit: 10, windowMs: 60_000 };

/** Writes a configuration file that only the role's user can read. True: its text has changed. */
export async function writeConfiguration(
  context: NodeContext,
  layout: Layout,
  name: string,
  text: string,
): Promise<string> {
  const path = join(layout.conf, name);
  await writeFileAtomic(path, text);
  await context.own(path);
  return path;
}

/** Makes an empty log that the role's user may append to, if it is not there. The agent stamps and rotates it. */
export async function makeLog(context: NodeContext, path: string): Promise<void> {
  if (!existsSync(path)) await writeFile(path, '', { mode: 0o600 });
  // An agent may have died between the two.
  if (context.uid !== undefined && (await lstat(path)).uid !== context.uid) await context.own(path);
}

/** Remembers where a log ends now, to tell later what an engine has written since. */
export async function engineLines(path: string): Promise<{ since(): Promise<string[]> }> {
  const from = (await stat(path).catch(() => undefined))?.size ?? 0;
  return { since: () => lastLines(path, 20, from) };
}

/**
 * As `ready()`, but the first exit is a failure at once: what has never run is refused, not tried again and again.
 * @throws ConpaasError engine_failed with the engine's last lines
 */
export async function readyAtFirst(engine: Supervised, signal: AbortSignal): Promise<void> {
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  const exit = (async () => {
    while (!either.aborted) {
      const { state } = engine;
      if (state.kind === 'backing_off' || state.kind === 'failed') throw ConpaasError.of(state.failure);
      await delay(10, undefined, { signal: either }).catch(() => undefined); // aborted: the loop ends
    }
  })();
  try {
    await Promise.race([engine.ready(either), exit.then(() => engine.ready(signal))]);
  } finally {
    over.abort();
  }
}
