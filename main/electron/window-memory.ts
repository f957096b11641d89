/** What the window remembers between runs: a small JSON file in the data directory. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

const Memory = z.object({
  width: z.number().int().min(640).max(10_000).default(1240),
  height: z.number().int().min(480).max(10_000).default(820),
  theme: z.enum(['system', 'light', 'dark']).default('system'),
  /** Whether the user was told that applications go on when the window closes. */
  toldThatApplicationsGoOn: z.boolean().default(false),
});
export type Memory = z.infer<typeof Memory>;

export interface WindowMemory {
  read(): Memory;
  change(part: Partial<Memory>): void;
}

export function openWindowMemory(directory: string): WindowMemory {
  const file = path.join(directory, 'window.json');
  let memory = load(file);
  return {
    read: () => memory,
    change(part) {
      memory = { ...memory, ...part };
      mkdirSync(directory, { recursive: true });
      writeFileSync(file, `${JSON.stringify(memory, undefined, 2)}\n`);
    },
  };
}

function load(file: string): Memory {
  try {
    return Memory.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    // The first run, or a file that cannot be read: nothing in it is worth a message.
    return Memory.parse({});
  }
}
