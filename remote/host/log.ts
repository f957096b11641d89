import { copyFileSync, statSync, truncateSync } from 'node:fs';

const maxBytes = 1024 * 1024;

/**
 * The host's own log: its standard output, which whoever started it opened on `file` for appending. It is the only
 * writer, so copying and truncating between two lines loses none.
 */
export function createLog(file: string): (line: string) => void {
  return (line) => {
    if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > maxBytes) {
      copyFileSync(file, `${file}.1`);
      truncateSync(file);
    }
    console.log(`${new Date().toISOString()} ${line}`);
  };
}
