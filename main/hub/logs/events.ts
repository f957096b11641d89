/** What happened to an application, as rows among its log lines. */
import type { Operation } from '../../../remote/core/contract/operation.ts';
import { Block, fullBlock } from './block.ts';
import { levels } from './levels.ts';
import type { Timeline } from './spooled-log.ts';

export interface LogEvent {
  readonly time: number;
  readonly text: string;
  readonly state: 'done' | 'failed' | 'cancelled' | 'running';
  readonly operation: string;
}

/** One event an operation: when it ended, or when it began where it goes on. Oldest first. */
export function eventsOf(operations: readonly Operation[], application: string): LogEvent[] {
  const words = { done: 'done', failed: 'failed', cancelled: 'cancelled', running: 'under way' } as const;
  return operations
    .filter(({ target }) => target.application === application)
    .map(({ id, title, state, startedAt, endedAt, failure }): LogEvent => {
      const cause = failure ? `: ${failure.message}` : '';
      return { time: endedAt ?? startedAt, text: `${title} · ${words[state]}${cause}`, state, operation: id };
    })
    .sort((a, b) => a.time - b.time);
}

export class EventTimeline implements Timeline {
  readonly node = '';
  readonly service = '';
  readonly log = 'events';
  readonly blocks: Block[] = [];
  events: readonly LogEvent[] = [];
  shape = 0;
  #said = '';

  /** Puts what is known now in the place of what was known. @returns whether anything is new */
  set(events: readonly LogEvent[]): boolean {
    const said = JSON.stringify(events);
    if (said === this.#said) return false;
    this.#said = said;
    this.events = events;
    this.blocks.length = 0;
    for (const [index, { time, text }] of events.entries()) {
      const block = this.blocks.at(-1);
      const place = block && block.count < fullBlock.lines ? block : new Block(index, false);
      if (place !== block) this.blocks.push(place);
      place.add(text, time, levels.event);
    }
    this.shape += 1;
    return true;
  }

  async texts(block: Block): Promise<readonly string[]> {
    return block.texts ?? [];
  }
}
