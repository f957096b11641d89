/** The MySQL service as data: MariaDB, one node; its configuration keys and methods. */
import { z } from 'zod';
import { done, method } from '../../core/contract/method.ts';
import { Started } from '../../core/contract/operation.ts';
import type { ServiceSpec } from '../../core/service/spec.ts';
import { MysqlConfiguration } from './configuration.ts';
import { mysqlFigures } from './figures.ts';
import { MysqlStatistics } from './statistics.ts';

const service = z.string().min(1);
const node = z.string().min(1);
const hours = 3_600_000;

export const spec: ServiceSpec = {
  type: 'mysql',
  title: 'MySQL',
  doc: 'Relational database (MariaDB) with a database and a user made for the application.',
  roles: {
    mysql: {
      title: 'Database',
      doc: 'Keeps the data and answers SQL (MariaDB).',
      count: 1,
      min: 1,
      max: 1,
      packages: ['mariadb-server', 'mariadb-client'],
      executables: ['/usr/sbin/mariadbd', '/usr/bin/mariadb-install-db', '/usr/bin/mariadb', '/usr/bin/mariadb-dump'],
      logs: ['mariadb', 'slow', 'setup'],
      volume: 'volume_gb',
    },
  },
  defaultRole: 'mysql',
  code: false,
  dump: true,
  configuration: MysqlConfiguration,
  figures: mysqlFigures,
  managerMethods: {
    set_password: method({
      kind: 'command',
      params: z.strictObject({
        service,
        password: z
          .string()
          .min(8, 'A password has 8 characters or more')
          .max(200)
          .regex(/^[\x20-\x7e]+$/, 'A password holds printable ASCII characters only')
          .meta({ writeOnly: true }),
      }),
      result: Started,
      callers: ['user'],
      since: 1,
      doc: 'Changes the password of the database user; services that need this one get it too.',
    }),
    load_dump: method({
      kind: 'upload',
      params: z.strictObject({ service }),
      result: Started,
      callers: ['user'],
      since: 1,
      maxBytes: 16 * 1024 ** 3,
      doc: 'Loads a dump (.sql or .sql.gz) into the database. When it fails, the data is put back as it was.',
    }),
    dump: method({
      kind: 'download',
      params: z.strictObject({ service, gzip: z.boolean().default(false) }),
      result: z.void(),
      callers: ['user'],
      since: 1,
      timeoutMs: 24 * hours,
      doc: 'All data as SQL, consistent at the moment of the call; load_dump takes it.',
    }),
    get_connection: method({
      kind: 'query',
      params: z.strictObject({ service, reveal: z.boolean().default(false) }),
      result: z.object({
        /** Ready to be pasted into a terminal; asks for the password. */
        command: z.string(),
        host: z.string(),
        port: z.number().int(),
        user: z.string(),
        database: z.string(),
        /** Only with `reveal`. */
        password: z.string().optional(),
      }),
      callers: ['user'],
      since: 1,
      revealedBy: 'reveal',
      doc: 'How to connect to the database; the password only when reveal is true.',
    }),
    get_statistics: method({
      kind: 'query',
      params: z.strictObject({ service }),
      result: MysqlStatistics,
      callers: ['user'],
      since: 1,
      doc: 'Queries by kind since the start of the server, connections, and the size of databases and tables.',
    }),
  },
  agentMethods: {
    setup_master: method({
      kind: 'command',
      params: z.strictObject({ node }),
      result: done,
      callers: ['manager'],
      since: 1,
      timeoutMs: 600_000,
      doc: 'Prepares and starts the database server as last assigned; harmless when it runs.',
    }),
    load_dump: method({
      kind: 'upload',
      params: z.strictObject({ node }),
      result: z.object({ databases: z.array(z.string()) }),
      callers: ['manager'],
      since: 1,
      maxBytes: 16 * 1024 ** 3,
      timeoutMs: 24 * hours,
      doc: 'Loads a dump; on failure the databases are put back as they were.',
    }),
    dump: method({
      kind: 'download',
      params: z.strictObject({ node, gzip: z.boolean() }),
      result: z.void(),
      callers: ['manager'],
      since: 1,
      timeoutMs: 24 * hours,
      doc: 'All data as SQL.',
    }),
    get_statistics: method({
      kind: 'query',
      params: z.strictObject({ node }),
      result: MysqlStatistics,
      callers: ['manager'],
      since: 1,
      doc: 'What the server counts, and how large the data is.',
    }),
  },
};
