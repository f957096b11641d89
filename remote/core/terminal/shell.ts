/**
 * The near end of a terminal to a node: what window and command share. It speaks frames over the duplex and turns
 * whatever ends it into one outcome.
 */
import type { Duplex } from 'node:stream';
import { ConpaasError, type Failure, toFailure } from '../contract/errors.ts';
import { encodeFrame, FrameDecoder, type TerminalEnd, type TerminalSize } from './frames.ts';

/** How a terminal ended: by its shell, or because something else went wrong. */
export type ShellOutcome =
  | { readonly kind: 'ended'; readonly end: TerminalEnd }
  | { readonly kind: 'failed'; readonly failure: Failure };

export interface Shell extends Disposable {
  /** Resolves when there is room for more. */
  write(bytes: Buffer): Promise<void>;
  resize(size: TerminalSize): void;
  /** What it shows; reading slowly slows the node. */
  readonly output: AsyncIterable<Buffer>;
  /** Settles when all of the output has been read. */
  readonly outcome: Promise<ShellOutcome>;
}

export function openShell(channel: Duplex): Shell {
  let settle: (outcome: ShellOutcome) => void = () => undefined;
  const outcome = new Promise<ShellOutcome>((resolve) => {
    settle = resolve;
  });
  channel.on('error', () => undefined); // met where it is read

  async function* read(): AsyncGenerator<Buffer> {
    const decoder = new FrameDecoder();
    let end: TerminalEnd | undefined;
    try {
      for await (const chunk of channel) {
        for (const frame of decoder.push(chunk as Buffer)) {
          if (frame.kind === 'bytes') yield frame.bytes;
          else if (frame.kind === 'end') end = frame.end;
        }
      }
      if (end) settle({ kind: 'ended', end });
      else settle({ kind: 'failed', failure: lost });
    } catch (error) {
      if (end) settle({ kind: 'ended', end });
      else settle({ kind: 'failed', failure: error instanceof ConpaasError ? toFailure(error) : lost });
    } finally {
      channel.end();
      settle({ kind: 'failed', failure: { code: 'cancelled', message: 'The terminal was closed.' } });
    }
  }

  return {
    write: (bytes) =>
      new Promise((resolve) => {
        if (channel.destroyed || channel.writableEnded) resolve();
        else channel.write(encodeFrame({ kind: 'bytes', bytes }), () => resolve());
      }),
    resize(size) {
      if (!channel.destroyed && !channel.writableEnded) channel.write(encodeFrame({ kind: 'size', size }));
    },
    output: read(),
    outcome,
    [Symbol.dispose]: () => void channel.destroy(),
  };
}

const lost: Failure = {
  code: 'unreachable',
  message: 'The connection to the terminal was lost. Open it again.',
  retry: true,
};
