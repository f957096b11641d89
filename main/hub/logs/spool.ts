/**
 * The texts of log lines on disk: sealed blocks in files, up to a cap. The key lives in this process alone, so what is
 * found on the disk afterwards, by a thief or after a crash, is noise; leftovers of processes that are gone are removed.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ConpaasError } from '../../../remote/core/contract/errors.ts';
import { keyBytes, openSealed, type Searched, seal, sealBytes } from '../../../remote/core/log-search/index.ts';
import { isRunning, ownMark, ProcessMark } from '../../store/process-mark.ts';
import type { Place } from './block.ts';

export interface SpoolOptions {
  /** Directory for the spools of all processes of this desktop. */
  readonly directory: string;
  /** Bytes on disk at most. */
  readonly capBytes: number;
  /** Bytes of one file; a whole file goes at a time. */
  readonly segmentBytes?: number;
  /** Bytes that may wait for the disk before who writes must wait. */
  readonly waitingBytes?: number;
}

export const defaultCapBytes = 4_000_000_000;
const defaultSegmentBytes = 16 * 1024 ** 2;
const defaultWaitingBytes = 8 * 1024 ** 2;
const markFile = 'process.json';

interface Segment {
  readonly number: number;
  readonly owner: SpoolOwner;
  readonly file: string;
  readonly handle: FileHandle;
  bytes: number;
  newest: number;
  /** Writes one after the other. */
  turn: Promise<unknown>;
}

/** A log with lines in the spool. */
export interface SpoolOwner {
  readonly name: string;
  /** A file of its lines, the oldest, has gone. */
  dropped(segment: number): void;
}

export class Spool implements AsyncDisposable {
  readonly #key = randomBytes(keyBytes);
  readonly #home: string;
  readonly #options: SpoolOptions;
  readonly #segments = new Map<number, Segment>();
  readonly #current = new Map<SpoolOwner, Segment>();
  #cap: number;
  #bytes = 0;
  #waiting = 0;
  #lastNumber = 0;
  #room: (() => void)[] = [];
  #failure: ConpaasError | undefined;
  /** Under way: what must be over before the end. */
  readonly #writing = new Set<Promise<unknown>>();
  readonly #closing = new Set<Promise<void>>();

  private constructor(home: string, options: SpoolOptions) {
    this.#home = home;
    this.#options = options;
    this.#cap = options.capBytes;
  }

  static async open(options: SpoolOptions): Promise<Spool> {
    await mkdir(options.directory, { recursive: true, mode: 0o700 });
    for (const name of await readdir(options.directory)) await removeLeftover(path.join(options.directory, name));
    const home = path.join(options.directory, randomUUID());
    await mkdir(home, { mode: 0o700 });
    await writeFile(path.join(home, markFile), JSON.stringify(await ownMark()), { mode: 0o600 });
    const spool = new Spool(home, options);
    process.once('exit', spool.#onExit);
    return spool;
  }

  /** Of no use to the next process, which has another key. */
  readonly #onExit = (): void => rmSync(this.#home, { recursive: true, force: true });

  get bytes(): number {
    return this.#bytes;
  }

  get capBytes(): number {
    return this.#cap;
  }

  set capBytes(bytes: number) {
    this.#cap = bytes;
    this.#shrink();
  }

  /**
   * Resolves when there is room for more: whoever reads lines from a socket waits here, and so does the other end.
   * @throws ConpaasError disk_full and whatever else keeps it from being written
   */
  async room(): Promise<void> {
    while (this.#waiting > (this.#options.waitingBytes ?? defaultWaitingBytes) && !this.#failure) {
      await new Promise<void>((resolve) => this.#room.push(resolve));
    }
    if (this.#failure) throw this.#failure;
  }

  /** Writes a block. @param newest time of its newest line: the file with the oldest goes first */
  write(owner: SpoolOwner, text: string, newest: number): Promise<Place> {
    const writing = this.#write(owner, text, newest);
    this.#writing.add(writing);
    const over = (): void => void this.#writing.delete(writing);
    writing.then(over, over);
    return writing;
  }

  async #write(owner: SpoolOwner, text: string, newest: number): Promise<Place> {
    if (this.#failure) throw this.#failure;
    const plain = Buffer.from(text);
    this.#waiting += plain.length;
    try {
      const { segment, offset } = await this.#take(owner, plain.length + sealBytes);
      const sealed = seal(this.#key, placeName(segment.number, offset), plain);
      segment.newest = newest;
      const writing = segment.turn.then(() => segment.handle.write(sealed, 0, sealed.length, offset));
      segment.turn = writing.catch(() => undefined); // told to its caller
      await writing;
      this.#shrink();
      return { segment: segment.number, offset, length: sealed.length };
    } catch (error) {
      this.#failure = writeFailure(error);
      throw this.#failure;
    } finally {
      this.#waiting -= plain.length;
      for (const resolve of this.#room.splice(0)) resolve();
    }
  }

  /** The text of a block. @throws ConpaasError not_found where it has gone meanwhile */
  async read(place: Place): Promise<string> {
    const { segment, offset } = place;
    return openSealed(this.#key, placeName(segment, offset), await this.#bytesAt(place)).toString('utf8');
  }

  /** Whether a block is still there. */
  has({ segment }: Place): boolean {
    return this.#segments.has(segment);
  }

  /** The same, as a search in a worker takes it. */
  async searchable(place: Place): Promise<Searched> {
    const { segment, offset } = place;
    return { sealed: await this.#bytesAt(place), place: placeName(segment, offset), key: this.#key, textAt: 0 };
  }

  /** What a log has here is of no use any more. */
  release(owner: SpoolOwner): void {
    for (const segment of this.#segments.values()) if (segment.owner === owner) this.#remove(segment);
    this.#current.delete(owner);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    process.off('exit', this.#onExit);
    this.#failure = new ConpaasError('cancelled', 'The spool is closed.');
    await Promise.allSettled(this.#writing);
    for (const segment of [...this.#segments.values()]) this.#remove(segment);
    await Promise.all(this.#closing);
    this.#key.fill(0);
    await rm(this.#home, { recursive: true, force: true });
  }

  async #bytesAt({ segment, offset, length }: Place): Promise<Buffer> {
    const found = this.#segments.get(segment);
    if (!found) throw new ConpaasError('not_found', 'These lines are no longer kept.');
    const buffer = Buffer.allocUnsafeSlow(length);
    await found.handle.read(buffer, 0, length, offset);
    return buffer;
  }

  readonly #opening = new Map<SpoolOwner, Promise<Segment>>();

  /** Room for so many bytes, taken at once: others are asking, too. */
  async #take(owner: SpoolOwner, bytes: number): Promise<{ segment: Segment; offset: number }> {
    const largest = Math.min(this.#options.segmentBytes ?? defaultSegmentBytes, this.#cap / 8);
    for (;;) {
      const current = this.#current.get(owner);
      if (current && current.bytes < largest) {
        const offset = current.bytes;
        current.bytes += bytes;
        this.#bytes += bytes;
        return { segment: current, offset };
      }
      // Whoever waited with others for the same file looks again: they may have filled it.
      const opening = this.#opening.get(owner) ?? this.#openSegment(owner).finally(() => this.#opening.delete(owner));
      this.#opening.set(owner, opening);
      await opening;
    }
  }

  async #openSegment(owner: SpoolOwner): Promise<Segment> {
    this.#lastNumber += 1;
    const number = this.#lastNumber;
    const file = path.join(this.#home, `${number}.sealed`);
    const handle = await open(file, 'wx+', 0o600);
    const segment = { number, owner, file, handle, bytes: 0, newest: 0, turn: Promise.resolve() };
    this.#segments.set(number, segment);
    this.#current.set(owner, segment);
    return segment;
  }

  /** The files with the oldest lines go until the rest fits. */
  #shrink(): void {
    while (this.#bytes > this.#cap) {
      const full = [...this.#segments.values()].filter((one) => this.#current.get(one.owner) !== one);
      const oldest = full.reduce<Segment | undefined>(
        (least, one) => (least && least.newest <= one.newest ? least : one),
        undefined,
      );
      if (!oldest) return;
      this.#remove(oldest);
      oldest.owner.dropped(oldest.number);
    }
  }

  #remove(segment: Segment): void {
    this.#segments.delete(segment.number);
    this.#bytes -= segment.bytes;
    const closing = segment.turn.then(async () => {
      await segment.handle.close();
      await rm(segment.file, { force: true });
    });
    this.#closing.add(closing);
    void closing.finally(() => this.#closing.delete(closing));
  }
}

const placeName = (segment: number, offset: number): string => `${segment} ${offset}`;

async function removeLeftover(directory: string): Promise<void> {
  const text = await readFile(path.join(directory, markFile), 'utf8').catch(() => undefined);
  const mark = text === undefined ? undefined : ProcessMark.safeParse(parsed(text));
  if (mark?.success && (await isRunning(mark.data))) return;
  await rm(directory, { recursive: true, force: true });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // half a file, of a process that ended while it wrote it
  }
}

function writeFailure(error: unknown): ConpaasError {
  if ((error as NodeJS.ErrnoException).code === 'ENOSPC') {
    return new ConpaasError('disk_full', 'There is no room on the disk for log lines. Make room, or lower the cap.');
  }
  if (error instanceof ConpaasError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new ConpaasError('internal', `Log lines cannot be written to the disk: ${reason}`);
}
