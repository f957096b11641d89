/** What is on record of a move, in `moves/<id>/` of the data directory: enough to go on with it, or to take it back. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { ConpaasError } from '../../remote/core/contract/errors.ts';
import { ApplicationId, DeploymentId, OperationId } from '../../remote/core/contract/ids.ts';
import { crashPoint } from '../../remote/core/files/index.ts';
import { readJson, writeJson } from '../store/index.ts';

/** Names of crash points: each line of the journal and each change of a record is two of them. */
export const crashPoints = 'move';

export const MoveRecord = z.object({
  version: z.literal(1),
  /** Also of the operation that is shown. */
  id: OperationId,
  /** What the user calls the application. */
  name: z.string(),
  from: z.object({
    deployment: DeploymentId,
    /** Name of its cloud, where it goes to another one of the same director. */
    cloud: z.string().optional(),
    application: ApplicationId,
  }),
  to: z.object({
    deployment: DeploymentId,
    /** Name of another cloud of the same director. */
    cloud: z.string().optional(),
    /** What the new application is called until it counts. */
    name: z.string(),
    application: ApplicationId.optional(),
  }),
  /** Of the director it goes to: asked for again, the application is made once. */
  createOperation: OperationId,
  /**
   * moving: the old application counts. switched: the new one does; the old one is kept, read only, until somebody has
   * confirmed that all is well. removing: that was confirmed. undoing: the new one goes, the old one counts.
   */
  state: z.enum(['moving', 'switched', 'removing', 'undoing']),
  /** By which the databases of the old application are frozen, or were. */
  hold: z.string(),
  /** Whether the new application has all data, as it has been since the freeze. */
  loaded: z.boolean(),
  startedAt: z.number(),
  /** When the databases were frozen for the copy that counts, and when the new application took over. */
  frozenAt: z.number().optional(),
  switchedAt: z.number().optional(),
  /** Of the new application. */
  address: z.string().optional(),
});
export type MoveRecord = z.infer<typeof MoveRecord>;

export interface MoveStore {
  list(): Promise<readonly MoveRecord[]>;
  /** @throws ConpaasError not_found */
  get(id: OperationId): Promise<MoveRecord>;
  put(record: MoveRecord): Promise<MoveRecord>;
  /** Durable. */
  update(id: OperationId, change: Partial<Omit<MoveRecord, 'id'>>): Promise<MoveRecord>;
  /** Removes directories without a record, which a crash has left; nobody may be putting a new one meanwhile. */
  sweep(): Promise<void>;
  /** With all that lies beside it. */
  remove(id: OperationId): Promise<void>;
  /** Its directory: journal, and the file that is being carried. */
  directory(id: OperationId): string;
}

export function openMoveStore(dataDirectory: string): MoveStore {
  const all = path.join(dataDirectory, 'moves');
  const directory = (id: OperationId): string => path.join(all, id);
  const file = (id: OperationId): string => path.join(directory(id), 'move.json');
  const present = (): Promise<string[]> =>
    readdir(all).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
  const store: MoveStore = {
    directory,
    async list() {
      const names = await present();
      const records = await Promise.all(names.map((name) => readJson(path.join(all, name, 'move.json'), MoveRecord)));
      return records.filter((record) => record !== undefined).sort((a, b) => a.startedAt - b.startedAt);
    },
    async get(id) {
      const found = await readJson(file(id), MoveRecord);
      if (found) return found;
      throw new ConpaasError('not_found', 'This move has ended: it was finished, or taken back.');
    },
    async put(record) {
      await mkdir(directory(record.id), { recursive: true, mode: 0o700 });
      crashPoint(crashPoints, 'before');
      await writeJson(file(record.id), MoveRecord, record);
      crashPoint(crashPoints, 'after');
      return record;
    },
    update: async (id, change) => store.put({ ...(await store.get(id)), ...change }),
    async sweep() {
      for (const name of await present()) {
        const directory = path.join(all, name);
        if (!existsSync(path.join(directory, 'move.json'))) await rm(directory, { recursive: true, force: true });
      }
    },
    async remove(id) {
      // The record goes first: a directory without one is nobody's, and swept.
      await rm(file(id), { force: true });
      await rm(directory(id), { recursive: true, force: true });
    },
  };
  return store;
}
