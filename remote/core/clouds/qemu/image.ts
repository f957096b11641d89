/** The disk that all machines begin with: a directory with `image.json` and the files it names. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { ConpaasError } from '../../contract/errors.ts';
import { Architecture } from '../../contract/runtimes.ts';
import { isAbsent } from './absent.ts';
import { ownArchitecture } from './boards.ts';

const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/);

export const Image = z.strictObject({
  /** Milliseconds since the epoch. */
  madeAt: z.number(),
  /** A file of the format qcow2, which nobody writes to any more. */
  disk: name,
  /** Absent: the disk has a boot loader of its own. */
  kernel: z.strictObject({ file: name, initrd: name }).optional(),
  /** Absent: x64. */
  architecture: Architecture.optional(),
});
export type Image = z.infer<typeof Image>;

export const imageFile = 'image.json';

/** Of the processors that its programs are for. */
export const architectureOf = ({ architecture = 'x64' }: Pick<Image, 'architecture'>): Architecture => architecture;

/**
 * @param wanted processors that it is to be for; absent: any
 * @throws ConpaasError `cloud_failed`: there is none, or not for such processors, and how it is made
 */
export async function readImage(directory: string, wanted?: Architecture): Promise<Image> {
  const how = `conpaas image build --cloud qemu${wanted === undefined || wanted === ownArchitecture ? '' : ` --set architecture=${wanted}`}`;
  try {
    const image = Image.parse(JSON.parse(await readFile(path.join(directory, imageFile), 'utf8')));
    const found = architectureOf(image);
    if (wanted === undefined || found === wanted) return image;
    throw new ConpaasError(
      'cloud_failed',
      `The disk for machines in ${directory} is for ${found}, not for ${wanted}. Make one with: ${how}`,
    );
  } catch (error) {
    if (!isAbsent(error)) throw error;
    throw new ConpaasError('cloud_failed', `There is no disk for machines in ${directory}. Make it with: ${how}`);
  }
}
