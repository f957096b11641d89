/** What can be measured of a node, as data: a service type declares its figures in its spec.ts, and gets its charts. */

export type FigureUnit = 'cores' | 'bytes' | 'bytes/s' | '1/s' | 'ms' | 'count' | 'share';

/**
 * gauge: a value now. counter: a total since the engine's start; the agent makes a rate per second of it. rate: already
 * per second. percentile: of response times since the last sample; percentiles cannot be averaged, so over time and
 * nodes the highest one is told.
 */
export type FigureKind = 'gauge' | 'counter' | 'rate' | 'percentile';

export interface FigureSpec {
  /** Unique within an application's service types: what has the same name is put together over nodes. */
  readonly name: string;
  /** For a person: "Requests". */
  readonly title: string;
  readonly unit: FigureUnit;
  readonly kind: FigureKind;
  /** One line: what exactly is counted, and by whom. */
  readonly doc: string;
  /** Figures with the same chart are drawn together; they have the same unit. */
  readonly chart: string;
  /** How nodes are put together. */
  readonly over: 'sum' | 'average' | 'highest';
  /**
   * Roles whose nodes have it; empty: all. `proxy:server` is of what a proxy tells of each of its servers: its nodes are
   * called `<proxy>/<server>`.
   */
  readonly roles: readonly string[];
}

/** Seconds between two samples. */
export const sampleSeconds = 5;

/** What the agent measures of each node by itself. */
export const nodeFigures: readonly FigureSpec[] = [
  {
    name: 'cpu',
    title: 'CPU',
    unit: 'cores',
    kind: 'gauge',
    doc: 'Processor cores in use by all processes of the node, on average since the last sample.',
    chart: 'CPU',
    over: 'sum',
    roles: [],
  },
  {
    name: 'memory',
    title: 'Memory',
    unit: 'bytes',
    kind: 'gauge',
    doc: 'PSS of all processes of the node: pages that several processes share are divided among them. Every 15 s.',
    chart: 'Memory',
    over: 'sum',
    roles: [],
  },
  {
    name: 'disk',
    title: 'Disk used',
    unit: 'bytes',
    kind: 'gauge',
    doc: "What the node's directory takes on disk: code, data and logs. Every 30 s or less often.",
    chart: 'Disk used',
    over: 'sum',
    roles: [],
  },
  {
    name: 'disk_read',
    title: 'Read',
    unit: 'bytes/s',
    kind: 'rate',
    doc: 'Bytes that the processes of the node had fetched from the storage device.',
    chart: 'Disk traffic',
    over: 'sum',
    roles: [],
  },
  {
    name: 'disk_written',
    title: 'Written',
    unit: 'bytes/s',
    kind: 'rate',
    doc: 'Bytes that the processes of the node had sent to the storage device.',
    chart: 'Disk traffic',
    over: 'sum',
    roles: [],
  },
];

/** Figures of a role: those of every node, and those that the type declares for it. */
export function figuresOf(declared: readonly FigureSpec[] | undefined, role: string): readonly FigureSpec[] {
  const own = (declared ?? []).filter(({ roles }) => roles.includes(role));
  return role.includes(':') ? own : [...nodeFigures, ...own];
}
