/**
 * Dumps in and out. MariaDB cannot take back what a dump does (CREATE and DROP commit at once), so before one is loaded
 * all databases are copied, and a load that fails, for whatever reason, a crash of the machine included, is followed by
 * putting that copy back. A dump may use databases of its own, views, routines and triggers; those come back too.
 */
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGunzip, createGzip } from 'node:zlib';
import { ConpaasError } from '../../../core/contract/errors.ts';
import type { DownloadBody } from '../../../core/contract/method.ts';
import { removeDurably, syncDirectory } from '../../../core/files/index.ts';
import type { NodeContext } from '../../../core/service/agent.ts';
import { systemDatabases } from '../names.ts';
import type { MysqlNodeConfiguration } from '../node-configuration.ts';
import type { ClientResult, Clients } from './clients.ts';
import { engineFailure, saysDiskFull } from './failure.ts';
import type { Layout } from './layout.ts';
import { grantStatements, quoteName, quoteString } from './sql.ts';

export interface Dumps {
  /**
   * Loads a file into the database; names of the databases there are then. Throws when they were put back.
   * @param regain makes the server obey us again, whatever the dump has done to its accounts
   */
  load(
    dump: { readonly path: string; readonly name: string },
    configuration: MysqlNodeConfiguration,
    regain: () => Promise<void>,
    signal: AbortSignal,
  ): Promise<readonly string[]>;
  /** Puts back the copy of a load that was cut off, if there is one. */
  repair(signal: AbortSignal): Promise<void>;
  /** All data as SQL, without the name of `database` where that is all there is, so that it can be loaded elsewhere. */
  dump(database: string, gzip: boolean, signal: AbortSignal): Promise<DownloadBody>;
}

const dumpOptions = ['--single-transaction', '--routines', '--events', '--triggers', '--hex-blob'];
/** A copy must be put back even when the caller has gone. */
const repairMs = 6 * 3_600_000;

export function createDumps(context: NodeContext, layout: Layout, clients: Clients): Dumps {
  async function databases(signal: AbortSignal): Promise<{ name: string; objects: number }[]> {
    const system = systemDatabases.map(quoteString).join(', ');
    const result = await clients.query(
      `SELECT JSON_ARRAYAGG(JSON_OBJECT('name', s.schema_name, 'objects',
        (SELECT COUNT(*) FROM information_schema.tables t WHERE t.table_schema = s.schema_name)
        + (SELECT COUNT(*) FROM information_schema.routines r WHERE r.routine_schema = s.schema_name)))
        FROM information_schema.schemata s WHERE s.schema_name NOT IN (${system});`,
      signal,
    );
    const text = result.lines.at(-1) ?? '';
    if (result.code !== 0) throw engineFailure('The databases could not be listed', result.lines);
    const found = text === 'NULL' ? [] : (JSON.parse(text) as { name: string; objects: number }[]);
    return found.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async function makeSafetyCopy(names: readonly string[], signal: AbortSignal): Promise<void> {
    const part = `${layout.safetyCopy}.part`;
    try {
      const output = await clients.dump([...dumpOptions, '--databases', ...names], signal);
      await pipeline(output, createGzip({ level: constants.Z_BEST_SPEED }), createWriteStream(part, { mode: 0o600 }), {
        signal,
      });
      const file = await open(part, 'r');
      await file.sync().finally(() => file.close());
      await rename(part, layout.safetyCopy);
      await syncDirectory(layout.etc);
    } catch (error) {
      await rm(part, { force: true });
      throw error;
    }
  }

  async function repair(signal: AbortSignal): Promise<void> {
    if (!existsSync(layout.safetyCopy)) return;
    context.log('putting the databases back as they were before the dump');
    const drops = (await databases(signal)).map(({ name }) => `DROP DATABASE ${quoteName(name)};\n`);
    const dropped = await clients.query(`SET foreign_key_checks = 0;\n${drops.join('')}`, signal);
    if (dropped.code !== 0) throw engineFailure('What a failed dump left could not be removed', dropped.lines);
    const copy = createReadStream(layout.safetyCopy).pipe(createGunzip());
    const restored = await clients.load(copy, undefined, signal);
    if (restored.code !== 0) {
      throw engineFailure(
        'The data could not be put back after a failed dump; its copy is kept and tried again at the next start',
        restored.lines,
      );
    }
    await removeDurably(layout.safetyCopy);
  }

  return {
    repair,
    async load({ path, name }, configuration, regain, signal) {
      const sql = await openDump(path, name);
      try {
        await makeSafetyCopy(
          (await databases(signal)).map((one) => one.name),
          signal,
        );
      } catch (error) {
        sql.destroy();
        throw error;
      }
      try {
        const result = await clients.load(sql, configuration.database, signal);
        if (result.code !== 0) throw loadFailure(name, result);
        await removeDurably(layout.safetyCopy);
      } catch (error) {
        await regain();
        await repair(AbortSignal.timeout(repairMs));
        throw isZlibError(error) ? damaged(name) : error;
      }
      await regain();
      const names = (await databases(signal)).map((one) => one.name);
      const granted = await clients.query(grantStatements(configuration, names), signal);
      if (granted.code !== 0) throw engineFailure('The user could not be given the new databases', granted.lines);
      return names;
    },
    async dump(database, gzip, signal) {
      const others = (await databases(signal)).filter((one) => one.name !== database && one.objects > 0);
      const which = others.length === 0 ? [database] : ['--databases', database, ...others.map(({ name }) => name)];
      const output = await clients.dump([...dumpOptions, ...which], signal);
      const name = `${database}.sql`;
      if (!gzip) return { stream: output, name };
      const packed = createGzip();
      // The consumer sees a failure as the error of `packed`.
      pipeline(output, packed).catch((error: Error) => packed.destroy(error));
      return { stream: packed, name: `${name}.gz` };
    },
  };
}

/** First bytes of zip, bzip2, xz, 7z, zstd, JPEG and PNG. */
const otherFormats = ['PK\x03\x04', 'BZh', '\xfd7zXZ', '7z\xbc\xaf', '\x28\xb5\x2f\xfd', '\xff\xd8\xff', '\x89PNG'];

/** The SQL of a dump file, unpacked on the way. What it is, its first bytes tell, not its name. */
async function openDump(path: string, name: string): Promise<Readable> {
  const file = await open(path, 'r');
  const { buffer, bytesRead } = await file.read(Buffer.alloc(8), 0, 8, 0).finally(() => file.close());
  const start = buffer.subarray(0, bytesRead).toString('latin1');
  if (bytesRead === 0) throw new ConpaasError('invalid_request', `${name} is empty; a dump is a .sql or .sql.gz file.`);
  const stream = createReadStream(path);
  if (start.startsWith('\x1f\x8b')) {
    const unpacked = createGunzip();
    pipeline(stream, unpacked).catch((error: Error) => unpacked.destroy(error));
    return unpacked;
  }
  if (otherFormats.some((magic) => start.startsWith(magic)) || start.includes('\0')) {
    stream.destroy();
    throw new ConpaasError(
      'invalid_request',
      `${name} is not a dump: upload SQL as text (.sql) or packed by gzip (.sql.gz).`,
    );
  }
  return stream;
}

function loadFailure(name: string, { lines }: ClientResult): ConpaasError {
  if (saysDiskFull(lines)) return engineFailure(`${name} was not loaded`, lines);
  const error = lines.findLast((line) => line.startsWith('ERROR'));
  return new ConpaasError(
    'invalid_request',
    `${name} was not loaded, and the data is as it was before. MariaDB says: ${error ?? 'nothing'}`,
    { log: lines },
  );
}

function isZlibError(error: unknown): boolean {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === 'string' && (code.startsWith('Z_') || code === 'ERR_STREAM_PREMATURE_CLOSE');
}

function damaged(name: string): ConpaasError {
  return new ConpaasError(
    'invalid_request',
    `${name} was not loaded, and the data is as it was before: the file is damaged (its gzip data cannot be unpacked).`,
  );
}
