/**
 * The last lines of every log, shipped by managers: what of a node can still be read when it is gone. One file of
 * batches per log, and one before it: together at least the last 10 MB, at most twice that.
 */
import { appendFile, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { ConpaasError } from '../core/contract/errors.ts';
import { LogBatch, type LogPlace } from '../core/contract/logs.ts';
import type { RemovedNode } from '../core/contract/removed-logs.ts';
import { writeFileAtomic } from '../core/files/index.ts';

const day = 86_400_000;

export interface KeptLogsOptions {
  readonly directory: string;
  readonly maxBytes?: number;
  readonly keepMs?: number;
  now?(): number;
}

/** What is known of a node's logs beside their lines. */
const Facts = z.object({
  service: z.string(),
  removedAt: z.number().optional(),
  /** Where each log goes on. */
  next: z.record(z.string(), z.object({ generation: z.number(), position: z.number(), seq: z.number() })),
});
type Facts = z.infer<typeof Facts>;

export class KeptLogs {
  readonly #directory: string;
  readonly #maxBytes: number;
  readonly #keepMs: number;
  readonly #now: () => number;
  /** Of one application after the other: two managers may ship at the same time while one takes over. */
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor({ directory, maxBytes = 10_000_000, keepMs = 7 * day, now = Date.now }: KeptLogsOptions) {
    this.#directory = directory;
    this.#maxBytes = maxBytes;
    this.#keepMs = keepMs;
    this.#now = now;
  }

  /** Adds batches, and marks who is gone. @returns where the logs of those present go on */
  keep(
    application: string,
    batches: readonly LogBatch[],
    present: readonly string[],
  ): Promise<{ node: string; log: string; next: LogPlace }[]> {
    const work = async () => {
      const here = new Set(present);
      for (const [node, own] of Map.groupBy(batches, (batch) => batch.node)) await this.#add(application, node, own);
      const kept: { node: string; log: string; next: LogPlace }[] = [];
      for (const node of await this.#nodes(application)) {
        const facts = await this.#facts(application, node);
        if (!facts) continue;
        if (here.has(node)) {
          kept.push(...Object.entries(facts.next).map(([log, next]) => ({ node, log, next })));
        } else if (facts.removedAt === undefined) {
          await this.#setFacts(application, node, { ...facts, removedAt: this.#now() });
        }
      }
      return kept;
    };
    const result = (this.#turns.get(application) ?? Promise.resolve()).then(work, work);
    const turn = result.catch(() => undefined); // its caller is told
    this.#turns.set(application, turn);
    return result;
  }

  async removed(application: string): Promise<RemovedNode[]> {
    const found: RemovedNode[] = [];
    for (const node of await this.#nodes(application)) {
      const facts = await this.#facts(application, node);
      if (facts?.removedAt === undefined || facts.removedAt + this.#keepMs < this.#now()) continue;
      const { service, removedAt } = facts;
      found.push({ node, service, logs: Object.keys(facts.next), removedAt, until: removedAt + this.#keepMs });
    }
    return found.sort((a, b) => b.removedAt - a.removedAt);
  }

  /** The lines that are kept, log by log. @throws ConpaasError not_found */
  async *read(application: string, node: string, log: string | undefined): AsyncIterable<LogBatch> {
    const facts = (await this.#nodes(application)).includes(node) ? await this.#facts(application, node) : undefined;
    if (!facts) throw new ConpaasError('not_found', `Nothing is kept of a node "${node}".`);
    for (const name of Object.keys(facts.next)) {
      if (log !== undefined && name !== log) continue;
      const batches: LogBatch[] = [];
      for (const file of [this.#file(application, node, name, 1), this.#file(application, node, name, 0)]) {
        for (const line of (await readFile(file, 'utf8').catch(missing))?.split('\n') ?? []) {
          const batch = line === '' ? undefined : readBatch(line);
          if (batch) batches.push(batch);
        }
      }
      // Not more than what is promised, so that the answer does not depend on when the file last turned.
      let size = 0;
      const first = batches.findLastIndex((batch) => {
        size += batch.text.length;
        return size > this.#maxBytes;
      });
      yield* batches.slice(first + 1);
    }
  }

  async forget(application: string, node?: string): Promise<void> {
    await rm(path.join(this.#directory, encode(application), ...(node === undefined ? [] : [encode(node)])), {
      recursive: true,
      force: true,
    });
  }

  /** Deletes what was kept long enough, and what is of applications that are gone. @returns nodes deleted */
  async sweep(applications: readonly string[]): Promise<number> {
    let deleted = 0;
    for (const application of (await readdir(this.#directory).catch(missing)) ?? []) {
      const name = decode(application);
      for (const node of await this.#nodes(name)) {
        const removedAt = (await this.#facts(name, node))?.removedAt;
        const over = removedAt !== undefined && removedAt + this.#keepMs < this.#now();
        if (!over && applications.includes(name)) continue;
        await this.forget(name, node);
        deleted += 1;
      }
      if (!applications.includes(name)) await this.forget(name);
    }
    return deleted;
  }

  async #add(application: string, node: string, batches: readonly LogBatch[]): Promise<void> {
    await mkdir(this.#of(application, node), { recursive: true, mode: 0o700 });
    const known = await this.#facts(application, node);
    const next: Record<string, LogPlace> = { ...known?.next };
    for (const batch of batches) {
      const { log, count, gap } = batch;
      const last = next[log];
      // Sent twice, because the first answer got lost.
      if (last && (batch.next.seq < last.seq || (batch.next.seq === last.seq && gap === undefined))) continue;
      const skipped = last && gap === undefined && batch.seq > last.seq ? { gap: batch.seq - last.seq } : {};
      next[log] = batch.next;
      if (count === 0 && gap === undefined) continue;
      const file = this.#file(application, node, log, 0);
      const size = (await stat(file).catch(missing))?.size ?? 0;
      if (size > this.#maxBytes) await rename(file, this.#file(application, node, log, 1));
      await appendFile(file, `${JSON.stringify({ ...batch, ...skipped })}\n`, { mode: 0o600 });
    }
    const service = batches[0]?.service ?? known?.service ?? '';
    await this.#setFacts(application, node, { service, next });
  }

  async #nodes(application: string): Promise<string[]> {
    return ((await readdir(path.join(this.#directory, encode(application))).catch(missing)) ?? []).map(decode);
  }

  async #facts(application: string, node: string): Promise<Facts | undefined> {
    const text = await readFile(path.join(this.#of(application, node), 'facts.json'), 'utf8').catch(missing);
    return text === undefined ? undefined : Facts.parse(JSON.parse(text));
  }

  #setFacts(application: string, node: string, facts: Facts): Promise<void> {
    return writeFileAtomic(path.join(this.#of(application, node), 'facts.json'), JSON.stringify(facts));
  }

  #of(application: string, node: string): string {
    return path.join(this.#directory, encode(application), encode(node));
  }

  #file(application: string, node: string, log: string, number: number): string {
    return path.join(this.#of(application, node), `${encode(log)}.${number}.log`);
  }
}

/** A name as a file name: managers choose it. */
const encode = (name: string): string => Buffer.from(name).toString('hex');
const decode = (name: string): string => Buffer.from(name, 'hex').toString();

/** A batch whose end was not written any more is none. */
function readBatch(line: string): LogBatch | undefined {
  try {
    return LogBatch.parse(JSON.parse(line));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function missing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
  return undefined;
}
