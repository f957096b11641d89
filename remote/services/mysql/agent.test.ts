import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, createWriteStream, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NodeAssignment } from '../../core/contract/agent.ts';
import { NodeId } from '../../core/contract/ids.ts';
import type { Call, DownloadBody } from '../../core/contract/method.ts';
import type { ServiceAgentNode } from '../../core/service/agent.ts';
import { createTestNode, type TestNode } from '../../core/service/test-node-context.ts';
import { createServiceAgent } from './agent.ts';
import { MysqlConfiguration } from './configuration.ts';
import type { MysqlNodeConfiguration } from './node-configuration.ts';
import { spec } from './spec.ts';
import { MysqlStatistics, mostTables } from './statistics.ts';

const never = new AbortController().signal;
const call: Call = { caller: undefined, user: 'ada', signal: never, presented: [], from: 'test' };

function assignment(more: Partial<MysqlNodeConfiguration> = {}, restarts = 0): NodeAssignment {
  const configuration: MysqlNodeConfiguration = {
    database: 'shop',
    user: 'mysqldb',
    password: `it's "quoted" \\ and long`,
    rootPassword: 'root-password',
    passwordVersion: 0,
    settings: MysqlConfiguration.parse({ innodb_buffer_pool_size: '16M' }),
    ...more,
  };
  return {
    node: NodeId.parse('db-mysql-1'),
    service: 'shop',
    type: 'mysql',
    role: 'mysql',
    running: true,
    restarts,
    hash: 'x',
    configuration,
  };
}

/** Runs SQL as the application does: over TCP, with its own password. Rejects with what the client says. */
async function sql(node: Node, statements: string, password = `it's "quoted" \\ and long`): Promise<string> {
  const child = spawn(
    '/usr/bin/mariadb',
    [
      '--no-defaults',
      `--host=${node.context.address}`,
      `--port=${node.agent.report().ports.mysql}`,
      '--user=mysqldb',
      '--batch',
      '--skip-column-names',
      '--default-character-set=utf8mb4',
      'shop',
    ],
    { env: { MYSQL_PWD: password }, stdio: ['pipe', 'pipe', 'pipe'] },
  );
  const closed = once(child, 'close');
  child.stdin.on('error', () => undefined); // it ends at the first error
  child.stdin.end(statements);
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = (await closed) as [number];
  if (code !== 0) throw new Error(errors);
  return output.trim();
}

interface Node {
  readonly home: TestNode;
  readonly context: TestNode['context'];
  readonly agent: ServiceAgentNode;
}

function nodeAt(address: string): Node {
  const home = createTestNode({ service: 'shop', role: 'mysql', address });
  return { home, context: home.context, agent: createServiceAgent()(home.context) };
}

async function load(node: Node, file: string): Promise<unknown> {
  const content = readFileSync(file);
  const sha256 = createHash('sha256').update(content).digest('hex');
  const body = { path: file, size: statSync(file).size, sha256, name: file.split('/').at(-1) ?? '' };
  return node.agent.handlers['load_dump']?.({ node: 'db-mysql-1' }, call, body);
}

async function dump(node: Node, gzip: boolean): Promise<DownloadBody> {
  return (await node.agent.handlers['dump']?.({ node: 'db-mysql-1', gzip }, call, undefined)) as DownloadBody;
}

const serverPid = (node: Node) => mainPid(node);

describe('a MySQL node', () => {
  let node: Node;

  beforeAll(async () => {
    node = nodeAt('127.83.1.1');
    await node.agent.apply(assignment(), never);
  });

  afterAll(() => node.home[Symbol.asyncDispose]());

  test('has a database and a user for the application after a fresh start', async () => {
    expect(node.agent.report()).toEqual({ ports: { mysql: 3306 }, detail: { database: 'shop', passwordVersion: 0 } });
    expect(Object.keys(node.agent.logs())).toEqual(spec.roles['mysql']?.logs);
    expect(
      await sql(node, "CREATE TABLE t (a INT, b TEXT); INSERT INTO t VALUES (1, 'Ünïcode 😀'); SELECT b FROM t"),
    ).toBe('Ünïcode 😀');
    await expect(sql(node, 'SELECT 1', 'wrong')).rejects.toThrow('Access denied');
  });

  test('tells what it counts, and how large its data is', async () => {
    const read = async () =>
      MysqlStatistics.parse(await node.agent.handlers['get_statistics']?.({ node: 'db-mysql-1' }, call, undefined));
    const names = Array.from({ length: 45 }, (_, index) => `counted_${index}`);
    await sql(node, names.map((name) => `CREATE TABLE ${name} (a INT PRIMARY KEY)`).join(';'));
    const before = await read();
    await sql(node, 'INSERT INTO counted_0 VALUES (1), (2), (3); UPDATE counted_0 SET a = 9 WHERE a = 3; SELECT 1');
    await sql(node, 'DELETE FROM counted_0 WHERE a = 9; SELECT 2; SELECT 3');
    const after = await read();
    const more = (kind: keyof MysqlStatistics['queries']) => after.queries[kind] - before.queries[kind];
    expect([more('insert'), more('update'), more('delete')]).toEqual([1, 1, 1]);
    expect(more('select')).toBeGreaterThanOrEqual(3);
    expect(after.connections.limit).toBeGreaterThan(after.connections.connected);
    expect(after.databases).toEqual([{ name: 'shop', bytes: expect.any(Number), tables: 46 }]);
    expect(after.tables).toHaveLength(mostTables);
    expect(after.tables[0]).toMatchObject({ database: 'shop', bytes: expect.any(Number) });
    expect(after.tables.every(({ bytes }, index, all) => bytes <= (all[index - 1]?.bytes ?? bytes))).toBe(true);
    await sql(node, `DROP TABLE ${names.join(', ')}`);
  });

  test('tells figures that move with what is asked of it, its own looks aside', async () => {
    const measure = async () => (await node.agent.measure?.(AbortSignal.timeout(10_000)))?.figures ?? {};
    const before = await measure();
    await sql(node, 'CREATE TABLE m (a INT); INSERT INTO m VALUES (1); INSERT INTO m VALUES (2); UPDATE m SET a = 3');
    await sql(node, 'SELECT * FROM m; DELETE FROM m; DROP TABLE m');
    const after = await measure();
    const more = (name: string) => (after[name] ?? Number.NaN) - (before[name] ?? Number.NaN);
    expect([more('db_inserts'), more('db_updates'), more('db_deletes')]).toEqual([2, 1, 1]);
    expect(more('db_selects')).toBeGreaterThanOrEqual(1);
    expect(more('db_queries')).toBeGreaterThanOrEqual(7);
    expect(more('db_sent')).toBeGreaterThan(0);
    expect([after['db_connections'], after['db_running']]).toEqual([0, 0]);
    expect(after['db_buffer']).toBeGreaterThan(0);
    expect(after['db_buffer']).toBeLessThan(1);
    const told = Object.keys(after).filter((name) => after[name] !== undefined);
    expect(told.toSorted()).toEqual((spec.figures ?? []).map(({ name }) => name).toSorted());
  });

  test('keeps the application away from the server and its files', async () => {
    await expect(sql(node, "SELECT LOAD_FILE('/etc/passwd') IS NULL; SHUTDOWN")).rejects.toThrow('Access denied');
    await expect(sql(node, "CREATE USER eve@'%'")).rejects.toThrow('Access denied');
  });

  test('is left alone by a second apply', async () => {
    const before = serverPid(node);
    await node.agent.apply(assignment(), never);
    expect(serverPid(node)).toBe(before);
  });

  test('is adopted after the death of its agent', async () => {
    const before = serverPid(node);
    const home = await node.home.revive();
    node = { home, context: home.context, agent: createServiceAgent()(home.context) };
    await node.agent.apply(assignment(), never);
    expect(serverPid(node)).toBe(before);
    expect(await sql(node, 'SELECT COUNT(*) FROM t')).toBe('1');
  });

  test('keeps its rows over stop and start', async () => {
    await node.agent.stop(never);
    expect(node.agent.report()).toEqual({ ports: {}, detail: {} });
    await expect(dump(node, false)).rejects.toMatchObject({ code: 'conflict' });
    await node.agent.apply(assignment(), never);
    expect(await sql(node, 'SELECT a FROM t')).toBe('1');
  });

  test('recovers committed rows after kill -9', async () => {
    const before = serverPid(node);
    await sql(node, 'INSERT INTO t VALUES (2, NULL)');
    process.kill(Number(mainPid(node)), 'SIGKILL');
    await expect
      .poll(() => serverPid(node), { timeout: 20_000 })
      .not.toBe(before)
      .catch(() => undefined);
    await expect.poll(() => sql(node, 'SELECT COUNT(*) FROM t').catch(String), { timeout: 20_000 }).toBe('2');
  });

  test('takes a new password while it runs, and another configuration by a restart', async () => {
    const changed = { password: 'another-password', passwordVersion: 1 };
    await node.agent.apply(assignment(changed), never);
    expect(node.agent.report().detail).toMatchObject({ passwordVersion: 1 });
    expect(await sql(node, 'SELECT 1', 'another-password')).toBe('1');
    await expect(sql(node, 'SELECT 1')).rejects.toThrow('Access denied');

    const settings = MysqlConfiguration.parse({ innodb_buffer_pool_size: '16M', max_connections: 77 });
    await node.agent.apply(assignment({ settings, rootPassword: 'another-root-password' }), never);
    expect(await sql(node, 'SELECT @@max_connections')).toBe('77');
  });

  test('never shows a password on a command line', async () => {
    const lines = readFileSync(`/proc/${mainPid(node)}/cmdline`, 'utf8');
    expect(lines).not.toContain('password');
    expect(readFileSync(`/proc/${mainPid(node)}/environ`, 'utf8')).not.toContain('root-password');
  });
});

describe('dumps', () => {
  let node: Node;
  const rows = 100_000;
  const path = (name: string) => join(node.home.home, name);

  beforeAll(async () => {
    node = nodeAt('127.83.1.2');
    await node.agent.apply(assignment(), never);
    await sql(
      node,
      `CREATE TABLE items (id INT PRIMARY KEY, name VARCHAR(100), data BLOB) ENGINE=InnoDB;
       INSERT INTO items SELECT seq, CONCAT('Ärtikel ', seq), UNHEX(SHA1(seq)) FROM seq_1_to_${rows};
       CREATE VIEW names AS SELECT name FROM items;
       CREATE TRIGGER upper_name BEFORE INSERT ON items FOR EACH ROW SET NEW.name = UPPER(NEW.name);`,
    );
  });

  afterAll(() => node.home[Symbol.asyncDispose]());

  const checksum = () => sql(node, 'SELECT COUNT(*), SUM(CRC32(CONCAT(id, name, HEX(data)))) FROM items');

  test('go round, plain and packed, with views and triggers', async () => {
    const before = await checksum();
    for (const gzip of [false, true]) {
      const file = path(gzip ? 'shop.sql.gz' : 'shop.sql');
      const body = await dump(node, gzip);
      expect(body.name).toBe(gzip ? 'shop.sql.gz' : 'shop.sql');
      await pipeline(body.stream, createWriteStream(file));
      await sql(node, 'DROP TABLE items; DROP VIEW names; CREATE TABLE other (a INT)');
      expect(await load(node, file)).toEqual({ databases: ['shop'] });
      expect(await checksum()).toBe(before);
      expect(await sql(node, 'SELECT COUNT(*) FROM names')).toBe(String(rows));
      await sql(node, "INSERT INTO items VALUES (0, 'x', NULL)");
      expect(await sql(node, 'SELECT name FROM items WHERE id = 0')).toBe('X');
      await sql(node, 'DELETE FROM items WHERE id = 0; DROP TABLE other');
    }
  });

  test('that are wrong fail with the words of MariaDB and its line, and leave everything as it was', async () => {
    const before = await checksum();
    const file = path('wrong.sql');
    writeFileSync(
      file,
      `DROP TABLE items;\nCREATE DATABASE leftover;\nCREATE TABLE t0 (a INT);\nCREATE TABLE oops (;\n`,
    );
    await expect(load(node, file)).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringMatching(/wrong\.sql was not loaded.*as it was.*ERROR 1064 \(42000\) at line 4: /s),
    });
    expect(await checksum()).toBe(before);
    expect(await sql(node, 'SHOW DATABASES')).not.toContain('leftover');
    expect(await sql(node, "INSERT INTO items VALUES (0, 'x', NULL); SELECT name FROM items WHERE id = 0")).toBe('X');
    await sql(node, 'DELETE FROM items WHERE id = 0');
  });

  test('that are broken off, or no dumps at all, are refused', async () => {
    const before = await checksum();
    writeFileSync(path('cut.sql.gz'), readFileSync(path('shop.sql.gz')).subarray(0, 200_000));
    await expect(load(node, path('cut.sql.gz'))).rejects.toMatchObject({ message: expect.stringContaining('damaged') });
    writeFileSync(path('photo.sql'), Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16]));
    await expect(load(node, path('photo.sql'))).rejects.toMatchObject({ code: 'invalid_request' });
    writeFileSync(path('empty.sql'), '');
    await expect(load(node, path('empty.sql'))).rejects.toMatchObject({ message: expect.stringContaining('empty') });
    expect(await checksum()).toBe(before);
  });

  test('cannot run programs or read files outside the sandbox', async () => {
    const file = path('evil.sql');
    const mark = path('mark');
    writeFileSync(file, `\\! touch ${mark}\n\\! touch ${node.context.directory}/etc/mark\nSELECT 1;\n`);
    await load(node, file).catch(() => undefined); // refused or harmless, by the client's version
    expect(() => statSync(mark)).toThrow('ENOENT');
    expect(() => statSync(`${node.context.directory}/etc/mark`)).toThrow('ENOENT');
  });

  test('that name databases of their own are loaded there, and dumped again', async () => {
    const file = path('own.sql.gz');
    const statements =
      'CREATE DATABASE wordpress;\nUSE wordpress;\nCREATE TABLE posts (id INT);\nINSERT INTO posts VALUES (7);\n';
    await pipeline(Readable.from([statements]), createGzip(), createWriteStream(file));
    expect(await load(node, file)).toEqual({ databases: ['shop', 'wordpress'] });
    expect(await sql(node, 'SELECT id FROM wordpress.posts')).toBe('7');
    expect(await text((await dump(node, false)).stream)).toContain('USE `wordpress`;');
  });

  test('that replace the accounts of the server do not lock us out', async () => {
    const file = path('accounts.sql');
    writeFileSync(
      file,
      "ALTER USER root@localhost IDENTIFIED BY 'taken';\nDROP USER mysqldb@'%';\nFLUSH PRIVILEGES;\n",
    );
    await load(node, file);
    expect(await sql(node, 'SELECT id FROM wordpress.posts')).toBe('7');
    writeFileSync(file, "ALTER USER root@localhost IDENTIFIED BY 'taken';\nDROP DATABASE shop;\nwrong;\n");
    await expect(load(node, file)).rejects.toMatchObject({ message: expect.stringContaining('at line 3') });
    expect(await sql(node, 'SELECT COUNT(*) FROM names')).toBe(String(rows));
  });

  test('that were cut off by the death of the machine are taken back at the next start', async () => {
    const before = await checksum();
    await pipeline((await dump(node, true)).stream, createWriteStream(path('copy.sql.gz')));
    await sql(node, 'DROP TABLE items; CREATE TABLE half_loaded (a INT)');
    copyFileSync(path('copy.sql.gz'), join(node.context.directory, 'etc', 'before-load.sql.gz'));
    await node.agent.stop(never);
    await node.agent.apply(assignment(), never);
    expect(await checksum()).toBe(before);
    expect(await sql(node, 'SHOW TABLES')).not.toContain('half_loaded');
    expect(existsSync(join(node.context.directory, 'etc', 'before-load.sql.gz'))).toBe(false);
  });
});

test('another port is taken and reported where 3306 is in use', async () => {
  const holder = createServer().listen(3306, '127.83.1.3');
  await once(holder, 'listening');
  const node = nodeAt('127.83.1.3');
  try {
    await node.agent.apply(assignment(), never);
    const { mysql } = node.agent.report().ports;
    expect(mysql).toBeGreaterThan(1023);
    expect(mysql).not.toBe(3306);
    expect(await sql(node, 'SELECT @@port')).toBe(String(mysql));
  } finally {
    await node.home[Symbol.asyncDispose]();
    holder.close();
  }
});

test('a server that cannot start says why in its own words', async () => {
  const node = nodeAt('127.83.1.4');
  try {
    const settings = MysqlConfiguration.parse({ collation: 'utf8mb4_klingon_ci' });
    await expect(node.agent.apply(assignment({ settings }), never)).rejects.toMatchObject({
      code: 'engine_failed',
      failure: { log: expect.arrayContaining([expect.stringContaining('klingon')]) },
    });
  } finally {
    await node.home[Symbol.asyncDispose]();
  }
});

/** The server's pid as we see it; the pid file holds the one inside its sandbox. */
function mainPid(node: Node): number {
  const records = join(node.home.home, 'records');
  const record: unknown = JSON.parse(readFileSync(join(records, `${node.context.node}.mariadbd.process.json`), 'utf8'));
  return (record as { main: { pid: number } }).main.pid;
}
