/** Around all window tests: at the end nothing of theirs runs any more, and their data directories are gone. */
import { randomBytes } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ofThisRun } from './ending.ts';

/** What was told to end has this long to be gone, on however busy a computer, ms. */
const patienceMs = 60_000;

export default function begin(): () => Promise<void> {
  process.env['CONPAAS_WINDOW_RUN'] = `${randomBytes(2).toString('hex')}-`;
  return end;
}

async function end(): Promise<void> {
  let left = await processes();
  for (const until = Date.now() + patienceMs; left.length > 0 && Date.now() < until; left = await processes()) {
    await delay(200);
  }
  for (const { pid } of left) kill(pid);
  const directories = (await readdir(os.tmpdir())).filter((name) => name.startsWith(ofThisRun()));
  for (const name of directories) {
    await rm(path.join(os.tmpdir(), name), { recursive: true, force: true, maxRetries: 5 });
  }
  if (left.length === 0 && directories.length === 0) return;
  const what = [...left.map(({ pid, command }) => `process ${pid}: ${command}`), ...directories];
  throw new Error(`The window tests have left behind (it is gone now):\n${what.join('\n')}`);
}

interface Process {
  readonly pid: number;
  readonly command: string;
}

/** All that have a data directory of this run in their arguments or their environment. */
async function processes(): Promise<readonly Process[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const found: Process[] = [];
  for (const pid of pids) {
    // It may have ended meanwhile, or be somebody else's.
    const read = (file: string): Promise<string> => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
    const command = (await read('cmdline')).replaceAll('\0', ' ').trim();
    const isOurs = [command, await read('environ')].some((text) => text.includes(`/${ofThisRun()}`));
    if (isOurs && pid !== process.pid) found.push({ pid, command: command.slice(0, 200) });
  }
  return found;
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ESRCH') throw thrown;
  }
}
