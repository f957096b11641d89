/** Looks for secrets as somebody would who has got into a machine: in all files, command lines and environments. */
import { readFileSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';

/** What must not be found, by a name that a failing test can print. */
export type Secrets = Readonly<Record<string, string>>;

/** Where something was found: `NAME in PLACE`. */
export type Finding = string;

/** Bytes of a file are looked at in the forms that programs put secrets into texts. */
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

/** @returns the names of those that are in it, in whatever form */
export function found(content: Buffer | string, secrets: Secrets): string[] {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const wide = Buffer.from(bytes.filter((byte) => byte !== 0)); // UTF-16 is plain without its zeros
  return Object.entries(secrets)
    .filter(([, secret]) => forms(secret).some((form) => bytes.includes(form) || wide.includes(form)))
    .map(([name]) => name);
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

/** Every regular file below a directory: journals and what SQLite keeps beside them, logs, spools, everything. */
export async function filesOf(directory: string): Promise<HuntedFile[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
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

/** Command line and environment of processes. */
export function huntProcesses(pids: readonly number[], secrets: Secrets): Finding[] {
  return pids.flatMap((pid) =>
    ['cmdline', 'environ'].flatMap((part) => {
      let content: Buffer;
      try {
        content = readFileSync(`/proc/${pid}/${part}`);
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === 'ENOENT' || code === 'ESRCH') return []; // ended meanwhile
        throw error;
      }
      return found(content, secrets).map((secret) => `${secret} in ${part} of process ${pid}`);
    }),
  );
}
