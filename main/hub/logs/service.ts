/** Logs of all windows: one spool, one follower an application, as long as somebody looks (and a while after). */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { ConpaasError } from '../../../remote/core/contract/errors.ts';
import type { Operation } from '../../../remote/core/contract/operation.ts';
import type { RemovedNode } from '../../../remote/core/contract/removed-logs.ts';
import type { LogNews, LogSourceInfo } from '../calls/logs.ts';
import type { Connection } from '../deployment.ts';
import { EventTimeline, eventsOf } from './events.ts';
import { type Choice, LogFollower } from './follower.ts';
import { Spool } from './spool.ts';
import { SpooledLog } from './spooled-log.ts';
import { LogView, type ViewChoice } from './view.ts';

export interface LogServiceOptions {
  readonly directory: string;
  readonly capBytes: number;
  /** Keeps the cap for the next time. */
  setCap(bytes: number): Promise<void>;
}

/** The application whose logs are shown. */
export interface LogPlace {
  readonly deployment: string;
  readonly application: string;
  /** The connection to its director, asked for again and again. */
  connect(signal: AbortSignal): Promise<Connection>;
  operations(): readonly Operation[];
}

/** What is spooled of an application stays so long after the last view of it was closed. */
const keptMs = 10 * 60_000;
/** Events are looked at this often. */
const eventsEveryMs = 500;

interface Followed {
  readonly place: LogPlace;
  readonly follower: LogFollower;
  readonly events: EventTimeline;
  readonly removed: Map<string, SpooledLog[]>;
  readonly timer: NodeJS.Timeout;
  views: number;
  leaving: NodeJS.Timeout | undefined;
}

export class LogService implements AsyncDisposable {
  readonly #options: LogServiceOptions;
  #spool: Promise<Spool> | undefined;
  readonly #followed = new Map<string, Followed>();
  readonly #views = new Map<string, { readonly view: LogView; readonly key: string }>();

  constructor(options: LogServiceOptions) {
    this.#options = options;
  }

  async open(place: LogPlace, choice: ViewChoice, news: (news: LogNews) => void): Promise<LogView> {
    const spool = await this.#openSpool();
    const key = `${place.deployment}/${place.application}`;
    const followed = this.#followed.get(key) ?? this.#follow(key, place, spool);
    clearTimeout(followed.leaving);
    followed.views += 1;
    const { follower, events } = followed;
    await this.#readRemoved(followed, choice, spool);
    const removed = (wanted: Choice): SpooledLog[] =>
      (wanted.nodes ?? [])
        .flatMap((node) => followed.removed.get(node) ?? [])
        .filter(({ log }) => wanted.logs === undefined || wanted.logs.includes(log));
    const view = new LogView(choice, { follower, spool, events, removed, news });
    this.#views.set(view.id, { view, key });
    return view;
  }

  /** Nodes that are gone are read when they are chosen. */
  async choose(id: string, choice: ViewChoice): Promise<void> {
    const found = this.#views.get(id);
    const followed = found && this.#followed.get(found.key);
    if (!found || !followed) throw closed();
    await this.#readRemoved(followed, choice, await this.#openSpool());
    await found.view.choose(choice);
  }

  /** @throws ConpaasError not_found */
  view(id: string): LogView {
    const found = this.#views.get(id);
    if (!found) throw closed();
    return found.view;
  }

  async close(id: string): Promise<void> {
    const found = this.#views.get(id);
    if (!found) return;
    this.#views.delete(id);
    await found.view[Symbol.asyncDispose]();
    const followed = this.#followed.get(found.key);
    if (!followed) return;
    followed.views -= 1;
    if (followed.views > 0) return;
    followed.leaving = setTimeout(() => this.#leave(found.key, followed), keptMs);
    followed.leaving.unref();
  }

  /** What can be chosen: the nodes of now, and those that are gone and still kept. */
  async sources(connection: Connection, application: string, signal: AbortSignal): Promise<LogSourceInfo[]> {
    const manager = await connection.manager(application, signal);
    const [nodes, removed] = await Promise.all([
      manager.call('list_nodes', {}, { signal }),
      removedNodes(connection, application, signal),
    ]);
    return [
      ...nodes.map(({ id, service, logs }) => ({ node: id, service, logs })),
      ...removed.map(({ node, service, logs, until }) => ({ node, service, logs, until })),
    ];
  }

  /** Writes all rows of a view to a file. A file that was there is whole until the new one is. @returns lines */
  async save(id: string, file: string, signal: AbortSignal): Promise<number> {
    const view = this.view(id);
    await view.loadOlder(signal);
    const partial = `${file}.part`;
    const stream = createWriteStream(partial, { mode: 0o600 });
    let lines = 0;
    try {
      for await (const { text, lines: some } of view.text(0, view.count)) {
        signal.throwIfAborted();
        lines += some;
        if (!stream.write(text)) await once(stream, 'drain', { signal });
      }
      stream.end();
      await finished(stream);
      await rename(partial, file);
      return lines;
    } catch (error) {
      stream.destroy();
      await rm(partial, { force: true });
      throw error;
    }
  }

  async spool(capBytes: number | undefined): Promise<{ bytes: number; capBytes: number }> {
    const spool = await this.#openSpool();
    if (capBytes !== undefined) {
      await this.#options.setCap(capBytes);
      spool.capBytes = capBytes;
    }
    return { bytes: spool.bytes, capBytes: spool.capBytes };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#views.keys()].map((id) => this.close(id)));
    for (const [key, followed] of this.#followed) this.#leave(key, followed);
    await (await this.#spool)?.[Symbol.asyncDispose]();
  }

  #openSpool(): Promise<Spool> {
    const { directory, capBytes } = this.#options;
    this.#spool ??= Spool.open({ directory, capBytes });
    return this.#spool;
  }

  #follow(key: string, place: LogPlace, spool: Spool): Followed {
    const { application } = place;
    const follower = new LogFollower({ application, spool, connect: (signal) => place.connect(signal) });
    const events = new EventTimeline();
    const look = (): void => {
      if (events.set(eventsOf(place.operations(), application))) follower.changed.notify();
    };
    look();
    const timer = setInterval(look, eventsEveryMs);
    timer.unref();
    const followed: Followed = { place, follower, events, removed: new Map(), timer, views: 0, leaving: undefined };
    this.#followed.set(key, followed);
    return followed;
  }

  #leave(key: string, followed: Followed): void {
    clearTimeout(followed.leaving);
    clearInterval(followed.timer);
    followed.follower[Symbol.dispose]();
    this.#followed.delete(key);
  }

  async #readRemoved(followed: Followed, choice: Choice, spool: Spool): Promise<void> {
    const wanted = (choice.nodes ?? []).filter((node) => !followed.removed.has(node));
    if (wanted.length === 0) return;
    const signal = AbortSignal.timeout(20_000);
    const { application } = followed.place;
    const connection = await followed.place.connect(signal);
    const kept = await removedNodes(connection, application, signal);
    for (const { node } of kept.filter((one) => wanted.includes(one.node))) {
      const logs = new Map<string, SpooledLog>();
      for await (const batch of connection.director.stream('read_removed_logs', { application, node }, { signal })) {
        const log = logs.get(batch.log) ?? new SpooledLog(batch, spool);
        logs.set(batch.log, log);
        await log.append(batch);
      }
      followed.removed.set(node, [...logs.values()]);
    }
  }
}

/** Nodes that are gone; a director that is older than this keeps none. */
async function removedNodes(connection: Connection, application: string, signal: AbortSignal): Promise<RemovedNode[]> {
  try {
    return await connection.director.call('list_removed_nodes', { application }, { signal });
  } catch (error) {
    if (error instanceof ConpaasError && error.code === 'unknown_method') return [];
    throw error;
  }
}

const closed = (): ConpaasError => new ConpaasError('not_found', 'This log is no longer open. Open it again.');
