/**
 * A root as it is made, with files of somebody else's in it. They are put in front of it, and it is passed on byte for
 * byte: what a library reads and writes again may lose extended attributes, which are no text.
 */
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Pack, pack } from 'tar-stream';

/** Root's. */
export interface RootEntry {
  /** As in `etc/fstab`; where the root has it too, the root's is what is there. */
  readonly name: string;
  readonly mode: number;
  /** Absent: it is a folder. */
  readonly content?: { readonly size: number; read(): Readable };
}

/**
 * @param root a tar archive; an error of it is one of the result
 * @param added folders before what is in them
 * @returns a tar archive, made while it is read; nothing comes before the root does
 */
export function extendedRoot(root: NodeJS.ReadableStream, added: readonly RootEntry[]): Readable {
  // It takes minutes, and whoever reads this would wait in the midst of it.
  const begun = once(root, 'readable');
  begun.catch(() => undefined); // met by whoever reads
  return Readable.from(joined(root, begun, added), { objectMode: false });
}

async function* joined(
  root: NodeJS.ReadableStream,
  begun: Promise<unknown>,
  added: readonly RootEntry[],
): AsyncGenerator<Uint8Array | string> {
  await begun;
  const packed = pack();
  put(packed, added).catch((error: Error) => packed.destroy(error));
  yield* packed as AsyncIterable<Uint8Array>;
  yield* root;
}

async function put(packed: Pack, added: readonly RootEntry[]): Promise<void> {
  for (const { name, mode, content } of added) {
    if (content) {
      await pipeline(content.read(), packed.entry({ name: `./${name}`, mode, size: content.size }));
      continue;
    }
    await new Promise<void>((resolve, reject) => {
      const done = (error?: Error | null): void => (error ? reject(error) : resolve());
      packed.entry({ name: `./${name}`, mode, type: 'directory' }, done);
    });
  }
  packed.push(null); // without the end mark of an archive: the root goes on
}
