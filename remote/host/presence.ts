import { stat } from 'node:fs/promises';

/** Looked at so often, ms. */
const everyMs = 1000;

/**
 * Tells when a directory is no longer where it was: removed, or another one in its place.
 * @param gone called once
 */
export async function watchPresence(directory: string, gone: () => void): Promise<Disposable> {
  const first = await stat(directory);
  const timer = setInterval(() => {
    stat(directory).then(
      ({ ino, dev }) => {
        if (ino !== first.ino || dev !== first.dev) end();
      },
      (error: NodeJS.ErrnoException) => {
        // Anything else says nothing about the directory.
        if (error.code === 'ENOENT' || error.code === 'ENOTDIR') end();
      },
    );
  }, everyMs);
  const end = (): void => {
    clearInterval(timer);
    gone();
  };
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
