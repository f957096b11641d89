/** The attempts to get certificates that have failed, by secret, in a file: their pauses outlive the manager. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { Failure, traceOf } from '../../core/contract/errors.ts';
import { writeFileAtomic } from '../../core/files/index.ts';
import type { Attempts } from './schedule.ts';

const Content = z.record(
  z.string(),
  z.object({ count: z.number(), failure: Failure, retryAt: z.number().optional(), settings: z.string() }),
);

/** A file that cannot be read is said, and costs the pauses. */
export async function readAttempts(file: string, log: (line: string) => void): Promise<Record<string, Attempts>> {
  if (!existsSync(file)) return {};
  try {
    return Content.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    log(`attempts before this start are not known: ${traceOf(error)}`);
    return {};
  }
}

export function writeAttempts(file: string, attempts: Readonly<Record<string, Attempts>>): Promise<void> {
  return writeFileAtomic(file, JSON.stringify(attempts));
}
