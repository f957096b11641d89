/** Looks for secrets as somebody would who has got into a machine: in all files, command lines and environments. */
import { readFileSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';

/** What must not be found, by a name that a failing test can print. */
export type Secrets = Readonly<Record<string, string>>;

/** Where something was found: `NAME in PLACE`. */
export type Finding = string;

/** How programs put secrets into texts. */
function forms(secret: string): string[] {
  const bytes = Buffer.from(secret);
  // Inside a longer base64 text it looks one of three ways, but for what its neighbours have a part in.
  const inside = [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    return text.slice(before === 0 ? 0 : 4, Math.floor((before + bytes.length) / 3) * 4);
  });
  const base64 = inside.filter((text) => text.length >= 8);
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    ...base64,
    ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
  ];
}

/** One expression for each set of secrets: files are many, and large. */
const expressions = new WeakMap<Secrets, { readonly any: RegExp; readonly each: ReadonlyMap<string, RegExp> }>();

function expressionsOf(secrets: Secrets) {
  const known = expressions.get(secrets);
  if (known) return known;
  const sources = Object.entries(secrets).map(([name, secret]): [string, string] => {
    const all = forms(secret).flatMap((form) => [Buffer.from(form), Buffer.from(form, 'utf16le')]);
    return [name, all.map((bytes) => bytes.toString('latin1').replace(/[\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|')];
  });
  const made = {
    any: new RegExp(sources.map(([, source]) => source).join('|') || '(?!)'),
    each: new Map(sources.map(([name, source]) => [name, new RegExp(source)])),
  };
  expressions.set(secrets, made);
  return made;
}

/** @returns the names of those that are in it, in whatever form */
export function found(content: Buffer | string, secrets: Secrets): string[] {
  const text = typeof content === 'string' ? Buffer.from(content).toString('latin1') : content.toString('latin1');
  const { any, each } = expressionsOf(secrets);
  if (!any.test(text)) return [];
  return [...each].filter(([, expression]) => expression.test(text)).map(([name]) => name);
}

/** A file, as the hunt meets it. */
export interface HuntedFile {
  /** From the directory on. */
  readonly name: string;
  readonly path: string;
  readonly mode: number;
  readonly uid: number;
  readonly content: Buffer;
}

/**
 * Every regular file below a directory: journals and what SQLite keeps beside them, logs, spools, everything.
 * @param but those below directories of this name, where there is much that is known: unpacked code
 */
export async function filesOf(directory: string, but?: string): Promise<HuntedFile[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter(
      (file) =>
        !path
          .relative(directory, file)
          .split(path.sep)
          .includes(but ?? ''),
    );
  const read = await Promise.all(
    files.map(async (file): Promise<HuntedFile | undefined> => {
      try {
        const [{ mode, uid }, content] = await Promise.all([stat(file), readFile(file)]);
        return { name: path.relative(directory, file), path: file, mode: mode & 0o777, uid, content };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined; // gone meanwhile
        throw error;
      }
    }),
  );
  return read.filter((file) => file !== undefined);
}

export function huntFiles(files: readonly HuntedFile[], secrets: Secrets): Finding[] {
  return files.flatMap(({ name, content }) => found(content, secrets).map((secret) => `${secret} in ${name}`));
}

/** A living process, as root of its machine sees it. */
export interface SeenProcess {
  readonly pid: number;
  /** Under whom it runs: nobody but root and this user can read its environment. */
  readonly uid: number;
  readonly cmdline: Buffer;
  readonly environ: Buffer;
}

export interface FoundInProcess {
  readonly secret: string;
  readonly part: 'cmdline' | 'environ';
  readonly process: SeenProcess;
}

/** Those processes of this computer that still live. */
export function seenProcesses(pids: readonly number[]): SeenProcess[] {
  return pids.flatMap((pid) => {
    try {
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      const [cmdline, environ] = [readFileSync(`/proc/${pid}/cmdline`), readFileSync(`/proc/${pid}/environ`)];
      return [{ pid, uid: uidOf(status), cmdline, environ }];
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'ESRCH') return []; // ended meanwhile
      throw error;
    }
  });
}

/** @param status what `/proc/PID/status` says */
export const uidOf = (status: string): number => Number(/^Uid:\s+(\d+)/m.exec(status)?.[1]);

/** Command line and environment of processes. */
export function huntProcesses(processes: readonly SeenProcess[], secrets: Secrets): FoundInProcess[] {
  return processes.flatMap((process) =>
    (['cmdline', 'environ'] as const).flatMap((part) =>
      found(process[part], secrets).map((secret) => ({ secret, part, process })),
    ),
  );
}
