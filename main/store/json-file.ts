/** JSON files of the desktop: checked by a schema, written whole, changed under a lock. */
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { z } from 'zod';
import { ConpaasError } from '../../remote/core/contract/errors.ts';
import { writeFileAtomic } from '../../remote/core/files/index.ts';
import { type LockOptions, withLock } from './lock.ts';

/**
 * The content of a JSON file, or undefined where there is none.
 * @throws ConpaasError internal: it cannot be parsed or is not what `schema` says (with the places)
 */
export async function readJson<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
): Promise<z.output<Schema> | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ConpaasError('internal', `${file} is damaged: it is not JSON. Restore it from a copy, or remove it.`, {
      cause: { code: 'internal', message: error instanceof Error ? error.message : String(error) },
    });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ConpaasError('internal', `${file} is damaged, or was written by a newer version of this program.`, {
    places: parsed.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message })),
  });
}

/** Writes a JSON file (0600), whole and durable when resolved. Its directory is made (0700) if it is not there. */
export async function writeJson<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
  value: z.input<Schema>,
): Promise<void> {
  const checked = schema.parse(value);
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  await writeFileAtomic(file, `${JSON.stringify(checked, undefined, 2)}\n`);
}

/**
 * Reads, changes and writes a JSON file under its lock (`<file>.lock`).
 * @param change gets the present content (undefined: no file) and returns the new one; the same object writes nothing
 * @returns the content afterwards
 */
export async function updateJson<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
  change: (present: z.output<Schema> | undefined) => z.input<Schema> | undefined | Promise<z.input<Schema> | undefined>,
  options: LockOptions = {},
): Promise<z.output<Schema> | undefined> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  return withLock(
    `${file}.lock`,
    async () => {
      const present = await readJson(file, schema);
      const next = await change(present);
      if (next === undefined || next === present) return present;
      await writeJson(file, schema, next);
      return schema.parse(next);
    },
    options,
  );
}
