/**
 * Keeps the store small: rolls samples up into minutes and quarters of an hour, removes what is older than its level is
 * kept, and, where the file would pass its cap, makes all levels shorter by the same factor. In small pieces, so that
 * calls are answered in between.
 */
import type { Block } from './blocks.ts';
import { graceSeconds, type Level, levels, minute, quarter, raw } from './levels.ts';
import { addToRolled, type Row } from './rows.ts';
import type { MetricsStore } from './store.ts';

/** Blocks that are worked on before others get their turn. */
const blocksAtOnce = 100;
/** After a start everything of the last half hour is rolled up again: nobody knows how far that had come. */
const againSeconds = 1_800;

export interface Keeper {
  /** Rolls up what is complete by now (seconds since the epoch). */
  roll(now: number): Promise<void>;
  /** Removes what is too old or too much. */
  tidy(now: number): Promise<void>;
  /** How much of the time that levels are kept they are really kept, because of the cap: 1 is all of it. */
  readonly share: number;
}

export function createKeeper(store: MetricsStore, capBytes: number): Keeper {
  /** Intervals to be rolled up, by their begin. */
  const dirty = { minute: new Map<number, Set<Block>>(), quarter: new Map<number, Set<Block>>() };
  let share = 1;
  let started = false;

  function mark(level: typeof minute | typeof quarter, block: Block, seconds: number): void {
    const begin = seconds - (seconds % level.stepSeconds);
    const marked = level.table === 'minute' ? dirty.minute : dirty.quarter;
    const blocks = marked.get(begin) ?? new Set();
    marked.set(begin, blocks.add(block));
  }

  async function markAll(now: number): Promise<void> {
    await inPieces(store.blocks.all(), (block) => {
      for (const { seconds } of store.rows(raw, block, now - againSeconds, now + 60)) {
        mark(minute, block, seconds);
        block.newest = Math.max(block.newest, seconds);
      }
      for (const { seconds } of store.rows(minute, block, now - againSeconds, now)) mark(quarter, block, seconds);
    });
  }

  async function rollLevel(
    level: Level,
    from: Level,
    intervals: Map<number, Set<Block>>,
    until: number,
  ): Promise<void> {
    for (const [begin, blocks] of [...intervals].sort(([a], [b]) => a - b)) {
      if (begin + level.stepSeconds > until) continue;
      intervals.delete(begin);
      await inPieces([...blocks], (block) => {
        const row: Row = { ticks: 0, slots: new Map() };
        for (const { row: fine } of store.rows(from, block, begin, begin + level.stepSeconds - 1)) {
          addToRolled(row, fine, block.figures.length);
        }
        if (row.slots.size > 0) store.putRolled(level, block, begin, row);
        if (level === minute) mark(quarter, block, begin);
      });
    }
  }

  /** Works on blocks in transactions of some of them; one that has been removed meanwhile is left out. */
  async function inPieces(blocks: readonly Block[], work: (block: Block) => void): Promise<void> {
    for (let from = 0; from < blocks.length; from += blocksAtOnce) {
      const some = blocks.slice(from, from + blocksAtOnce);
      store.transaction(() => {
        for (const block of some) if (store.blocks.get(block.id) === block) work(block);
      });
      await new Promise(setImmediate);
    }
  }

  async function purge(now: number): Promise<void> {
    await inPieces(store.blocks.all(), (block) => {
      let removed = 0;
      for (const level of levels) removed += store.purge(level, block, Math.floor(now - level.keepSeconds * share));
      if (removed > 0 && block.newest < now - raw.keepSeconds && store.isEmpty(block)) store.blocks.remove(block);
    });
  }

  return {
    get share() {
      return share;
    },
    async roll(now) {
      if (!started) await markAll(now);
      started = true;
      for (const [block, moments] of store.takeDirty()) for (const seconds of moments) mark(minute, block, seconds);
      await rollLevel(minute, raw, dirty.minute, now - graceSeconds);
      await rollLevel(quarter, minute, dirty.quarter, now - graceSeconds - minute.stepSeconds);
    },
    async tidy(now) {
      await purge(now);
      for (let round = 0; store.usedBytes() > capBytes && round < 40; round += 1) {
        share *= 0.8;
        await purge(now);
      }
      if (store.usedBytes() < capBytes * 0.7) share = Math.min(1, share * 1.02);
    },
  };
}
