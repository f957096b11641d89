/** What a director keeps: its journal, as tables, and typed access to them. */
import type { DatabaseSync } from 'node:sqlite';
import type { VmInfo } from '../core/contract/application.ts';
import type { FurtherCloud } from '../core/contract/further-clouds.ts';
import type { ApplicationId, VmId } from '../core/contract/ids.ts';
import type { HostVolume } from '../core/contract/machine-host.ts';
import type { Program } from '../core/contract/release.ts';
import type { VolumeInfo } from '../core/contract/volumes.ts';
import type { TokenRecord } from '../core/identity/index.ts';
import { operationsTable } from '../core/operations/index.ts';
import type { MemberRole, Told } from './upgrade/index.ts';

export const migrations = [
  `${operationsTable};
   CREATE TABLE application (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, record TEXT NOT NULL) STRICT;
   CREATE TABLE vm (id TEXT PRIMARY KEY, application TEXT, slot TEXT NOT NULL, record TEXT NOT NULL, UNIQUE (application, slot)) STRICT;
   CREATE TABLE token (hash TEXT PRIMARY KEY, vm TEXT NOT NULL, record TEXT NOT NULL) STRICT;
   CREATE TABLE state (application TEXT PRIMARY KEY, epoch INTEGER NOT NULL, n INTEGER NOT NULL, document TEXT NOT NULL) STRICT;
   CREATE TABLE secret (application TEXT NOT NULL, name TEXT NOT NULL, sealed BLOB NOT NULL, updated REAL NOT NULL, PRIMARY KEY (application, name)) STRICT;
   CREATE TABLE user (name TEXT PRIMARY KEY, owner INTEGER NOT NULL, created REAL NOT NULL) STRICT;
   CREATE TABLE revoked (serial TEXT PRIMARY KEY, at REAL NOT NULL) STRICT;
   CREATE TABLE remote_operation (id TEXT PRIMARY KEY, application TEXT NOT NULL, started REAL NOT NULL, record TEXT NOT NULL) STRICT`,
  `CREATE TABLE certificate (serial TEXT PRIMARY KEY, identity TEXT NOT NULL, key TEXT NOT NULL, device TEXT, pem TEXT NOT NULL,
     not_before REAL NOT NULL, not_after REAL NOT NULL, at REAL NOT NULL) STRICT`,
  `CREATE TABLE history (application TEXT NOT NULL, version INTEGER NOT NULL, entry TEXT NOT NULL, document TEXT NOT NULL, blobs TEXT NOT NULL, PRIMARY KEY (application, version)) STRICT;
   CREATE TABLE history_number (application TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT;
   ALTER TABLE state ADD COLUMN outline TEXT`,
  `CREATE TABLE volume (name TEXT PRIMARY KEY, application TEXT NOT NULL, record TEXT NOT NULL) STRICT`,
  `CREATE TABLE cloud (name TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT`,
];

/** From that schema on migrations only add: what a version back can work with (core/journal). */
export const compatibleFrom = 3;

export interface ApplicationRecord {
  readonly id: ApplicationId;
  name: string;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly cloud: string;
  /** Epoch of the newest manager; lower ones are refused. */
  epoch: number;
  /** Whether the user wants it deleted: nothing starts any more. */
  deleting: boolean;
}

export interface VmRecord extends VmInfo {
  /** The driver's id of it, once the cloud has taken the request. */
  cloudId?: string | undefined;
  operation: string;
  /** Epochs of the managers on it; empty: none. */
  managers: number[];
  /** Where the manager of that epoch serves. */
  managerPorts: Record<string, number>;
  /** What its processes should run, and what they ran before; absent: what its host was made with. */
  programs?: { readonly [Name in MemberRole | `${MemberRole}Before`]?: Program | undefined };
  /** What they told last that they run. */
  told?: { readonly [Role in MemberRole]?: Told | undefined };
}

export interface VolumeRecord extends VolumeInfo {
  /** The cloud's id of it, once it was made. */
  cloudId?: string | undefined;
  zone?: string | undefined;
  /** Of the machine that it was last attached to. */
  slot?: string | undefined;
  operation: string;
  /** How the host of its machine finds it; absent: the cloud has told it. */
  host?: HostVolume | undefined;
}

const rows = <T>(database: DatabaseSync, sql: string): T[] =>
  database
    .prepare(sql)
    .all()
    .map((row) => JSON.parse(row['record'] as string) as T);

export const loadApplications = (database: DatabaseSync): ApplicationRecord[] =>
  rows(database, 'SELECT record FROM application');

export const loadVms = (database: DatabaseSync): VmRecord[] => rows(database, 'SELECT record FROM vm');

export function saveApplication(database: DatabaseSync, record: ApplicationRecord): void {
  database
    .prepare(
      'INSERT INTO application (id, name, record) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET name = excluded.name, record = excluded.record',
    )
    .run(record.id, record.name, JSON.stringify(record));
}

export function saveVm(database: DatabaseSync, record: VmRecord): void {
  database
    .prepare(
      'INSERT INTO vm (id, application, slot, record) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET record = excluded.record',
    )
    .run(record.id, record.application ?? null, record.slot ?? record.id, JSON.stringify(record));
}

export const loadClouds = (database: DatabaseSync): FurtherCloud[] => rows(database, 'SELECT record FROM cloud');

export function saveCloud(database: DatabaseSync, record: FurtherCloud): void {
  database
    .prepare('INSERT INTO cloud (name, record) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET record = excluded.record')
    .run(record.name, JSON.stringify(record));
}

export function deleteCloud(database: DatabaseSync, name: string): void {
  database.prepare('DELETE FROM cloud WHERE name = ?').run(name);
}

export const loadVolumes = (database: DatabaseSync): VolumeRecord[] => rows(database, 'SELECT record FROM volume');

export function saveVolume(database: DatabaseSync, record: VolumeRecord): void {
  database
    .prepare(
      'INSERT INTO volume (name, application, record) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET record = excluded.record',
    )
    .run(record.name, record.application, JSON.stringify(record));
}

export function deleteVolume(database: DatabaseSync, name: string): void {
  database.prepare('DELETE FROM volume WHERE name = ?').run(name);
}

export function deleteVm(database: DatabaseSync, id: VmId): void {
  database.prepare('DELETE FROM vm WHERE id = ?').run(id);
  database.prepare('DELETE FROM token WHERE vm = ?').run(id);
}

/** Forgets an application wholly; its blobs are collected later. */
export function deleteApplication(database: DatabaseSync, id: ApplicationId): void {
  for (const table of ['state', 'secret', 'remote_operation', 'history', 'history_number'])
    database.prepare(`DELETE FROM ${table} WHERE application = ?`).run(id);
  database.prepare('DELETE FROM application WHERE id = ?').run(id);
}

export function findToken(database: DatabaseSync, hash: string): TokenRecord | undefined {
  const row = database.prepare('SELECT record FROM token WHERE hash = ?').get(hash);
  return row ? (JSON.parse(row['record'] as string) as TokenRecord) : undefined;
}

export function saveToken(database: DatabaseSync, hash: string, vm: VmId, record: TokenRecord): void {
  database
    .prepare(
      'INSERT INTO token (hash, vm, record) VALUES (?, ?, ?) ON CONFLICT (hash) DO UPDATE SET record = excluded.record',
    )
    .run(hash, vm, JSON.stringify(record));
}
