/**
 * A duplex over an upgraded connection, with credits: neither end sends more than the other has granted, so a slow
 * reader holds at most one window in memory. A frame is a type (1 byte), a length (4 bytes, big endian) and a payload:
 *   0 data   1 credit (payload: bytes granted, 4 bytes)   2 end (no more data from here)   3 failure (JSON)
 */
import { Duplex } from 'node:stream';
import { ConpaasError, type Failure, toFailure } from '../contract/errors.ts';
import { readFailure } from './wire.ts';

const frameType = { data: 0, credit: 1, end: 2, failure: 3 } as const;
/** Bytes that may be on their way in one direction; also what both ends start with. */
const window = 256 * 1024;
const largestFrame = 64 * 1024;
const headLength = 5;

type Done = (error?: Error | null) => void;

class Channel extends Duplex {
  readonly #socket: Duplex;
  #buffered: Buffer;
  /** Bytes we may send. */
  #credit = window;
  /** Bytes the peer may send. */
  #allowance = window;
  /** Bytes received and not granted again. */
  #owed = 0;
  #waiting: (() => void) | undefined;
  #ended = { here: false, there: false };
  #failedThere = false;

  constructor(socket: Duplex, head: Buffer) {
    super({ readableHighWaterMark: largestFrame, writableHighWaterMark: largestFrame });
    this.#socket = socket;
    this.#buffered = head;
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', () => this.#lost());
    socket.on('end', () => this.#lost());
    socket.on('close', () => this.#lost());
    if (head.length > 0) queueMicrotask(() => this.#receive(Buffer.alloc(0)));
    socket.resume();
  }

  override _read(): void {
    if (this.#owed === 0 || this.#ended.there || this.destroyed) return;
    const grant = Buffer.alloc(4);
    grant.writeUInt32BE(this.#owed);
    this.#allowance += this.#owed;
    this.#owed = 0;
    this.#send(frameType.credit, grant);
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    if (this.#credit === 0) {
      this.#waiting = () => this._write(chunk, _encoding, done);
      return;
    }
    const length = Math.min(chunk.length, this.#credit, largestFrame);
    this.#credit -= length;
    const rest = chunk.subarray(length);
    this.#send(frameType.data, chunk.subarray(0, length), (error) => {
      if (error || rest.length === 0) done(error);
      else this._write(rest, _encoding, done);
    });
  }

  override _final(done: Done): void {
    this.#ended.here = true;
    this.#send(frameType.end, Buffer.alloc(0), (error) => {
      if (this.#ended.there) closeSoon(this.#socket);
      done(error);
    });
  }

  override _destroy(error: Error | null, done: Done): void {
    this.#waiting = undefined;
    if (error && !this.#failedThere && this.#socket.writable) {
      this.#send(frameType.failure, Buffer.from(JSON.stringify(toFailure(error))));
      closeSoon(this.#socket);
    } else if (this.#ended.here && this.#ended.there) {
      closeSoon(this.#socket);
    } else {
      this.#socket.destroy();
    }
    done(error);
  }

  #send(type: number, payload: Buffer, done?: Done): void {
    const head = Buffer.alloc(headLength);
    head.writeUInt8(type);
    head.writeUInt32BE(payload.length, 1);
    this.#socket.write(Buffer.concat([head, payload]), done);
  }

  #receive(chunk: Buffer): void {
    this.#buffered = this.#buffered.length === 0 ? chunk : Buffer.concat([this.#buffered, chunk]);
    while (this.#buffered.length >= headLength && !this.destroyed) {
      const length = this.#buffered.readUInt32BE(1);
      if (length > window) {
        this.#violated();
        return;
      }
      if (this.#buffered.length < headLength + length) return;
      const payload = this.#buffered.subarray(headLength, headLength + length);
      const type = this.#buffered.readUInt8();
      this.#buffered = this.#buffered.subarray(headLength + length);
      this.#take(type, payload);
    }
  }

  #take(type: number, payload: Buffer): void {
    if (type === frameType.data && !this.#ended.there) {
      this.#allowance -= payload.length;
      if (this.#allowance < 0) {
        this.#violated();
        return;
      }
      this.#owed += payload.length;
      if (this.push(payload) && this.#owed > window / 2) this._read();
    } else if (type === frameType.credit && payload.length === 4) {
      this.#credit += payload.readUInt32BE();
      const go = this.#waiting;
      this.#waiting = undefined;
      go?.();
    } else if (type === frameType.end) {
      this.#ended.there = true;
      this.push(null);
      if (this.#ended.here) closeSoon(this.#socket);
    } else if (type === frameType.failure) {
      this.#failedThere = true;
      this.destroy(ConpaasError.of(parseFailure(payload)));
    } else {
      this.#violated();
    }
  }

  #violated(): void {
    this.destroy(new ConpaasError('invalid_request', 'The peer of a channel broke its protocol.'));
  }

  /** The connection is gone. After the peer's `end` that is its right: it does not want to read any more. */
  #lost(): void {
    if (this.destroyed) return;
    this.#failedThere = true;
    if (!this.#ended.there) {
      this.destroy(new ConpaasError('unreachable', 'The connection broke. Try again.', { retry: true }));
    } else if (this.readableEnded || this.readableLength === 0) {
      if (!this.writableFinished) this.destroy();
    } else {
      this.once('end', () => this.destroy());
    }
  }
}

/** How long the other end may take to close its side too, ms. */
const patience = 5000;

/** Sends what is left and closes; a peer that does not follow is cut off. */
export function closeSoon(socket: Duplex): void {
  if (socket.destroyed) return;
  socket.end();
  const timer = setTimeout(() => socket.destroy(), patience).unref();
  socket.once('close', () => clearTimeout(timer));
}

function parseFailure(payload: Buffer): Failure {
  try {
    const failure = readFailure(JSON.parse(payload.toString()));
    if (failure) return failure;
  } catch (error) {
    return toFailure(error);
  }
  return toFailure(undefined);
}

/** Wraps the raw connection of an upgrade; `head` is what had already been read of it. */
export function openChannel(socket: Duplex, head: Buffer): Duplex {
  return new Channel(socket, head);
}
