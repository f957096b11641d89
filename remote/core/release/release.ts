/**
 * A release: the bundles of one build, which belong together. The build writes `release.json` beside them, so whoever has
 * them knows what they are without running them.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { bundleFiles } from '../contract/release.ts';
import { releaseId } from './own.ts';

const Digest = z.string().regex(/^[0-9a-f]{64}$/);

const ReleaseFile = z.object({
  version: z.string(),
  build: z.string(),
  /** Of the contract that its programs speak. */
  contract: z.number().int(),
  /** SHA-256 of each bundle, lower-case hex. */
  files: z.record(z.enum(bundleFiles), Digest),
});

export interface Release extends z.infer<typeof ReleaseFile> {
  readonly id: string;
  /** Directory of its bundles. */
  readonly directory: string;
}

export const releaseFile = 'release.json';

/** The release in a directory; undefined: there is none, as where programs are stand-ins. @throws where it is damaged */
export async function readRelease(directory: string): Promise<Release | undefined> {
  const file = path.join(directory, releaseFile);
  if (!existsSync(file)) return undefined;
  const content = ReleaseFile.parse(JSON.parse(await readFile(file, 'utf8')));
  return { ...content, id: releaseId(content.version, content.build), directory };
}

/** How versions relate, number by number: below 0 where `a` is older. What is no number counts as 0. */
export function compareVersions(a: string, b: string): number {
  const [first, second] = [a, b].map((text) => text.split('.').map((part) => Number.parseInt(part, 10) || 0));
  for (let index = 0; index < 3; index += 1) {
    const difference = (first?.[index] ?? 0) - (second?.[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
