/** The rows that are held of a log, while the hub answers late and rows come before those that are shown. */
import { expect, test } from 'vitest';
import type { LogAnchor, LogRow, LogRows } from '../../main/hub/protocol.ts';
import { RowWindow } from './row-window.ts';

const shown = 21;

function rowOf(seq: number, about: Partial<LogRow> = {}): LogRow {
  return { node: 'web-1', service: 'web', log: 'error', seq, time: seq, level: 'other', text: `line ${seq}`, ...about };
}

const rowsOf = (from: number, to: number): LogRow[] => Array.from({ length: to - from }, (_, n) => rowOf(from + n));

/** A hub that answers when it is told to, from the rows that there are when it is asked. */
class SlowHub {
  rows: readonly LogRow[];
  readonly asked: { first: number; anchor: number | undefined; answer: () => Promise<void> }[] = [];
  drawings = 0;
  readonly window = new RowWindow({
    lines: (first, count, anchor) => this.#lines(first, count, anchor),
    shown: () => shown,
    draw: () => {
      this.drawings += 1;
    },
    onFollowing: () => undefined,
    onFailure: (thrown) => {
      throw thrown;
    },
  });

  constructor(rows: readonly LogRow[]) {
    this.rows = rows;
    this.news();
    this.window.setFollowing(false);
  }

  news(): void {
    const count = this.rows.length;
    this.window.news({
      view: 'view',
      count,
      lag: 0,
      rate: 0,
      spool: { bytes: 0, capBytes: 0 },
      older: false,
      reading: false,
    });
  }

  /** Draws and answers until nothing is asked for any more. */
  async draw(): Promise<void> {
    let before = -1;
    while (before !== this.drawings || this.asked.length > 0) {
      before = this.drawings;
      this.window.visible();
      await this.answer();
    }
  }

  /** Answers the oldest question. */
  async answer(): Promise<void> {
    await this.asked.shift()?.answer();
  }

  /** The text of the row that is looked at, as it is on the screen. */
  get current(): string | undefined {
    const visible = this.window.visible();
    const current = this.window.choice.current;
    return visible && current !== undefined ? visible.rows[current - visible.first]?.text : undefined;
  }

  get texts(): string[] {
    return this.window.visible()?.rows.map(({ text }) => text) ?? [];
  }

  #lines(first: number, count: number, anchor?: LogAnchor): Promise<LogRows> {
    const at =
      anchor &&
      this.rows.findIndex(({ node, level, seq }) => level !== 'gap' && node === anchor.node && seq === anchor.seq);
    const known = at === undefined || at < 0 ? undefined : at;
    const start = Math.max(0, Math.min(first + (known ?? 0), this.rows.length));
    const rows = this.rows.slice(start, start + count);
    const found: LogRows = {
      first: start,
      count: this.rows.length,
      rows,
      ...(known === undefined ? {} : { anchor: known }),
    };
    return new Promise((resolve) => {
      const answer = async (): Promise<void> => {
        resolve(found);
        await new Promise((done) => setImmediate(done));
      };
      this.asked.push({ first, anchor: anchor?.seq, answer });
    });
  }
}

const lineOf = (seq: number): LogAnchor => ({ node: 'web-1', log: 'error', seq });

test('a hit is shown although rows further down were held, and news came before its own rows were here', async () => {
  const hub = new SlowHub(rowsOf(0, 161));
  hub.window.scrollTo(139);
  await hub.draw();
  expect(hub.texts[0]).toBe('line 139');
  // Asked for before the hit was found, and answered after it.
  hub.window.reset();
  hub.window.visible();
  hub.window.show(4, lineOf(4));
  await hub.answer();
  hub.news();
  await hub.answer();
  await hub.draw();
  expect(hub.current).toBe('line 4');
  expect(hub.texts[0]).toBe('line 0');
});

test('news between a step up and its rows do not take the step back', async () => {
  const hub = new SlowHub(rowsOf(0, 500));
  hub.window.scrollTo(300);
  await hub.draw();
  hub.window.choice.look(305);
  hub.window.scrollTo(100);
  hub.news();
  await hub.draw();
  expect(hub.window.top).toBe(100);
  expect(hub.texts[0]).toBe('line 100');
  expect(hub.window.choice.current).toBe(305);
});

test('a hit is found again where rows come before it until it is shown', async () => {
  const hub = new SlowHub(rowsOf(1_000, 1_500));
  await hub.draw();
  hub.window.show(250, lineOf(1_250));
  // Far more than what is asked for around it.
  hub.rows = rowsOf(0, 1_500);
  await hub.draw();
  expect(hub.current).toBe('line 1250');
  expect(hub.window.choice.current).toBe(1_250);
  expect(hub.window.top).toBe(1_250 - shown / 3);
});

test('what is on the screen stays where it is while rows come before it, with what is chosen', async () => {
  const hub = new SlowHub(rowsOf(1_000, 1_500));
  hub.window.scrollTo(200);
  await hub.draw();
  hub.window.choice.choose(205, false);
  hub.rows = rowsOf(400, 1_500);
  hub.news();
  await hub.draw();
  expect(hub.texts[0]).toBe('line 1200');
  expect(hub.current).toBe('line 1205');
  // And on the way to other rows.
  hub.rows = rowsOf(0, 1_500);
  hub.window.scrollTo(hub.window.top - 30);
  await hub.draw();
  expect(hub.texts[0]).toBe('line 1170');
  expect(hub.window.choice.range).toEqual({ first: 1_205, count: 1 });
});

test('at the very first row, that of now is shown, whatever came before it', async () => {
  const hub = new SlowHub(rowsOf(1_000, 1_500));
  hub.window.scrollTo(200);
  await hub.draw();
  hub.rows = rowsOf(0, 1_500);
  hub.window.scrollTo(0);
  await hub.draw();
  expect(hub.texts[0]).toBe('line 0');
});

test('gaps and lines that are gone count nothing', async () => {
  const gap = rowOf(40, { level: 'gap', text: '', gap: 12 });
  const hub = new SlowHub([...rowsOf(0, 40), gap, ...rowsOf(40, 200)]);
  hub.window.scrollTo(40);
  await hub.draw();
  hub.news();
  await hub.draw();
  expect(hub.window.top).toBe(40);
  // All that was held is gone: by numbers, then.
  hub.rows = rowsOf(500, 700);
  hub.window.scrollTo(150);
  await hub.draw();
  expect(hub.texts[0]).toBe('line 650');
  hub.window.show(10, lineOf(7));
  await hub.draw();
  expect(hub.current).toBe('line 510');
});

test('an answer of before another choice is none', async () => {
  const hub = new SlowHub(rowsOf(0, 500));
  hub.window.scrollTo(300);
  hub.window.visible();
  hub.window.reset();
  hub.rows = rowsOf(7_000, 7_500);
  await hub.answer();
  expect(hub.texts).toEqual([]);
  await hub.draw();
  expect(hub.texts[0]).toBe('line 7300');
});
