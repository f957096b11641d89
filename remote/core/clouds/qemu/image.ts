/** The disk that all machines begin with: a directory with `image.json` and the files it names. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { ConpaasError } from '../../contract/errors.ts';
import { isAbsent } from './absent.ts';

const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/);

export const Image = z.strictObject({
  /** Milliseconds since the epoch. */
  madeAt: z.number(),
  /** A file of the format qcow2, which nobody writes to any more. */
  disk: name,
  /** Absent: the disk has a boot loader of its own. */
  kernel: z.strictObject({ file: name, initrd: name }).optional(),
});
export type Image = z.infer<typeof Image>;

export const imageFile = 'image.json';

/** @throws ConpaasError `cloud_failed`: there is none, and how it is made */
export async function readImage(directory: string): Promise<Image> {
  try {
    return Image.parse(JSON.parse(await readFile(path.join(directory, imageFile), 'utf8')));
  } catch (error) {
    if (!isAbsent(error)) throw error;
    throw new ConpaasError(
      'cloud_failed',
      `There is no disk for machines in ${directory}. Make it with: conpaas image build --cloud qemu`,
    );
  }
}
