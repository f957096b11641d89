/** Sees what other processes write: the window follows the command, and the other way round. */
import { type FSWatcher, statSync, watch as watchDirectory } from 'node:fs';
import path from 'node:path';

export interface WatchOptions {
  /** How often to look where the system does not tell (network file systems, no watches left), in milliseconds. */
  readonly everyMs?: number;
  readonly onError?: (error: unknown) => void;
}

/**
 * Calls `changed` after each change of a file (made, replaced, removed), by whatever process; several changes at once may
 * give one call. Level-triggered: read the file in it. Not called for the state at the beginning: watch first, then read.
 * @param file its directory must exist
 * @returns what stops it
 */
export function watch(file: string, changed: () => void, options: WatchOptions = {}): Disposable {
  const { everyMs = 2_000, onError = () => undefined } = options;
  let known = fingerprint(file);
  let soon: NodeJS.Immediate | undefined;

  function told(): void {
    soon ??= setImmediate(() => {
      soon = undefined;
      known = fingerprint(file);
      changed();
    });
  }

  // The directory, not the file: a file that is replaced by a rename takes its watch away with it.
  let watcher: FSWatcher | undefined;
  try {
    watcher = watchDirectory(path.dirname(file), { persistent: false }, (_event, name) => {
      if (name === null || name === path.basename(file)) told();
    });
    watcher.on('error', onError);
  } catch (error) {
    onError(error); // no watches left: the timer sees changes too, only later
  }
  const timer = setInterval(() => {
    if (fingerprint(file) !== known) told();
  }, everyMs);
  timer.unref();
  return {
    [Symbol.dispose]() {
      clearInterval(timer);
      clearImmediate(soon);
      watcher?.close();
    },
  };
}

/** What tells one content of a file from the next without reading it: each write makes a new file. */
function fingerprint(file: string): string {
  const stat = statSync(file, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? 'none' : `${stat.ino}:${stat.size}:${stat.mtimeNs}`;
}
