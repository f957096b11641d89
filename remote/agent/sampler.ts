/**
 * Samples of all nodes of this agent, every five seconds, at the same moments on all machines. The last ten minutes
 * are kept in memory, so that nothing is lost while manager or director are away.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Samples } from '../core/contract/metrics.ts';
import {
  createDiskMeter,
  createMeter,
  createRates,
  type FigureSpec,
  figuresOf,
  sampleSeconds,
} from '../core/metrics/index.ts';
import type { NodeMeasurement } from '../core/service/agent.ts';
import type { ServiceSpec } from '../core/service/spec.ts';
import { patienceHere } from '../core/supervisor/index.ts';

/** As much of a node as is needed here. */
export interface SampledNode {
  readonly node: string;
  readonly directories: readonly string[];
  readonly type: string;
  readonly role: string;
  pids(): number[];
  /** What the service tells; undefined where there is nothing to tell. */
  measure(signal: AbortSignal): Promise<NodeMeasurement> | undefined;
}

type Values = Readonly<Record<string, number>>;

export interface Sampler {
  /** Takes a sample now, as that of `time` (milliseconds since the epoch). */
  sample(time: number): Promise<void>;
  samples(after: number, limit: number): { samples: Samples[]; more: boolean };
  /** Bytes that the directory of a node takes, as they were last found; undefined until then. */
  disk(node: string, directories: readonly string[]): number | undefined;
  /** Takes samples until `signal` aborts. */
  run(signal: AbortSignal): Promise<void>;
}

const keptTicks = 120;
const measureMs = 2_000;
/** The kernel walks through all pages of a process to tell its memory: not every time. */
const memoryEvery = 3;

export function createSampler(options: {
  nodes(): readonly SampledNode[];
  readonly specs: Readonly<Record<string, ServiceSpec>>;
  readonly signal: AbortSignal;
  log(line: string): void;
}): Sampler {
  const { specs, log, signal } = options;
  const meter = createMeter();
  const rates = createRates();
  const disks = createDiskMeter(signal, log);
  const kept: { time: number; nodes: Map<string, Values> }[] = [];
  const complained = new Map<string, string>();
  let count = 0;

  /** Says once what is wrong with a node, and again when something else is. */
  function complain(node: string, error: unknown): void {
    const text = error instanceof Error ? error.message : String(error);
    if (complained.get(node) === text) return;
    complained.set(node, text);
    log(`figures of ${node}: ${text}`);
  }

  function rated(
    key: string,
    specs: readonly FigureSpec[],
    values: Readonly<Record<string, number | undefined>>,
    at: number,
  ): Values {
    const found: Record<string, number> = {};
    for (const { name, kind } of specs) {
      const value = values[name];
      if (value === undefined || !Number.isFinite(value)) continue;
      const told = kind === 'counter' ? rates.rate(`${key} ${name}`, value, at) : value;
      if (told !== undefined) found[name] = told;
    }
    return found;
  }

  async function ofService(node: SampledNode): Promise<Map<string, Values>> {
    const found = new Map<string, Values>();
    const declared = specs[node.type]?.figures;
    const enough = AbortSignal.any([signal, AbortSignal.timeout(measureMs * patienceHere())]);
    try {
      const measuring = node.measure(enough);
      if (!measuring || !declared) return found;
      const { figures, parts = {} } = await Promise.race([measuring, aborted(enough)]);
      const at = performance.now();
      found.set('', rated(node.node, figuresOf(declared, node.role), figures, at));
      for (const [part, values] of Object.entries(parts)) {
        const role = `${node.role}:${part.slice(0, part.indexOf('/'))}`;
        found.set(part, rated(`${node.node} ${part}`, figuresOf(declared, role), values, at));
      }
      complained.delete(node.node);
    } catch (error) {
      if (!signal.aborted) complain(node.node, error);
    }
    return found;
  }

  async function sample(time: number): Promise<void> {
    const nodes = options.nodes();
    disks.keep(new Set(nodes.map(({ node }) => node)));
    const use = meter.measure(
      Object.fromEntries(nodes.map((node) => [node.node, node.pids()])),
      count++ % memoryEvery === 0,
    );
    const taken = new Map<string, Values>();
    await Promise.all(
      nodes.map(async (node) => {
        const { cpu, memory, processes, read, written } = use[node.node] ?? { processes: 0 };
        const disk = disks.size(node.node, ...node.directories);
        const own = {
          ...(processes === 0 ? {} : { cpu, memory, disk_read: read, disk_written: written }),
          disk,
        };
        const found = await ofService(node);
        const values = { ...known(own), ...found.get('') };
        if (Object.keys(values).length > 0) taken.set(node.node, values);
        for (const [part, partValues] of found) if (part !== '') taken.set(`${node.node}\n${part}`, partValues);
      }),
    );
    kept.push({ time, nodes: taken });
    kept.splice(0, kept.length - keptTicks);
  }

  return {
    sample,
    disk: (node, directories) => disks.size(node, ...directories),
    samples(after, limit) {
      const wanted = kept.filter(({ time }) => time > after);
      const told = wanted.slice(0, limit);
      const keys = new Set(told.flatMap(({ nodes }) => [...nodes.keys()]));
      return { samples: [...keys].map((key) => columns(key, told)), more: wanted.length > told.length };
    },
    async run(stop) {
      const every = sampleSeconds * 1000;
      while (!stop.aborted) {
        const next = (Math.floor(Date.now() / every) + 1) * every;
        await delay(next - Date.now(), undefined, { signal: stop, ref: false }).catch(() => undefined); // the loop ends
        if (stop.aborted) return;
        await sample(next).catch((error: unknown) => complain('this machine', error));
      }
    },
  };
}

/** Rejects when it is aborted. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

function known(values: Readonly<Record<string, number | undefined>>): Values {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, number] => entry[1] !== undefined),
  );
}

/** Samples of one node as columns: names once, then rows. */
function columns(key: string, ticks: readonly { time: number; nodes: ReadonlyMap<string, Values> }[]): Samples {
  const [node = '', part] = key.split('\n');
  const having = ticks.filter(({ nodes }) => nodes.has(key));
  const figures = [...new Set(having.flatMap(({ nodes }) => Object.keys(nodes.get(key) ?? {})))];
  return {
    node,
    ...(part === undefined ? {} : { part }),
    figures,
    times: having.map(({ time }) => time),
    rows: having.map(({ nodes }) => {
      const values = nodes.get(key) ?? {};
      return figures.map((figure) => rounded(values[figure]));
    }),
  };
}

/** Six digits are more than any chart shows, and half the bytes. */
function rounded(value: number | undefined): number | null {
  return value === undefined ? null : Number(value.toPrecision(6));
}
