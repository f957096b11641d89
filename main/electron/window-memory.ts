/** What the window remembers between runs: a small JSON file in the data directory. */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { defaultPreferences, Preferences } from '../preferences.ts';

const Memory = z.object({
  x: z.number().int().min(-100_000).max(100_000).optional(),
  y: z.number().int().min(-100_000).max(100_000).optional(),
  width: z.number().int().min(640).max(10_000).default(1240),
  height: z.number().int().min(480).max(10_000).default(820),
  maximised: z.boolean().default(false),
  zoom: z.number().min(0.25).max(5).default(1),
  /** The page that was shown last, as its hash. */
  page: z.string().max(1000).optional(),
  /** Id of the director that was shown last. */
  director: z.string().max(100).optional(),
  /** Ends of operations up to this time were seen by the user. */
  seenUntil: z.number().optional(),
  preferences: Preferences.default(defaultPreferences),
  /** Whether the user was told that applications go on when the window closes. */
  toldThatApplicationsGoOn: z.boolean().default(false),
});
export type Memory = z.infer<typeof Memory>;

export interface WindowMemory {
  read(): Memory;
  change(part: Partial<Memory>): void;
  /** As at the first start. */
  reset(): void;
}

export function openWindowMemory(directory: string): WindowMemory {
  const file = path.join(directory, 'window.json');
  let memory = load(file);
  return {
    read: () => memory,
    change(part) {
      memory = { ...memory, ...part };
      mkdirSync(directory, { recursive: true });
      // Renamed into place: a crash leaves the old one or the new one.
      writeFileSync(`${file}.new`, `${JSON.stringify(memory, undefined, 2)}\n`, { mode: 0o600 });
      renameSync(`${file}.new`, file);
    },
    reset() {
      rmSync(file, { force: true });
      memory = { ...Memory.parse({}), toldThatApplicationsGoOn: memory.toldThatApplicationsGoOn };
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
