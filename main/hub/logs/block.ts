/**
 * Some lines in a row of one log. Numbers, times and levels stay in memory (a byte a line, and an entry for each time),
 * so that any place of a log is found without reading it; the texts are sealed on disk once the block is full.
 */
import { everyLevel, type Level, levels } from './levels.ts';

/** Where a block lies on disk. */
export interface Place {
  readonly segment: number;
  readonly offset: number;
  readonly length: number;
}

/** A block is full with so many lines or bytes. */
export const fullBlock = { lines: 4096, bytes: 64 * 1024 };

export class Block {
  readonly firstSeq: number;
  #count = 0;
  /** Bytes of text so far. */
  bytes = 0;
  readonly #levels = new Uint8Array(fullBlock.lines);
  /** Lines from `starts[n]` on have the time `times[n]`. */
  readonly #starts: number[] = [];
  readonly #times: number[] = [];
  /** The texts, until they are on disk. */
  texts: string[] | undefined = [];
  place: Place | undefined;
  /** Where the lines lie that share one number: pieces of a long line, or a gap. */
  readonly isOne: boolean;

  constructor(firstSeq: number, isOne: boolean) {
    this.firstSeq = firstSeq;
    this.isOne = isOne;
  }

  get count(): number {
    return this.#count;
  }

  get isFull(): boolean {
    return this.#count >= fullBlock.lines || this.bytes >= fullBlock.bytes;
  }

  get firstTime(): number {
    return this.#times[0] ?? 0;
  }

  get lastTime(): number {
    return this.#times.at(-1) ?? 0;
  }

  add(text: string, time: number, level: Level): void {
    if (this.#times.at(-1) !== time) {
      this.#starts.push(this.#count);
      this.#times.push(time);
    }
    this.#levels[this.#count] = level;
    this.#count += 1;
    this.bytes += text.length + 1;
    this.texts?.push(text);
  }

  seqOf(row: number): number {
    return this.isOne ? this.firstSeq : this.firstSeq + row;
  }

  levelOf(row: number): number {
    return this.#levels[row] ?? levels.other;
  }

  timeOf(row: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= row) low = middle;
      else high = middle - 1;
    }
    return this.#times[low] ?? 0;
  }

  /** The first row whose time is not before `time`; `count` where there is none. */
  rowAt(time: number): number {
    let low = 0;
    let high = this.#times.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#times[middle] ?? 0) < time) low = middle + 1;
      else high = middle;
    }
    return this.#starts[low] ?? this.#count;
  }

  /** Rows before `end` whose level is in the mask. */
  matching(mask: number, end = this.#count): number {
    if (mask === everyLevel) return end;
    let found = 0;
    for (let row = 0; row < end; row += 1) if (this.has(mask, row)) found += 1;
    return found;
  }

  has(mask: number, row: number): boolean {
    return ((mask >> (this.#levels[row] ?? 0)) & 1) === 1;
  }
}
