/**
 * Rows of the store as bytes. A row is one moment (or interval) of one block; a block is up to 32 nodes of the same
 * service and role, which have the same figures. Numbers are little-endian 32-bit floats, NaN where there is none.
 *
 *     raw:     n:u8, 0,   0:u16,      slots: n × u8, padding to 4, n × figures × f32
 *     rolled:  n:u8, 1,   ticks:u16,  slots: n × u8, padding to 4, n × figures × (sum, count, lowest, highest) × f32
 */

/** Nodes of a block. */
export const slotsOfBlock = 32;
/** Numbers of a figure in a rolled row. */
export const parts = 4;

/** A row while it is made: values by slot, `figures` (raw) or `figures × 4` (rolled) of each. */
export interface Row {
  /** Samples that it stands for; 1 in a raw row. */
  ticks: number;
  readonly slots: Map<number, Float32Array>;
}

export function encodeRow(row: Row, rolled: boolean): Uint8Array {
  const slots = [...row.slots.keys()];
  const width = row.slots.get(slots[0] ?? 0)?.length ?? 0;
  const head = headBytes(slots.length);
  const bytes = new Uint8Array(head + slots.length * width * 4);
  bytes[0] = slots.length;
  bytes[1] = rolled ? 1 : 0;
  const ticks = rolled ? Math.min(row.ticks, 0xffff) : 0;
  bytes[2] = ticks & 0xff;
  bytes[3] = ticks >> 8;
  const numbers = new Float32Array(bytes.buffer, head);
  for (const [index, slot] of slots.entries()) {
    bytes[4 + index] = slot;
    numbers.set(row.slots.get(slot) ?? [], index * width);
  }
  return bytes;
}

/** A row as it lies in the store, read in place. */
export interface StoredRow {
  readonly rolled: boolean;
  readonly ticks: number;
  readonly slots: Uint8Array;
  readonly numbers: Float32Array;
}

/** @throws RangeError where the bytes are no row */
export function decodeRow(stored: Uint8Array): StoredRow {
  const bytes = stored.byteOffset % 4 === 0 ? stored : new Uint8Array(stored);
  const [n = 0, kind = 0, low = 0, high = 0] = bytes;
  const rolled = kind === 1;
  return {
    rolled,
    ticks: rolled ? low + 256 * high : 1,
    slots: bytes.subarray(4, 4 + n),
    numbers: new Float32Array(bytes.buffer, bytes.byteOffset + headBytes(n), (bytes.length - headBytes(n)) >> 2),
  };
}

function headBytes(slots: number): number {
  return 4 + Math.ceil(slots / 4) * 4;
}

/** Puts a row into a rolled one; `figures` is how many each node has. */
export function addToRolled(into: Row, from: StoredRow, figures: number): void {
  into.ticks += from.ticks;
  for (const [index, slot] of from.slots.entries()) {
    let own = into.slots.get(slot);
    if (!own) {
      own = emptyRolled(figures);
      into.slots.set(slot, own);
    }
    for (let figure = 0; figure < figures; figure += 1) {
      const at = figure * parts;
      if (from.rolled) {
        const source = (index * figures + figure) * parts;
        const count = from.numbers[source + 1] ?? 0;
        if (count > 0)
          addTo(
            own,
            at,
            from.numbers[source] ?? 0,
            count,
            from.numbers[source + 2] ?? 0,
            from.numbers[source + 3] ?? 0,
          );
      } else {
        const value = from.numbers[index * figures + figure] ?? Number.NaN;
        if (!Number.isNaN(value)) addTo(own, at, value, 1, value, value);
      }
    }
  }
}

function emptyRolled(figures: number): Float32Array {
  const numbers = new Float32Array(figures * parts);
  for (let at = 2; at < numbers.length; at += parts) {
    numbers[at] = Number.POSITIVE_INFINITY;
    numbers[at + 1] = Number.NEGATIVE_INFINITY;
  }
  return numbers;
}

function addTo(own: Float32Array, at: number, sum: number, count: number, lowest: number, highest: number): void {
  own[at] = (own[at] ?? 0) + sum;
  own[at + 1] = (own[at + 1] ?? 0) + count;
  own[at + 2] = Math.min(own[at + 2] ?? lowest, lowest);
  own[at + 3] = Math.max(own[at + 3] ?? highest, highest);
}
