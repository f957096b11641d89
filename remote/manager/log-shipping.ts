/**
 * Ships the newest lines of every log to the director, so that they can be read when their node is gone: now and then
 * with a bound, and what is missing right before a node is removed. Of a machine that vanishes remains what was shipped.
 */
import { toFailure } from '../core/contract/errors.ts';
import type { LogBatch, LogPlace, LogSource } from '../core/contract/logs.ts';
import { waitFor } from '../core/events/index.ts';
import { logNames } from './info.ts';
import type { Manager } from './manager.ts';
import { ofAgents } from './read-logs.ts';

const everyMs = 30_000;
/** Of one log, a round; and of one log right before its node goes. */
const roundBytes = 1_000_000;
const lastBytes = 40_000_000;
/** A log that has run this far ahead, in bytes, is taken up again at its end: the newest lines are what counts. */
const tooFarBytes = 4_000_000;
const newestLines = 5_000;
/** Bytes of lines in one call. */
const callBytes = 3_000_000;
/** A removal waits so long for the director or an agent that is away. */
const patienceMs = 20_000;

type Shipping = Pick<Manager, 'desired' | 'director' | 'specs' | 'agents' | 'observed' | 'log'>;

export class LogShipping {
  readonly #manager: Shipping;
  readonly #next = new Map<string, LogPlace>();
  /** Rounds one after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(manager: Shipping) {
    this.#manager = manager;
  }

  /** Ships now and then, and tells at once when nodes have come or gone, until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    let failing = '';
    let told = this.#present().join();
    while (!signal.aborted) {
      const due = AbortSignal.timeout(everyMs);
      await this.#untilOtherNodes(told, AbortSignal.any([signal, due]));
      if (signal.aborted) return;
      try {
        told = this.#present().join();
        // Of nodes that have gone, what was missing was shipped before; the director only has to know that they have.
        await this.#ship(due.aborted ? undefined : [], roundBytes, signal);
        failing = '';
      } catch (error) {
        const { code, message } = toFailure(error);
        // Who is away is away for many rounds: one line tells it.
        if (!signal.aborted && code !== failing) this.#manager.log(`shipping logs: ${code}: ${message}`);
        failing = code;
      }
    }
  }

  #present(): string[] {
    return this.#manager.desired.state.nodes.map(({ id }): string => id);
  }

  /** Until there are other nodes than those that the director was told of, or `signal` aborts. */
  async #untilOtherNodes(told: string, signal: AbortSignal): Promise<void> {
    const { changed } = this.#manager.desired;
    const others = (): true | undefined => (this.#present().join() === told ? undefined : true);
    await waitFor(changed, others, signal).catch(() => undefined); // it is time, or the end
  }

  /** The last lines of nodes that are about to go. Where they cannot be shipped the nodes go all the same. */
  async last(nodes: readonly string[], signal: AbortSignal): Promise<void> {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
    try {
      await this.#ship(nodes, lastBytes, limited);
    } catch (error) {
      if (signal.aborted) throw error;
      this.#manager.log(`the last lines of ${nodes.join(', ')} were not kept: ${toFailure(error).message}`);
    }
  }

  #ship(nodes: readonly string[] | undefined, bound: number, signal: AbortSignal): Promise<void> {
    const round = this.#turn.then(() => this.#round(nodes, bound, signal));
    this.#turn = round.catch(() => undefined); // its caller is told
    return round;
  }

  async #round(nodes: readonly string[] | undefined, bound: number, signal: AbortSignal): Promise<void> {
    const { state } = this.#manager.desired;
    const present = this.#present();
    const send = async (batches: LogBatch[]): Promise<void> => {
      const { kept } = await this.#manager.director.call('keep_logs', { batches, present }, { signal });
      for (const { node, log, next } of kept) this.#next.set(key(node, log), next);
    };
    await send([]); // where the logs go on may be known to the director alone
    const sources = state.nodes
      .filter(({ id }) => nodes === undefined || nodes.includes(id))
      .flatMap((node): LogSource[] => {
        const service = state.services.find(({ id }) => id === node.service);
        return logNames(service, node, this.#manager.specs).map((log) => {
          const from = this.#next.get(key(node.id, log));
          return { node: node.id, log, ...(from ? { from } : {}) };
        });
      });
    for (const source of sources) await this.#shipOne(source, bound, send, signal);
  }

  async #shipOne(
    source: LogSource,
    bound: number,
    send: (batches: LogBatch[]) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    let batches: LogBatch[] = [];
    let size = 0;
    let all = 0;
    const start = { follow: false, ...(source.from ? {} : { tail: newestLines }) };
    const stream = ofAgents(this.#manager, { sources: [source] }, (client, sources) =>
      client.stream('read_logs', { sources, ...start }, { signal }),
    );
    for await (const batch of stream) {
      batches.push(batch);
      size += batch.text.length;
      all += batch.text.length;
      if (size > callBytes) {
        await send(batches);
        batches = [];
        size = 0;
      }
      if (all <= bound) continue;
      if (bound === roundBytes && batch.behind > tooFarBytes) {
        await send(batches);
        return this.#skip(source, send, signal);
      }
      break;
    }
    if (batches.length > 0) await send(batches);
  }

  /** Goes on with the newest lines of a log that is written faster than it is shipped; the director notes the gap. */
  async #skip(source: LogSource, send: (batches: LogBatch[]) => Promise<void>, signal: AbortSignal): Promise<void> {
    const newest: LogBatch[] = [];
    const stream = ofAgents(this.#manager, { sources: [source] }, (client) =>
      client.stream(
        'read_logs',
        { sources: [{ node: source.node, log: source.log }], tail: newestLines, follow: false },
        { signal },
      ),
    );
    for await (const batch of stream) newest.push(batch);
    await send(newest);
  }
}

const key = (node: string, log: string): string => `${node}/${log}`;
