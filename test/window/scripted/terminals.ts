/** Terminals of the scripted director: a shell that a test writes. */

import { ConpaasError, type Failure } from '../../../remote/core/contract/errors.ts';
import type { ManagerMethods } from '../../../remote/core/contract/manager.ts';
import { encodeFrame, FrameDecoder } from '../../../remote/core/terminal/index.ts';
import type { Script, Scripted } from './script.ts';

export interface ScriptedTerminal {
  readonly node: string;
  /** Sizes it was given, newest last. */
  readonly sizes: { columns: number; rows: number }[];
  /** All that was typed. */
  typed(): string;
  show(text: string | Buffer): void;
  /** Ends the shell. */
  end(code: number): void;
  fail(failure: Failure): void;
}

/** Every terminal that was opened, oldest first. */
export type ScriptedTerminals = ScriptedTerminal[];

export function terminalMethods(script: Script, opened: ScriptedTerminals): Scripted<ManagerMethods> {
  return {
    open_terminal: async ({ node, columns, rows }, open) => {
      script.take('open_terminal', { node, columns, rows }, undefined);
      const channel = open();
      let typed = '';
      const sizes = [{ columns, rows }];
      const over = Promise.withResolvers<void>();
      opened.push({
        node,
        sizes,
        typed: () => typed,
        show: (text) => void channel.write(encodeFrame({ kind: 'bytes', bytes: Buffer.from(text) })),
        end(code) {
          channel.write(encodeFrame({ kind: 'end', end: { code } }));
          over.resolve();
        },
        fail: (failure) => over.reject(ConpaasError.of(failure)),
      });
      const decoder = new FrameDecoder();
      channel.on('data', (chunk: Buffer) => {
        for (const frame of decoder.push(chunk)) {
          if (frame.kind === 'bytes') typed += frame.bytes.toString();
          if (frame.kind === 'size') sizes.push(frame.size);
        }
      });
      channel.once('close', () => over.resolve());
      await over.promise;
    },
  };
}
