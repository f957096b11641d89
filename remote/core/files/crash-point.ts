/**
 * Crash points: with `CONPAAS_CRASH=<journal>:<n>:<before|after>` the process kills itself (SIGKILL) right before or
 * after the n-th commit of that journal (n counts from 1). With a fourth part, a path, that happens once only: the file
 * is made first and its presence disarms the point, so that the restarted process lives. `CONPAAS_CRASH_COUNT=<dir>`
 * instead counts: it appends a byte to `<dir>/<journal>` at each commit, which tells a test how many points there are.
 */
import { appendFileSync, closeSync, openSync } from 'node:fs';
import path from 'node:path';

const counts = new Map<string, number>();

/** Called by a journal around each commit. */
export function crashPoint(journal: string, moment: 'before' | 'after'): void {
  const counting = process.env['CONPAAS_CRASH_COUNT'];
  if (counting && moment === 'after') appendFileSync(path.join(counting, journal), '.');
  const armed = process.env['CONPAAS_CRASH'];
  if (!armed) return;
  const [name, number, when, once] = armed.split(':');
  if (name !== journal) return;
  const count = (counts.get(journal) ?? 0) + (moment === 'before' ? 1 : 0);
  counts.set(journal, count);
  if (count !== Number(number) || when !== moment) return;
  if (once) {
    try {
      closeSync(openSync(once, 'wx'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return;
      throw error;
    }
  }
  process.kill(process.pid, 'SIGKILL');
}
