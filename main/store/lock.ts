/**
 * A lock between processes that covers one write, not the life of a process: the window and several commands work at the
 * same time. The lock is a file that names its holder; what a killed holder left is recognised and removed.
 */
import { randomBytes } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { ConpaasError } from '../../remote/core/contract/errors.ts';
import { isRunning, ownMark, ProcessMark } from './process-mark.ts';

const Holder = ProcessMark.extend({
  /** Tells this taking of the lock from every other. */
  nonce: z.string().regex(/^[0-9a-f]+$/),
});
type Holder = z.infer<typeof Holder>;

export interface LockOptions {
  readonly signal?: AbortSignal | undefined;
  /** How long to wait for the lock, in milliseconds; 30 s where absent. */
  readonly timeoutMs?: number | undefined;
}

/** Within one process a queue does: fair, and without touching the disk. */
const queues = new Map<string, Promise<void>>();

/**
 * Runs `work` while no other process (or other caller in this one) holds the lock of this path. Not re-entrant.
 * @param file the lock file; its directory must exist
 * @throws ConpaasError conflict: a living process held it longer than `timeoutMs`; and whatever `work` throws
 */
export async function withLock<T>(file: string, work: () => Promise<T>, options: LockOptions = {}): Promise<T> {
  const name = path.resolve(file);
  const deadline = performance.now() + (options.timeoutMs ?? 30_000);
  const before = queues.get(name) ?? Promise.resolve();
  const mine = (async () => {
    await waitFor(before, name, deadline, options.signal);
    const nonce = await take(name, deadline, options.signal);
    try {
      return await work();
    } finally {
      await release(name, nonce);
    }
  })();
  // Who gives up waiting does not let the next one pass those before.
  const settled = Promise.allSettled([before, mine]).then(() => undefined);
  queues.set(name, settled);
  try {
    return await mine;
  } finally {
    settled.then(() => {
      if (queues.get(name) === settled) queues.delete(name);
    });
  }
}

/** Waits for those before in this process. */
async function waitFor(
  before: Promise<void>,
  file: string,
  deadline: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  signal?.throwIfAborted();
  const over = new AbortController();
  const limits = signal ? [over.signal, signal] : [over.signal];
  const late = delay(Math.max(deadline - performance.now(), 0), undefined, { signal: AbortSignal.any(limits) }).then(
    () => {
      throw stillHeld(file, undefined);
    },
  );
  try {
    await Promise.race([before, late]);
  } finally {
    over.abort();
    late.catch(() => undefined); // nobody waits for it any more
  }
}

function stillHeld(file: string, holder: Holder | undefined): ConpaasError {
  const who = holder ? `Process ${holder.pid}` : 'Somebody';
  return new ConpaasError('conflict', `${who} is still writing ${path.basename(file, '.lock')}. Try again.`, {
    retry: true,
  });
}

async function take(file: string, deadline: number, signal: AbortSignal | undefined): Promise<string> {
  const nonce = randomBytes(12).toString('hex');
  const holder: Holder = { ...(await ownMark()), nonce };
  for (let pause = 1; ; pause = Math.min(pause * 1.6, 40)) {
    signal?.throwIfAborted();
    if (await create(file, JSON.stringify(holder), nonce)) return nonce;
    const other = await read(file);
    if (other && !(await isRunning(other))) {
      await removeStale(file, other, deadline);
      continue;
    }
    if (performance.now() > deadline) throw stillHeld(file, other);
    await delay(pause * (0.5 + Math.random()), undefined, signal ? { signal } : {});
  }
}

/** Creates the lock file, whole, unless there is one: a hard link fails where its name is taken, as O_EXCL does. */
async function create(file: string, content: string, nonce: string): Promise<boolean> {
  const temporary = `${file}.${nonce}.tmp`;
  try {
    await writeFile(temporary, content, { flag: 'wx', mode: 0o600 });
    await link(temporary, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

/**
 * Removes the lock of a dead holder. Two processes may find it dead at once, and the slower one must not remove the lock
 * that somebody has taken meanwhile: only who holds the lock of that very nonce may remove it, and looks again first.
 */
async function removeStale(file: string, dead: Holder, deadline: number): Promise<void> {
  const guard = `${file}.${dead.nonce}`;
  const nonce = await take(guard, deadline, undefined);
  try {
    if ((await read(file))?.nonce === dead.nonce) await rm(file, { force: true });
    await rm(`${file}.${dead.nonce}.tmp`, { force: true }); // where it died before it could
  } finally {
    await release(guard, nonce);
  }
}

async function release(file: string, nonce: string): Promise<void> {
  // Ours unless somebody has removed it by hand and another has taken it since.
  if ((await read(file))?.nonce === nonce) await rm(file, { force: true });
}

async function read(file: string): Promise<Holder | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return Holder.parse(JSON.parse(text));
  } catch (error) {
    throw new ConpaasError(
      'internal',
      `The lock file ${file} is not one of ours. Remove it if no ConPaaS is running.`,
      {
        cause: { code: 'internal', message: error instanceof Error ? error.message : String(error) },
      },
    );
  }
}
