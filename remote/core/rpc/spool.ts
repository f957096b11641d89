/**
 * Partial uploads on disk. A broken upload goes on where it stopped: the client names it by an id of its own choice,
 * which together with everything else it says (and who it is) makes the key, so that two clients that send the same
 * content at once never share a file. For some minutes the spool also remembers how an upload ended, so that a client
 * whose connection broke after the last byte gets that answer instead of having it carried out twice.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { ConpaasError } from '../contract/errors.ts';
import type { UploadedFile } from '../contract/method.ts';
import { timings } from './wire.ts';

/** An unfinished upload that nobody touched for so long is dropped, ms; so is a remembered outcome. */
const keepPartial = 3_600_000;
const keepOutcome = 600_000;
const sweepEvery = 600_000;

export interface UploadClaim {
  /** All that makes this upload this one. */
  readonly key: string;
  readonly size: number;
  readonly sha256: string;
  readonly name: string;
}

/** The server stands somewhere else than the client thinks. */
export class WrongOffsetError extends Error {}

export interface Spool extends Disposable {
  /** Bytes that are here already. Ends a connection that is still writing them: its client has come back. */
  offset(claim: UploadClaim): Promise<number>;
  /**
   * Appends the body from `offset` on, verifies the whole and hands it to `handle`; the file is removed afterwards.
   * @throws WrongOffsetError, ConpaasError checksum_mismatch
   */
  receive<T>(
    claim: UploadClaim,
    offset: number,
    request: IncomingMessage,
    signal: AbortSignal,
    handle: (file: UploadedFile) => Promise<T>,
  ): Promise<T>;
}

interface Entry {
  /** Ends the connection that is writing. */
  stop: (() => void) | undefined;
  /** Resolves when the latest to take its turn has ended. */
  turn: Promise<void>;
  handling: boolean;
  outcome: Promise<unknown> | undefined;
  /** When it was last used, ms. */
  touched: number;
}

/** @param directory is created if need be (0700) and belongs to the spool alone */
export async function openSpool(directory: string): Promise<Spool> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const entries = new Map<string, Entry>();
  const fileOf = (key: string) => join(directory, `${createHash('sha256').update(key).digest('hex')}.part`);

  const entryOf = (key: string): Entry => {
    const entry = entries.get(key) ?? {
      stop: undefined,
      turn: Promise.resolve(),
      handling: false,
      outcome: undefined,
      touched: 0,
    };
    entry.touched = Date.now();
    entries.set(key, entry);
    return entry;
  };

  const sweep = async () => {
    const now = Date.now();
    for (const [key, entry] of entries) {
      if (entry.stop || entry.handling) continue;
      if (now - entry.touched > keepOutcome) entries.delete(key);
    }
    for (const name of await readdir(directory)) {
      const file = join(directory, name);
      const age = now - (await stat(file)).mtimeMs;
      if (name.endsWith('.part') && age > keepPartial) await rm(file, { force: true });
    }
  };
  const sweeping = () => void sweep().catch(() => undefined); // a file that went away meanwhile; the next round is soon
  sweeping();
  const timer = setInterval(sweeping, sweepEvery).unref();

  return {
    async offset(claim) {
      const entry = entries.get(claim.key);
      if (entry?.handling || entry?.outcome) return claim.size;
      entry?.stop?.();
      await entry?.turn;
      if (entry?.outcome) return claim.size;
      return sizeOf(fileOf(claim.key));
    },

    async receive(claim, offset, request, signal, handle) {
      const entry = entryOf(claim.key);
      const before = entry.turn;
      let leave: () => void = () => undefined;
      entry.turn = new Promise((resolve) => {
        leave = resolve;
      });
      entry.stop?.();
      entry.stop = undefined;
      try {
        await before;
        if (entry.outcome) return (await entry.outcome) as never;
        const path = fileOf(claim.key);
        await append(path, claim, offset, request, (stop) => {
          entry.stop = stop;
        });
        entry.stop = undefined;
        entry.handling = true;
        const work = handle({ path, size: claim.size, sha256: claim.sha256, name: claim.name });
        const ended = await work.then(
          () => true,
          () => false,
        );
        entry.handling = false;
        // cut off by its own connection: the client may come back, and finds all bytes here
        if (ended || !signal.aborted) {
          entry.outcome = work;
          await rm(path, { force: true });
        }
        return await work;
      } finally {
        entry.stop = undefined;
        entry.handling = false;
        entry.touched = Date.now();
        leave();
      }
    },

    [Symbol.dispose]() {
      clearInterval(timer);
      for (const entry of entries.values()) entry.stop?.();
    },
  };
}

async function append(
  path: string,
  claim: UploadClaim,
  offset: number,
  request: IncomingMessage,
  writing: (stop: () => void) => void,
): Promise<void> {
  const have = await sizeOf(path);
  if (have !== offset) throw new WrongOffsetError();
  const stop = () => request.destroy(new ConpaasError('interrupted', 'The upload was resumed on another connection.'));
  writing(stop);
  const hash = createHash('sha256');
  if (have > 0) for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  const file = await open(path, 'a', 0o600);
  let size = have;
  const idle = setTimeout(() => request.destroy(new Error('idle upload')), timings.uploadIdle);
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > claim.size) break;
      hash.update(chunk);
      await file.appendFile(chunk);
      idle.refresh();
    }
  } finally {
    clearTimeout(idle);
    await file.close();
  }
  if (size === claim.size && hash.digest('hex') === claim.sha256) return;
  await rm(path, { force: true });
  throw new ConpaasError(
    'checksum_mismatch',
    'The file that arrived is not the file that was announced. Did it change meanwhile? Try again.',
    { retry: true },
  );
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}
