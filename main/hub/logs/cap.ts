/** How much of the disk the spool of log lines may take: a setting, in a file of its own. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { writeFileAtomic } from '../../../remote/core/files/index.ts';
import { defaultCapBytes } from './spool.ts';

const Setting = z.object({ capBytes: z.number().int().min(1) });
const fileOf = (home: string): string => path.join(home, 'log-spool.json');

/** Bytes; the default where nothing, or nothing sensible, is set. */
export async function readCap(home: string): Promise<number> {
  const text = await readFile(fileOf(home), 'utf8').catch(() => '{}');
  try {
    return Setting.catch({ capBytes: defaultCapBytes }).parse(JSON.parse(text)).capBytes;
  } catch {
    return defaultCapBytes; // no JSON
  }
}

export function writeCap(home: string, capBytes: number): Promise<void> {
  return writeFileAtomic(fileOf(home), JSON.stringify({ capBytes }));
}
