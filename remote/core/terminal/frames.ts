/**
 * What travels in the duplex of a terminal. A frame is a type (1 byte), a length (4 bytes, big endian) and a payload:
 *   to the node:    0 typed bytes   1 size (columns and rows, 2 bytes each)
 *   from the node:  0 shown bytes   2 how the shell ended (JSON of `TerminalEnd`)
 * The frames of the channel underneath (core/rpc/channel.ts) do not keep boundaries: these do.
 */
import { z } from 'zod';
import { ConpaasError } from '../contract/errors.ts';

export const TerminalSize = z.strictObject({
  columns: z.number().int().min(1).max(1000),
  rows: z.number().int().min(1).max(1000),
});
export type TerminalSize = z.infer<typeof TerminalSize>;

/** How the shell ended by itself; 128 and more: a signal, as shells count. */
export const TerminalEnd = z.object({ code: z.number().int() });
export type TerminalEnd = z.infer<typeof TerminalEnd>;

export type TerminalFrame =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'size'; readonly size: TerminalSize }
  | { readonly kind: 'end'; readonly end: TerminalEnd };

const types = { bytes: 0, size: 1, end: 2 } as const;
const headLength = 5;
/** A peer that announces more than this is broken, or hostile. */
const largest = 1024 * 1024;

export function encodeFrame(frame: TerminalFrame): Buffer {
  const payload = payloadOf(frame);
  const head = Buffer.alloc(headLength);
  head.writeUInt8(types[frame.kind]);
  head.writeUInt32BE(payload.length, 1);
  return Buffer.concat([head, payload]);
}

function payloadOf(frame: TerminalFrame): Buffer {
  switch (frame.kind) {
    case 'bytes':
      return frame.bytes;
    case 'size': {
      const payload = Buffer.alloc(4);
      payload.writeUInt16BE(frame.size.columns);
      payload.writeUInt16BE(frame.size.rows, 2);
      return payload;
    }
    case 'end':
      return Buffer.from(JSON.stringify(frame.end));
  }
}

/** Frames out of a byte stream, however it is cut. */
export class FrameDecoder {
  #rest: Buffer = Buffer.alloc(0);

  /** Frames that are complete now. @throws ConpaasError invalid_request where it is no frame */
  push(chunk: Buffer): TerminalFrame[] {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const frames: TerminalFrame[] = [];
    while (this.#rest.length >= headLength) {
      const length = this.#rest.readUInt32BE(1);
      if (length > largest) throw broken();
      if (this.#rest.length < headLength + length) break;
      frames.push(parse(this.#rest.readUInt8(), this.#rest.subarray(headLength, headLength + length)));
      this.#rest = this.#rest.subarray(headLength + length);
    }
    return frames;
  }
}

function parse(type: number, payload: Buffer): TerminalFrame {
  if (type === types.bytes) return { kind: 'bytes', bytes: payload };
  if (type === types.size && payload.length === 4) {
    const size = TerminalSize.safeParse({ columns: payload.readUInt16BE(), rows: payload.readUInt16BE(2) });
    if (size.success) return { kind: 'size', size: size.data };
  }
  if (type === types.end) {
    const end = TerminalEnd.safeParse(parseJson(payload));
    if (end.success) return { kind: 'end', end: end.data };
  }
  throw broken();
}

function parseJson(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString());
  } catch {
    return undefined; // refused as what it is not
  }
}

function broken(): ConpaasError {
  return new ConpaasError('invalid_request', 'The other end of the terminal sent something that is no frame.');
}
