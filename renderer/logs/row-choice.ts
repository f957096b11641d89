/** Which row of a log is looked at, and which rows are chosen, by their numbers. */

export interface RowRange {
  readonly first: number;
  readonly count: number;
}

export class RowChoice {
  current: number | undefined;
  #chosen: { readonly from: number; readonly to: number } | undefined;

  /** Rows that are chosen; undefined: none. */
  get range(): RowRange | undefined {
    if (!this.#chosen) return undefined;
    const { from, to } = this.#chosen;
    return { first: Math.min(from, to), count: Math.abs(to - from) + 1 };
  }

  has(row: number): boolean {
    const { range } = this;
    return range !== undefined && row >= range.first && row < range.first + range.count;
  }

  look(row: number | undefined): void {
    this.current = row;
    this.#chosen = undefined;
  }

  choose(row: number, isExtending: boolean): void {
    this.#chosen = { from: isExtending && this.#chosen ? this.#chosen.from : row, to: row };
    this.current = row;
  }

  /** @param start where it begins when nothing is chosen or looked at. @returns the row to which it reaches now */
  extend(step: number, start: number, count: number): number {
    const from = this.#chosen?.from ?? this.current ?? start;
    const to = Math.min(Math.max(0, (this.#chosen?.to ?? from) + step), count - 1);
    this.#chosen = { from, to };
    return to;
  }

  /** @returns whether rows were chosen */
  unchoose(): boolean {
    const had = this.#chosen !== undefined;
    this.#chosen = undefined;
    return had;
  }

  /** So many rows have come before all of them. */
  move(rows: number): void {
    if (this.current !== undefined) this.current += rows;
    if (this.#chosen) this.#chosen = { from: this.#chosen.from + rows, to: this.#chosen.to + rows };
  }
}
