/** What an agent must not forget: its nodes, the newest manager it has seen, revoked certificates, ports, users. */
import { NodeAssignment } from '../core/contract/agent.ts';
import { type Journal, openJournal } from '../core/journal/index.ts';

const migrations = [
  `CREATE TABLE node (id TEXT PRIMARY KEY, assignment TEXT NOT NULL) STRICT;
   CREATE TABLE port (node TEXT NOT NULL, name TEXT NOT NULL, port INTEGER NOT NULL, PRIMARY KEY (node, name)) STRICT;
   CREATE TABLE role_user (role TEXT PRIMARY KEY, uid INTEGER NOT NULL) STRICT;
   CREATE TABLE revoked (serial TEXT PRIMARY KEY) STRICT;
   CREATE TABLE epoch (newest INTEGER NOT NULL) STRICT;
   INSERT INTO epoch (newest) VALUES (0);`,
];

/** From that schema on migrations only add: what a version back can work with (core/journal). */
const compatibleFrom = 1;

export interface Store extends Disposable {
  assignments(): NodeAssignment[];
  /** Replaces all assignments but those to keep; ports of nodes that go are forgotten. Durable when resolved. */
  assign(nodes: readonly NodeAssignment[], keep: readonly string[]): Promise<void>;
  ports(): { node: string; name: string; port: number }[];
  setPort(node: string, name: string, port: number): Promise<void>;
  uid(role: string): number | undefined;
  setUid(role: string, uid: number): Promise<void>;
  epoch(): number;
  /** Keeps the higher of the two. */
  raiseEpoch(epoch: number): Promise<void>;
  revoked(): string[];
  setRevoked(serials: readonly string[]): Promise<void>;
}

/** Opens (or makes) the journal of an agent. */
export function openStore(path: string): Store {
  const journal: Journal = openJournal({ path, name: 'agent', migrations, compatibleFrom });
  const rows = (sql: string, ...values: string[]) => journal.read((database) => database.prepare(sql).all(...values));
  const write = (sql: string, ...values: (string | number)[]) =>
    journal.write((database) => void database.prepare(sql).run(...values));
  return {
    assignments: () =>
      rows('SELECT assignment FROM node ORDER BY id').map((row) =>
        NodeAssignment.parse(JSON.parse(String(row['assignment']))),
      ),
    assign: (nodes, keep) =>
      journal.write((database) => {
        const staying = JSON.stringify([...nodes.map(({ node }) => node), ...keep]);
        const gone = 'NOT IN (SELECT value FROM json_each(?))';
        database.prepare(`DELETE FROM node WHERE id ${gone}`).run(staying);
        database.prepare(`DELETE FROM port WHERE node ${gone}`).run(staying);
        const put = database.prepare(
          'INSERT INTO node (id, assignment) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET assignment = excluded.assignment',
        );
        for (const node of nodes) put.run(node.node, JSON.stringify(node));
      }),
    ports: () =>
      rows('SELECT node, name, port FROM port').map((row) => ({
        node: String(row['node']),
        name: String(row['name']),
        port: Number(row['port']),
      })),
    setPort: (node, name, port) =>
      write('INSERT OR REPLACE INTO port (node, name, port) VALUES (?, ?, ?)', node, name, port),
    uid: (role) => rows('SELECT uid FROM role_user WHERE role = ?', role).map((row) => Number(row['uid']))[0],
    setUid: (role, uid) => write('INSERT OR REPLACE INTO role_user (role, uid) VALUES (?, ?)', role, uid),
    epoch: () => Number(rows('SELECT newest FROM epoch')[0]?.['newest'] ?? 0),
    raiseEpoch: (epoch) => write('UPDATE epoch SET newest = max(newest, ?)', epoch),
    revoked: () => rows('SELECT serial FROM revoked').map((row) => String(row['serial'])),
    setRevoked: (serials) =>
      journal.write((database) => {
        database.exec('DELETE FROM revoked');
        const put = database.prepare('INSERT OR IGNORE INTO revoked (serial) VALUES (?)');
        for (const serial of serials) put.run(serial);
      }),
    [Symbol.dispose]: () => journal[Symbol.dispose](),
  };
}
