/** What a database tells of itself: SHOW GLOBAL STATUS of MariaDB. Source: https://mariadb.com/kb/en/server-status-variables/ */
import type { FigureSpec } from '../../core/metrics/figures.ts';

type Bare = Omit<FigureSpec, 'roles' | 'kind' | 'over'> & Partial<Pick<FigureSpec, 'kind' | 'over'>>;

/** Our own connection, and the statement by which it asks, are in MariaDB's counts. */
const ours = 1;

const counters: Readonly<Record<string, string>> = {
  db_queries: 'Questions',
  db_slow: 'Slow_queries',
  db_received: 'Bytes_received',
  db_sent: 'Bytes_sent',
  db_lock_waits: 'Innodb_row_lock_waits',
  db_disk_reads: 'Innodb_buffer_pool_reads',
};

const kinds: Readonly<Record<string, readonly string[]>> = {
  db_selects: ['Com_select'],
  db_inserts: ['Com_insert', 'Com_insert_select', 'Com_replace'],
  db_updates: ['Com_update', 'Com_update_multi'],
  db_deletes: ['Com_delete', 'Com_delete_multi'],
};

const names = [
  ...Object.values(counters),
  ...Object.values(kinds).flat(),
  'Threads_connected',
  'Threads_running',
  'Innodb_buffer_pool_pages_data',
  'Innodb_buffer_pool_pages_total',
];

/** The statement that asks for all of it. */
export const statusStatement = `SHOW GLOBAL STATUS WHERE Variable_name IN (${names.map((name) => `'${name}'`).join(', ')})`;

/** Counters of MariaDB as figures; those that it does not tell are left out. */
export function statusFigures(status: ReadonlyMap<string, string>): Record<string, number | undefined> {
  const number = (name: string) => (status.has(name) ? Number(status.get(name)) : undefined);
  const lessOurs = (name: string) => {
    const value = number(name);
    return value === undefined ? undefined : Math.max(0, value - ours);
  };
  const [data, total] = [number('Innodb_buffer_pool_pages_data'), number('Innodb_buffer_pool_pages_total')];
  return {
    ...Object.fromEntries(Object.entries(counters).map(([figure, name]) => [figure, number(name)])),
    ...Object.fromEntries(
      Object.entries(kinds).map(([figure, all]) => [
        figure,
        all.reduce<number | undefined>((sum, name) => {
          const value = number(name);
          return value === undefined ? sum : (sum ?? 0) + value;
        }, undefined),
      ]),
    ),
    db_connections: lessOurs('Threads_connected'),
    db_running: lessOurs('Threads_running'),
    db_buffer: data === undefined || !total ? undefined : data / total,
  };
}

const figures: readonly Bare[] = [
  {
    name: 'db_queries',
    title: 'Statements',
    unit: '1/s',
    chart: 'Statements',
    doc: 'Statements of clients; our own look is one each five seconds.',
  },
  { name: 'db_selects', title: 'Select', unit: '1/s', chart: 'Statements by kind', doc: 'SELECT statements.' },
  {
    name: 'db_inserts',
    title: 'Insert',
    unit: '1/s',
    chart: 'Statements by kind',
    doc: 'INSERT and REPLACE statements.',
  },
  { name: 'db_updates', title: 'Update', unit: '1/s', chart: 'Statements by kind', doc: 'UPDATE statements.' },
  { name: 'db_deletes', title: 'Delete', unit: '1/s', chart: 'Statements by kind', doc: 'DELETE statements.' },
  {
    name: 'db_connections',
    title: 'Connections',
    unit: 'count',
    kind: 'gauge',
    chart: 'Database connections',
    doc: 'Clients that are connected; our own is left out.',
  },
  {
    name: 'db_running',
    title: 'At work',
    unit: 'count',
    kind: 'gauge',
    chart: 'Database connections',
    doc: 'Connections that work on a statement.',
  },
  {
    name: 'db_slow',
    title: 'Slow',
    unit: '1/s',
    chart: 'Slow statements and locks',
    doc: 'Statements that took longer than slow_query_seconds (ten seconds where that is not set).',
  },
  {
    name: 'db_lock_waits',
    title: 'Waits for rows',
    unit: '1/s',
    chart: 'Slow statements and locks',
    doc: 'Times that a statement had to wait for a row that another one held.',
  },
  {
    name: 'db_buffer',
    title: 'Used',
    unit: 'share',
    kind: 'gauge',
    over: 'average',
    chart: 'Buffer pool',
    doc: 'How much of the memory for data and indexes (innodb_buffer_pool_size) holds data.',
  },
  {
    name: 'db_disk_reads',
    title: 'Reads past the pool',
    unit: '1/s',
    chart: 'Buffer pool misses',
    doc: 'Reads that the buffer pool could not answer: from disk.',
  },
  { name: 'db_received', title: 'Received', unit: 'bytes/s', chart: 'Database traffic', doc: 'Bytes from clients.' },
  { name: 'db_sent', title: 'Sent', unit: 'bytes/s', chart: 'Database traffic', doc: 'Bytes to clients.' },
];

export const mysqlFigures: readonly FigureSpec[] = figures.map((figure) => ({
  kind: 'counter',
  over: 'sum',
  ...figure,
  roles: ['mysql'],
}));
