/** Where windows of tests and benches open. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';

/** The display there is, or a virtual one. */
export async function openDisplay(): Promise<AsyncDisposable & { readonly name: string }> {
  const present = process.env['DISPLAY'];
  return present ? { name: present, [Symbol.asyncDispose]: async () => undefined } : openVirtualDisplay();
}

/** A display that nobody else has: its focus and its clipboard are those of one window. Ended with what it gives. */
export async function openVirtualDisplay(): Promise<AsyncDisposable & { readonly name: string }> {
  const server: ChildProcess = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1400x900x24'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const ended = once(server, 'exit');
  // Its number comes as a line, once it listens.
  const [chunk] = (await once(server.stdio[3] as Readable, 'data')) as [Buffer];
  return {
    name: `:${chunk.toString().trim()}`,
    async [Symbol.asyncDispose]() {
      server.kill('SIGTERM');
      await ended;
    },
  };
}
