/**
 * Crash points, for tests. `CONPAAS_CRASH=<journal>:<n>:<before|after>` makes the process kill itself (SIGKILL) right
 * before or after the n-th commit of that journal (n counts from 1). Where the value is a path, the point is the first line
 * of that file (what follows tells it from a point before), counted from its writing on; who comes to it removes it, so
 * that it happens once, whatever runs and is started again. A fourth part is the pid of a process to kill instead.
 *
 * `CONPAAS_CRASH_COUNT=<dir>` counts: each commit appends a byte to `<dir>/<journal>.<pid>`, which tells a test how many
 * points there are.
 */
import { appendFileSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

interface Counted {
  armed: string;
  commits: number;
}

const counts = new Map<string, Counted>();

/** Called by a journal around each commit. */
export function crashPoint(journal: string, moment: 'before' | 'after'): void {
  const counting = process.env['CONPAAS_CRASH_COUNT'];
  if (counting && moment === 'after') appendFileSync(path.join(counting, `${journal}.${process.pid}`), '.');
  const given = process.env['CONPAAS_CRASH'];
  if (!given) return;
  const armed = given.startsWith('/') ? readArmed(given) : given;
  if (armed === undefined) return;
  const counted = counts.get(journal);
  const before = counted?.armed === armed ? counted.commits : 0;
  const commits = before + (moment === 'before' ? 1 : 0);
  counts.set(journal, { armed, commits });
  const [name, number, when, victim] = (armed.split('\n', 1)[0] ?? '').split(':');
  if (name !== journal || commits !== Number(number) || when !== moment) return;
  if (given.startsWith('/') && !disarm(given)) return;
  process.kill(victim === undefined ? process.pid : Number(victim), 'SIGKILL');
}

function readArmed(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Whether it was us who came first. */
function disarm(file: string): boolean {
  try {
    rmSync(file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
