/** Keys of `Configuration` of a MySQL service, and the configuration file of MariaDB they become. */
import { z } from 'zod';

/** Bytes as MariaDB writes them: `64M`. */
const size = z.string().regex(/^[1-9][0-9]{0,8}[KMG]?$/, 'Write a size as 64M or 1G');
/** Names of character sets, collations and modes. */
const word = z.string().regex(/^[A-Za-z0-9_]{1,64}$/, 'Only letters, digits and _');

export const MysqlConfiguration = z.strictObject({
  max_connections: z
    .number()
    .int()
    .min(10)
    .max(10_000)
    .default(151)
    .describe('Clients at the same time. Each backend of a PHP service may need several.'),
  innodb_buffer_pool_size: size.default('64M').describe('Memory for data and indexes, e.g. 64M or 1G.'),
  max_allowed_packet: size.default('64M').describe('Longest statement or row.'),
  character_set: word.default('utf8mb4').describe('Character set of new databases.'),
  collation: word.default('utf8mb4_unicode_ci').describe('Sort order of new databases; must fit the character set.'),
  sql_mode: z
    .string()
    .regex(/^[A-Za-z_,]{0,500}$/, 'Names of modes, separated by commas')
    .optional()
    .describe("SQL modes, separated by commas; MariaDB's own where absent."),
  wait_timeout: z
    .number()
    .int()
    .min(1)
    .max(31_536_000)
    .default(28_800)
    .describe('Seconds after which an idle connection is closed.'),
  slow_query_seconds: z
    .number()
    .min(0.001)
    .max(3600)
    .optional()
    .describe('Statements that take longer are written to the log "slow"; none where absent.'),
  volume_gb: z
    .number()
    .int()
    .min(0)
    .max(16_000)
    .default(10)
    .describe(
      'Size in GB of the volume that keeps the data, where the cloud has volumes; 0 keeps it on the disk of the machine, and it is lost with it. Counts when the service is made.',
    ),
});
export type MysqlConfiguration = z.infer<typeof MysqlConfiguration>;

/** Paths and addresses that the file needs. */
export interface ServerPlace {
  readonly address: string;
  readonly port: number;
  readonly data: string;
  readonly socket: string;
  readonly pidFile: string;
  readonly temporary: string;
  /** The one directory that LOAD DATA INFILE and SELECT INTO OUTFILE may use; nothing of ours is in it. */
  readonly files: string;
  readonly initFile: string;
  readonly slowLog: string;
}

/** MariaDB's configuration file. Values were checked by the schema; paths are ours. */
export function serverConfiguration(place: ServerPlace, settings: MysqlConfiguration): string {
  const lines = [
    '[mariadbd]',
    `datadir=${place.data}`,
    `socket=${place.socket}`,
    `pid-file=${place.pidFile}`,
    `tmpdir=${place.temporary}`,
    `init-file=${place.initFile}`,
    `bind-address=${place.address}`,
    `port=${place.port}`,
    // Accounts are for addresses; a slow or lying name server must not keep a client out. Without host cache, our
    // own probes can never get their address blocked ("too many connection errors").
    'skip-name-resolve',
    'host_cache_size=0',
    'local-infile=OFF',
    `secure-file-priv=${place.files}`,
    'performance_schema=OFF',
    'innodb_log_file_size=32M',
    `innodb_buffer_pool_size=${settings.innodb_buffer_pool_size}`,
    `max_connections=${settings.max_connections}`,
    `max_allowed_packet=${settings.max_allowed_packet}`,
    `character-set-server=${settings.character_set}`,
    `collation-server=${settings.collation}`,
    `wait_timeout=${settings.wait_timeout}`,
    // 2 writes a warning for each probe, which says hello and goes.
    'log_warnings=1',
    ...(settings.sql_mode === undefined ? [] : [`sql_mode=${settings.sql_mode}`]),
    ...(settings.slow_query_seconds === undefined
      ? []
      : [
          'slow_query_log=ON',
          `slow_query_log_file=${place.slowLog}`,
          `long_query_time=${settings.slow_query_seconds}`,
        ]),
  ];
  return `${lines.join('\n')}\n`;
}
