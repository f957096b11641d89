/** What is told of a running database. Counters grow from the server's start: two readings give a rate. */
import { z } from 'zod';

/** The largest tables are listed, no more than these. */
export const mostTables = 40;

const count = z.number().min(0);

export const MysqlStatistics = z.object({
  /** Milliseconds since the epoch. */
  at: z.number(),
  /** Seconds since the server's start. */
  uptime: count,
  questions: count,
  slow: count,
  queries: z.object({ select: count, insert: count, update: count, delete: count }),
  connections: z.object({ connected: count, running: count, most: count, limit: count }),
  /** Largest first; bytes of data and indexes. */
  databases: z.array(z.object({ name: z.string(), bytes: count, tables: count })),
  /** Largest first; `rows` is MariaDB's estimate. */
  tables: z.array(z.object({ database: z.string(), name: z.string(), rows: count, bytes: count })),
});
export type MysqlStatistics = z.infer<typeof MysqlStatistics>;
