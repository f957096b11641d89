/**
 * Records of what we have started, one file each, so that whoever comes after our death finds it again. Not synced to
 * disk: after a crash of the machine the boot id tells that the process is gone anyway.
 */
import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const Identity = z.object({ pid: z.number().int(), startTime: z.number(), bootId: z.string() });

export const ProcessRecord = z.object({
  name: z.string(),
  /** engine: adopted by the next supervisor. run: a program of `runOnce`, ended by it. */
  kind: z.enum(['engine', 'run']),
  /** The engine itself; missing for the moment between bubblewrap's start and its word about its child. */
  main: Identity.optional(),
  /** The process we started: founder of session and group. bubblewrap or the engine itself. */
  leader: Identity,
  sandboxed: z.boolean(),
  /** Of the specification, see `specHash`. */
  hash: z.string(),
  stop: z.object({ signal: z.string(), timeoutMs: z.number() }),
  startedAt: z.number(),
  restarts: z.number().int(),
});
export type ProcessRecord = z.infer<typeof ProcessRecord>;

export interface Records {
  readonly directory: string;
  /** The directory was made by this opening: nobody before us has started anything that carries its tag. */
  readonly isNew: boolean;
  read(name: string): ProcessRecord | undefined;
  list(): ProcessRecord[];
  write(record: ProcessRecord): void;
  remove(name: string): void;
  /** `CONPAAS_PROCESS=...`, which every process of that name carries in its environment, with its children. */
  tag(name: string): string;
}

const suffix = '.process.json';
const tagVariable = 'CONPAAS_PROCESS';

/** Opens (and makes, 0700) a directory of records. Names may hold letters, digits, `.`, `_` and `-`. */
export function openRecords(directory: string): Records {
  const isNew = mkdirSync(directory, { recursive: true, mode: 0o700 }) !== undefined;
  chmodSync(directory, 0o700);
  const path = (name: string) => {
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,150}$/.test(name)) throw new RangeError(`not a name for a process: ${name}`);
    return join(directory, name + suffix);
  };
  const read = (name: string): ProcessRecord | undefined => {
    let text: string;
    try {
      text = readFileSync(path(name), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    try {
      return ProcessRecord.parse(JSON.parse(text));
    } catch {
      return undefined; // of a version that is not ours: its processes are found by their tag
    }
  };
  return {
    directory,
    isNew,
    read,
    list: () =>
      readdirSync(directory)
        .filter((entry) => entry.endsWith(suffix))
        .map((entry) => read(entry.slice(0, -suffix.length)))
        .filter((record) => record !== undefined),
    write: (record) => {
      const target = path(record.name);
      writeFileSync(`${target}.new`, JSON.stringify(record), { mode: 0o600 });
      renameSync(`${target}.new`, target);
    },
    remove: (name) => rmSync(path(name), { force: true }),
    tag: (name) => `${tagVariable}=${directory}/${name}`,
  };
}
