/** What the server counts, and how large the data is. */
import { ConpaasError } from '../../../core/contract/errors.ts';
import { systemDatabases } from '../names.ts';
import { type MysqlStatistics, mostTables } from '../statistics.ts';
import type { Clients } from './clients.ts';
import { engineFailure } from './failure.ts';
import { quoteString } from './sql.ts';

/** Counters by the name they have in MysqlStatistics. */
const counters = {
  uptime: 'Uptime',
  questions: 'Questions',
  select: 'Com_select',
  insert: 'Com_insert',
  update: 'Com_update',
  delete: 'Com_delete',
  slow: 'Slow_queries',
  connected: 'Threads_connected',
  running: 'Threads_running',
  mostConnected: 'Max_used_connections',
} as const;

/** The clients give back 20 lines of 2,000 characters at most, so tables come a few a line. */
const tablesALine = 4;

/** @throws ConpaasError engine_failed with MariaDB's words */
export async function readStatistics(clients: Clients, signal: AbortSignal): Promise<MysqlStatistics> {
  const names = Object.values(counters);
  const status = await clients.query(
    `SHOW GLOBAL STATUS WHERE Variable_name IN (${names.map(quoteString).join(', ')});\nSELECT 'max_connections', @@max_connections;`,
    signal,
  );
  if (status.code !== 0) throw engineFailure('The figures of the database could not be read', status.lines);
  const values = new Map(status.lines.map((line) => splitOnce(line)));
  const counted = (name: string): number => {
    const value = Number(values.get(name));
    if (Number.isFinite(value)) return value;
    throw new ConpaasError('engine_failed', `MariaDB does not tell ${name}.`, { log: status.lines });
  };
  const all = Object.fromEntries(Object.entries(counters).map(([key, name]) => [key, counted(name)])) as {
    [Key in keyof typeof counters]: number;
  };
  const { uptime, questions, slow, connected, running, mostConnected, ...queries } = all;
  return {
    at: Date.now(),
    uptime,
    questions,
    slow,
    queries,
    connections: { connected, running, most: mostConnected, limit: counted('max_connections') },
    ...(await sizes(clients, signal)),
  };
}

async function sizes(clients: Clients, signal: AbortSignal): Promise<Pick<MysqlStatistics, 'databases' | 'tables'>> {
  const foreign = `table_schema NOT IN (${systemDatabases.map(quoteString).join(', ')}) AND table_type = 'BASE TABLE'`;
  const bytes = 'COALESCE(data_length, 0) + COALESCE(index_length, 0)';
  const databases = await clients.query(
    `SELECT JSON_OBJECT('name', table_schema, 'bytes', SUM(${bytes}), 'tables', COUNT(*))
     FROM information_schema.tables WHERE ${foreign} GROUP BY table_schema ORDER BY SUM(${bytes}) DESC LIMIT 20;`,
    signal,
  );
  if (databases.code !== 0) throw engineFailure('The size of the databases could not be read', databases.lines);
  const tables = await clients.query(
    `WITH sized AS (SELECT table_schema s, table_name n, COALESCE(table_rows, 0) r, ${bytes} b,
       ROW_NUMBER() OVER (ORDER BY ${bytes} DESC, table_schema, table_name) - 1 place
       FROM information_schema.tables WHERE ${foreign})
     SELECT JSON_ARRAYAGG(JSON_OBJECT('database', s, 'name', n, 'rows', r, 'bytes', b) ORDER BY place)
     FROM sized WHERE place < ${mostTables} GROUP BY place DIV ${tablesALine} ORDER BY place DIV ${tablesALine};`,
    signal,
  );
  if (tables.code !== 0) throw engineFailure('The size of the tables could not be read', tables.lines);
  return {
    databases: databases.lines.map((line) => JSON.parse(line) as MysqlStatistics['databases'][number]),
    tables: tables.lines.flatMap((line) => JSON.parse(line) as MysqlStatistics['tables'][number][]),
  };
}

/** `name<TAB>value` of the client's batch mode. */
function splitOnce(line: string): [string, string] {
  const at = line.indexOf('\t');
  return at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)];
}
