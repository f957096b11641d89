/** Which node stands where in the store: blocks of up to 32 nodes that have service, role and figures in common. */
import type { DatabaseSync } from 'node:sqlite';
import type { Samples } from '../../core/contract/metrics.ts';
import { slotsOfBlock } from './rows.ts';

export interface Block {
  readonly id: number;
  readonly application: string;
  readonly service: string;
  readonly type: string;
  /** `proxy`, or `proxy:server` of what proxies tell of their servers. */
  readonly role: string;
  readonly figures: readonly string[];
  /** Names by slot. They are never used again. */
  readonly nodes: string[];
  /** Newest moment that has been written, seconds since the epoch. */
  newest: number;
}

/** Where a node stands; the same object as long as it does. */
export interface Place {
  readonly block: Block;
  readonly slot: number;
}

export type NodeSamples = Samples & { service: string; type: string; role: string };

/** Nodes, and servers that proxies tell of, that one application may have in the store: in the last hour, and at all. */
export const mostNodes = { lately: 2_048, ever: 16_384 };
const latelySeconds = 3_600;

/** Names of the figures of a role, in the order in which they are stored. */
export type Layout = (type: string, role: string) => readonly string[];

export const blockTable = `CREATE TABLE IF NOT EXISTS block (
  id INTEGER PRIMARY KEY, application TEXT NOT NULL, service TEXT NOT NULL, type TEXT NOT NULL, role TEXT NOT NULL,
  figures TEXT NOT NULL, nodes TEXT NOT NULL) STRICT`;

export class Blocks {
  readonly #database: DatabaseSync;
  readonly #byId = new Map<number, Block>();
  readonly #byApplication = new Map<string, Set<Block>>();
  readonly #layout: Layout;
  /** application, node and role → where it stands. */
  readonly #places = new Map<string, Place>();

  constructor(database: DatabaseSync, layout: Layout) {
    this.#database = database;
    this.#layout = layout;
    for (const row of database.prepare('SELECT * FROM block ORDER BY id').all()) {
      this.#add({
        id: row['id'] as number,
        application: row['application'] as string,
        service: row['service'] as string,
        type: row['type'] as string,
        role: row['role'] as string,
        figures: JSON.parse(row['figures'] as string) as string[],
        nodes: JSON.parse(row['nodes'] as string) as string[],
        newest: 0,
      });
    }
  }

  all(): Block[] {
    return [...this.#byId.values()];
  }

  get(id: number): Block | undefined {
    return this.#byId.get(id);
  }

  of(application: string): Block[] {
    return [...(this.#byApplication.get(application) ?? [])];
  }

  /** Where a node stands, making a place for it; undefined: the application has too many. */
  place(
    application: string,
    sample: Pick<NodeSamples, 'service' | 'type'>,
    node: string,
    role: string,
    now: number,
  ): Place | undefined {
    const key = placeKey(application, node, role);
    const known = this.#places.get(key);
    if (known) return known;
    const { service, type } = sample;
    const figures = this.#layout(type, role);
    const own = this.of(application);
    const count = (blocks: readonly Block[]) => blocks.reduce((sum, { nodes }) => sum + nodes.length, 0);
    if (count(own) >= mostNodes.ever) return undefined;
    if (count(own.filter(({ newest }) => newest > now - latelySeconds)) >= mostNodes.lately) return undefined;
    let block = own.find(
      (one) =>
        one.service === service &&
        one.type === type &&
        one.role === role &&
        one.nodes.length < slotsOfBlock &&
        this.#isCurrent(one),
    );
    if (block) {
      block.nodes.push(node);
      this.#database.prepare('UPDATE block SET nodes = ? WHERE id = ?').run(JSON.stringify(block.nodes), block.id);
    } else {
      const { lastInsertRowid } = this.#database
        .prepare('INSERT INTO block (application, service, type, role, figures, nodes) VALUES (?, ?, ?, ?, ?, ?)')
        .run(application, service, type, role, JSON.stringify(figures), JSON.stringify([node]));
      block = { id: Number(lastInsertRowid), application, service, type, role, figures, nodes: [node], newest: now };
      this.#add(block);
    }
    const place = { block, slot: block.nodes.length - 1 };
    this.#places.set(key, place);
    return place;
  }

  remove(block: Block): void {
    this.#database.prepare('DELETE FROM block WHERE id = ?').run(block.id);
    this.#byId.delete(block.id);
    this.#byApplication.get(block.application)?.delete(block);
    for (const node of block.nodes) this.#places.delete(placeKey(block.application, node, block.role));
  }

  /** Whether it has the figures that the role has today; another version of the program may have had others. */
  #isCurrent(block: Block): boolean {
    return this.#layout(block.type, block.role).join() === block.figures.join();
  }

  #add(block: Block): void {
    this.#byId.set(block.id, block);
    const own = this.#byApplication.get(block.application) ?? new Set();
    this.#byApplication.set(block.application, own.add(block));
    if (!this.#isCurrent(block)) return;
    for (const [slot, node] of block.nodes.entries()) {
      this.#places.set(placeKey(block.application, node, block.role), { block, slot });
    }
  }
}

function placeKey(application: string, node: string, role: string): string {
  return `${application}\n${node}\n${role}`;
}
