/** What the window remembers between runs: a small JSON file in the data directory. */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { completePreferences, type Preferences } from '../preferences.ts';

export interface Memory {
  readonly x?: number | undefined;
  readonly y?: number | undefined;
  readonly width: number;
  readonly height: number;
  readonly maximised: boolean;
  readonly zoom: number;
  /** The page that was shown last, as its hash. */
  readonly page?: string | undefined;
  /** Id of the director that was shown last. */
  readonly director?: string | undefined;
  /** Ends of operations up to this time were seen by the user. */
  readonly seenUntil?: number | undefined;
  readonly preferences: Preferences;
  /** Whether the user was told that applications go on when the window closes. */
  readonly toldThatApplicationsGoOn: boolean;
}

export interface WindowMemory {
  read(): Memory;
  change(part: Partial<Memory>): void;
  /** As at the first start. */
  reset(): void;
}

export function openWindowMemory(directory: string): WindowMemory {
  const file = path.join(directory, 'window.json');
  let memory = completeMemory(load(file));
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
      memory = { ...completeMemory(undefined), toldThatApplicationsGoOn: memory.toldThatApplicationsGoOn };
    },
  };
}

function load(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // The first run, or a file that cannot be read: nothing in it is worth a message.
    return undefined;
  }
}

/** Of what was kept, all that it can be; the rest as at the first start. Pure, and quick: see `preferences.ts`. */
export function completeMemory(kept: unknown): Memory {
  const given: Readonly<Record<string, unknown>> = typeof kept === 'object' && kept !== null ? { ...kept } : {};
  const number = (name: keyof Memory, low: number, high: number): number | undefined => {
    const value = given[name];
    return typeof value === 'number' && value >= low && value <= high ? value : undefined;
  };
  const whole = (name: keyof Memory, low: number, high: number): number | undefined => {
    const value = number(name, low, high);
    return Number.isInteger(value) ? value : undefined;
  };
  const text = (name: keyof Memory, longest: number): string | undefined => {
    const value = given[name];
    return typeof value === 'string' && value.length <= longest ? value : undefined;
  };
  return {
    x: whole('x', -100_000, 100_000),
    y: whole('y', -100_000, 100_000),
    width: whole('width', 640, 10_000) ?? 1240,
    height: whole('height', 480, 10_000) ?? 820,
    maximised: given['maximised'] === true,
    zoom: number('zoom', 0.25, 5) ?? 1,
    page: text('page', 1000),
    director: text('director', 100),
    seenUntil: number('seenUntil', 0, Number.MAX_SAFE_INTEGER),
    preferences: completePreferences(given['preferences']),
    toldThatApplicationsGoOn: given['toldThatApplicationsGoOn'] === true,
  };
}
