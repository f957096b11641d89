/**
 * What the window showed last: a list of applications that a new window shows, as of then, while it connects. A cache:
 * a file that is missing or cannot be read costs a moment of an empty window and nothing else.
 */
import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { ApplicationSummary } from '../remote/core/contract/application.ts';
import type { FirstSight, Remembered } from './hub/protocol.ts';
import { writeJson } from './store/index.ts';

const Facts = z.object({
  id: z.string(),
  name: z.string(),
  cloud: z.string(),
  user: z.string(),
  product: z.string(),
  protection: z.string(),
});

/** Applications kept; more would make a new window slower than it saves. */
const kept = 500;

const Content = z.object({ deployment: Facts, applications: z.array(ApplicationSummary).max(kept), at: z.number() });

const fileIn = (dataDirectory: string): string => path.join(dataDirectory, 'window-list.json');

/** Synchronous: a window waits for it. undefined: nothing is known. */
export function firstSight(dataDirectory: string): FirstSight | undefined {
  if (!existsSync(path.join(dataDirectory, 'deployments.json'))) return { state: 'absent' };
  try {
    return { state: 'remembered', ...Content.parse(JSON.parse(readFileSync(fileIn(dataDirectory), 'utf8'))) };
  } catch {
    return undefined; // see the module
  }
}

/** Keeps a list for the next window. */
export async function remember(dataDirectory: string, shown: Omit<Remembered, 'at'>): Promise<void> {
  const applications = shown.applications.slice(0, kept);
  await writeJson(fileIn(dataDirectory), Content, { deployment: shown.deployment, applications, at: Date.now() });
}

export async function forget(dataDirectory: string): Promise<void> {
  await rm(fileIn(dataDirectory), { force: true });
}
