/**
 * Follows the logs of one application for all views that look at it: one stream from its manager, gone on from where it
 * broke off, with the sources of now. What is read goes into the spool; where there is no room the socket waits.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { NodeInfo } from '../../../remote/core/contract/application.ts';
import { ConpaasError, type Failure, toFailure } from '../../../remote/core/contract/errors.ts';
import type { LogBatch, LogQuery } from '../../../remote/core/contract/logs.ts';
import { Changed } from '../../../remote/core/events/index.ts';
import type { Connection } from '../deployment.ts';
import type { Spool } from './spool.ts';
import { SpooledLog } from './spooled-log.ts';

/** Which logs: all of them where nothing is said. */
export interface Choice {
  readonly services?: readonly string[] | undefined;
  readonly nodes?: readonly string[] | undefined;
  readonly logs?: readonly string[] | undefined;
}

/** Newest lines that are read of each log at first; older ones when somebody wants them. */
const firstLines = 2_000;
const nodesEveryMs = 3_000;
const againMs = { first: 200, most: 3_000 };

export interface LogFollowerOptions {
  readonly application: string;
  readonly spool: Spool;
  connect(signal: AbortSignal): Promise<Connection>;
}

export class LogFollower implements Disposable {
  /** New lines, sources or failures. */
  readonly changed = new Changed();
  readonly #options: LogFollowerOptions;
  readonly #logs = new Map<string, SpooledLog>();
  readonly #choices = new Map<object, Choice>();
  readonly #closing = new AbortController();
  /** Ends the stream under way, because other sources are wanted. */
  #round = new AbortController();
  readonly #poked = new Changed();
  #nodes: readonly NodeInfo[] = [];
  #failure: Failure | undefined;
  /** Time of the newest line when it came, and how much was still to come: what the lag is told from. */
  #lag = 0;
  #lastAt = 0;
  readonly #older = new Map<SpooledLog, Promise<void>>();

  constructor(options: LogFollowerOptions) {
    this.#options = options;
    void this.#run();
  }

  get nodes(): readonly NodeInfo[] {
    return this.#nodes;
  }

  get failure(): Failure | undefined {
    return this.#failure;
  }

  /** Milliseconds that what is shown is behind; 0 when all there is has come. */
  get lag(): number {
    return Date.now() - this.#lastAt > 1_500 ? 0 : this.#lag;
  }

  /** The logs of a choice, in the order in which rows of the same time stand. */
  logs(choice: Choice): SpooledLog[] {
    return [...this.#logs.values()]
      .filter((log) => isChosen(choice, log))
      .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
  }

  /** Follows a choice until what is given back is disposed of. */
  want(choice: Choice): Disposable {
    const key = {};
    this.#choices.set(key, choice);
    this.#again();
    return {
      [Symbol.dispose]: () => {
        this.#choices.delete(key);
      },
    };
  }

  /** Reads what the agents still have of some logs and the spool has not. Resolves when it is all here. */
  async loadOlder(logs: readonly SpooledLog[], signal: AbortSignal): Promise<void> {
    await Promise.all(
      logs
        .filter((log) => log.hasOlder)
        .map((log) => {
          const known = this.#older.get(log);
          if (known) return known;
          const loading = this.#loadOlder(log).finally(() => this.#older.delete(log));
          this.#older.set(log, loading);
          return loading;
        }),
    );
    signal.throwIfAborted();
  }

  async #loadOlder(log: SpooledLog): Promise<void> {
    const { signal } = this.#closing;
    const until = log.firstSeq;
    if (until === undefined) return;
    const manager = await this.#manager(signal);
    log.beginOlder();
    const sources = [{ node: log.node, log: log.log, until: log.firstSeq ?? until }];
    for await (const batch of manager.stream('read_logs', { sources, follow: false }, { signal })) {
      await log.insert(batch);
      this.changed.notify();
    }
  }

  /** Searches what the agents have of some logs and the spool has not. */
  async *searchUnread(
    logs: readonly SpooledLog[],
    query: LogQuery,
    range: { since?: number; until?: number },
    signal: AbortSignal,
  ) {
    const unread = logs.filter((log) => log.hasOlder);
    if (unread.length === 0) return;
    const manager = await this.#manager(signal);
    const sources = unread.map(({ node, log, firstSeq }) => ({
      node,
      log,
      ...(firstSeq === undefined ? {} : { until: firstSeq }),
    }));
    yield* manager.stream('search_logs', { sources, query, ...range }, { signal });
  }

  [Symbol.dispose](): void {
    this.#closing.abort(new ConpaasError('cancelled', 'The log is closed.'));
    this.#round.abort();
    for (const log of this.#logs.values()) this.#options.spool.release(log);
  }

  async #manager(signal: AbortSignal) {
    return (await this.#options.connect(signal)).manager(this.#options.application, signal);
  }

  #again(): void {
    this.#round.abort();
    this.#poked.notify();
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    let wait = againMs.first;
    while (!signal.aborted) {
      const seen = this.#poked.generation;
      this.#round = new AbortController();
      try {
        const ended = await this.#follow(AbortSignal.any([signal, this.#round.signal]));
        if (ended === 'lines') wait = againMs.first;
      } catch (thrown) {
        if (signal.aborted) return;
        if (!this.#round.signal.aborted) {
          this.#failure = toFailure(thrown);
          this.changed.notify();
        }
      }
      if (this.#round.signal.aborted) continue;
      const limited = AbortSignal.any([signal, AbortSignal.timeout(wait)]);
      await this.#poked.next(seen, limited).catch(() => undefined); // time is up, or closed: the loop sees which
      wait = Math.min(wait * 2, againMs.most);
    }
  }

  /** One stream over the sources of now, until it ends or other sources are wanted. */
  async #follow(signal: AbortSignal): Promise<'lines' | 'nothing'> {
    const manager = await this.#manager(signal);
    this.#nodes = await manager.call('list_nodes', {}, { signal });
    const sources = this.#sources();
    this.changed.notify();
    const over = new AbortController();
    const watching = this.#watchNodes(sources.map(({ name }) => name).join(), AbortSignal.any([signal, over.signal]));
    let ended: 'lines' | 'nothing' = 'nothing';
    try {
      if (sources.length === 0) {
        this.#failure = undefined;
        this.changed.notify();
        await watching;
        return 'nothing';
      }
      const params = {
        sources: sources.map(({ node, log, next }) => ({ node, log, ...(next ? { from: next } : {}) })),
        tail: firstLines,
        follow: true,
      };
      for await (const batch of manager.stream('read_logs', params, { signal })) {
        ended = 'lines';
        this.#failure = undefined;
        await this.#take(batch);
      }
    } finally {
      over.abort();
      await watching;
    }
    return ended;
  }

  async #take(batch: LogBatch): Promise<void> {
    const log = this.#logs.get(`${batch.node}/${batch.log}`);
    if (!log) return;
    const newest = batch.times.at(-1);
    if (newest !== undefined && batch.count > 0) {
      this.#lastAt = Date.now();
      // A line that is read at once is not late: stamps are good to half a second only.
      this.#lag = batch.behind === 0 ? 0 : Math.max(0, this.#lastAt - newest);
    }
    const appended = log.append(batch);
    this.changed.notify();
    await appended;
  }

  #sources(): SpooledLog[] {
    for (const { id, service, logs } of this.#nodes) {
      for (const log of logs) {
        const name = `${id}/${log}`;
        if (!this.#logs.has(name))
          this.#logs.set(name, new SpooledLog({ node: id, service, log }, this.#options.spool));
      }
    }
    const there = new Set<string>(this.#nodes.map(({ id }) => id));
    const choices = [...this.#choices.values()];
    return [...this.#logs.values()].filter(
      (log) => there.has(log.node) && choices.some((choice) => isChosen(choice, log)),
    );
  }

  /** Nodes come and go: other sources need another stream. */
  async #watchNodes(followed: string, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await delay(nodesEveryMs, undefined, { signal }).catch(() => undefined); // over: the loop ends
      if (signal.aborted) return;
      try {
        const manager = await this.#manager(signal);
        this.#nodes = await manager.call('list_nodes', {}, { signal });
      } catch {
        continue; // the stream tells of it, and it is asked again
      }
      if (
        this.#sources()
          .map(({ name }) => name)
          .join() === followed
      )
        continue;
      this.#again();
      return;
    }
  }
}

function isChosen({ services, nodes, logs }: Choice, log: { service: string; node: string; log: string }): boolean {
  return (
    (services === undefined || services.includes(log.service)) &&
    (nodes === undefined || nodes.includes(log.node)) &&
    (logs === undefined || logs.includes(log.log))
  );
}
