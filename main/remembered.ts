/** Keeps what the window shows, for the first sight of the next one (`first-sight.ts`). */
import { rm } from 'node:fs/promises';
import { z } from 'zod';
import { ApplicationSummary } from '../remote/core/contract/application.ts';
import { rememberedFile, rememberedFormat } from './first-sight.ts';
import type { Remembered } from './hub/protocol.ts';
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

const content = { deployment: Facts, applications: z.array(ApplicationSummary).max(kept), at: z.number() };

/** What is kept, but for its format. */
export const RememberedContent = z.object(content);

const File = z.object({ format: z.literal(rememberedFormat), ...content });

/** Keeps a list for the next window. */
export async function remember(dataDirectory: string, shown: Omit<Remembered, 'at'>): Promise<void> {
  await writeJson(rememberedFile(dataDirectory), File, {
    format: rememberedFormat,
    deployment: shown.deployment,
    applications: shown.applications.slice(0, kept),
    at: Date.now(),
  });
}

export async function forget(dataDirectory: string): Promise<void> {
  await rm(rememberedFile(dataDirectory), { force: true });
}
