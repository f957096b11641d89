/**
 * A FIFO between a stream of ours and a program that the supervisor starts: the program reads or writes a file, we a
 * stream, and back-pressure is the kernel's. Opened so that nobody ever blocks: see openInput.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { Socket } from 'node:net';
import { ConpaasError } from '../../../core/contract/errors.ts';

async function makeFifo(path: string): Promise<FileHandle> {
  await rm(path, { force: true });
  const child = spawn('/usr/bin/mkfifo', ['-m', '600', path], { stdio: 'ignore' });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new ConpaasError('internal', 'A FIFO could not be made in the directory of the node.');
  return open(path, 'r+');
}

/** Our end as a socket: the event loop waits for it, not a thread. It closes the descriptor. */
function openSocket(path: string, direction: 'r' | 'w'): Socket {
  return new Socket({ fd: openSync(path, direction), readable: direction === 'r', writable: direction === 'w' });
}

/** For a program that reads: `input` is its standard input (to be closed when it has ended), `stream` our end. */
export async function openInput(path: string): Promise<{ input: FileHandle; stream: Socket }> {
  // Read and write: opening the other two never waits for a partner. Closed then, so that the end of `stream` is seen.
  const anchor = await makeFifo(path);
  try {
    const input = await open(path, 'r');
    return { input, stream: openSocket(path, 'w') };
  } finally {
    await anchor.close();
    await rm(path, { force: true });
  }
}

/** For a program that writes to `path`: `stream` ends after `end()`, however often the program opens the file. */
export async function openOutput(path: string): Promise<{ stream: Socket; end(): Promise<void> }> {
  const anchor = await makeFifo(path);
  const stream = openSocket(path, 'r');
  return {
    stream,
    async end() {
      await anchor.close();
      await rm(path, { force: true });
    },
  };
}
