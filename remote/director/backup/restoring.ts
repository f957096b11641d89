/**
 * A director that is made from a backup. Until its owner's desktop has brought the whole of it and said so, it serves
 * nothing else, and nobody else; it has no journal and does nothing at its cloud. Cut short anywhere it begins again, with
 * what has come so far. From `restored.json` on it is the director.
 */
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { backupFiles, restoreMethods } from '../../core/contract/backup.ts';
import { ConpaasError } from '../../core/contract/errors.ts';
import { BlobHash, type DeploymentId } from '../../core/contract/ids.ts';
import type { UploadedFile } from '../../core/contract/method.ts';
import { syncDirectory, writeFileAtomic } from '../../core/files/index.ts';
import { authorize, type DirectorBootstrap, identifyPeer, splitPem } from '../../core/identity/index.ts';
import { type Journal, openJournal } from '../../core/journal/index.ts';
import { serve } from '../../core/rpc/index.ts';
import { BlobStore } from '../blobs.ts';
import { History } from '../history.ts';
import type { OwnAuthority } from '../own-authority.ts';
import { StateStore } from '../states.ts';
import { compatibleFrom, migrations } from '../store.ts';
import { readingHandlers } from './handlers.ts';

const Restored = z.object({
  backup: z.string(),
  /** When the backup was taken, and when it was restored, milliseconds since the epoch. */
  createdAt: z.number(),
  at: z.number(),
  /** Applications whose managers have told what the backup does not know. */
  confirmed: z.array(z.string()),
});
export type Restored = z.infer<typeof Restored>;

const restoredFile = (home: string): string => path.join(home, 'restored.json');

/** What this director was made from; undefined: from nothing. */
export async function readRestored(home: string): Promise<Restored | undefined> {
  if (!existsSync(restoredFile(home))) return undefined;
  return Restored.parse(JSON.parse(await readFile(restoredFile(home), 'utf8')));
}

/** Whose managers have told what the backup does not know: later, we know more than they. */
export class ConfirmedManagers {
  readonly #home: string;
  #restored: Restored;
  #last: Promise<void> = Promise.resolve();

  constructor(home: string, restored: Restored) {
    this.#home = home;
    this.#restored = restored;
  }

  isConfirmed(application: string): boolean {
    return this.#restored.confirmed.includes(application);
  }

  /** Durable when resolved. */
  confirm(application: string): Promise<void> {
    if (this.isConfirmed(application)) return this.#last;
    this.#restored = { ...this.#restored, confirmed: [...this.#restored.confirmed, application] };
    this.#last = this.#last.then(() => writeFileAtomic(restoredFile(this.#home), JSON.stringify(this.#restored)));
    return this.#last;
  }
}

export interface RestoringOptions {
  readonly home: string;
  readonly bootstrap: DirectorBootstrap;
  readonly authority: OwnAuthority;
  readonly product: string;
  readonly signal: AbortSignal;
  log(line: string): void;
}

/** Serves until the restoration is finished. Writes `director.json` as a director does. */
export async function serveRestoration(options: RestoringOptions): Promise<void> {
  const { home, bootstrap, authority, signal, log } = options;
  const { deployment } = bootstrap;
  const finished = Promise.withResolvers<void>();
  const onAbort = (): void => finished.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  using _listening = { [Symbol.dispose]: () => signal.removeEventListener('abort', onAbort) };
  await using server = await serve({
    role: 'director',
    product: options.product,
    table: restoreMethods,
    handlers: restorationHandlers({ home, authority, finished: finished.resolve, log }),
    listen: { host: bootstrap.address, port: bootstrap.port, fallback: true },
    tls: { credentials: authority.credentials() },
    identify: (peer) => ownerAt(deployment, bootstrap.owner, peer),
    authorize: (request) => authorize({ role: 'director', deployment }, request),
    spool: path.join(home, 'spool'),
    log,
  });
  const address = { host: bootstrap.address, port: server.port };
  await writeFileAtomic(path.join(home, 'director.json'), JSON.stringify(address));
  log(`waiting for a backup on ${bootstrap.address}:${server.port}`);
  await finished.promise;
}

/** The owner's own desktop: the root itself has signed for it. Who was revoked since then is not known here yet. */
function ownerAt(deployment: DeploymentId, owner: string, peer: { chain: readonly string[]; authorized: boolean }) {
  const identity = identifyPeer({ ...peer, deployment, revoked: new Set() });
  return identity?.kind === 'user' && identity.name === owner && peer.chain.length === 1 ? identity : undefined;
}

interface Parts {
  readonly home: string;
  readonly authority: Pick<OwnAuthority, 'intermediates'>;
  finished(): void;
  log(line: string): void;
  readonly now?: () => number;
}

/** Files wait in `restore/` until all are there; blobs go where they belong. */
export function restorationHandlers({ home, authority, finished, log, now = Date.now }: Parts) {
  const staging = path.join(home, 'restore');
  const staged = (name: string): string => path.join(staging, name);
  const blobs = new BlobStore(path.join(home, 'blobs'));

  async function check(): Promise<{ missing: BlobHash[] }> {
    for (const name of ['director.db', 'secrets.key', 'intermediates.pem']) {
      if (existsSync(staged(name))) continue;
      throw new ConpaasError('conflict', `The backup has no ${name}: no director can be made of it.`);
    }
    using journal = openStaged(staged('director.db'));
    const { integrity_check: whole } = journal.read((db) => db.prepare('PRAGMA integrity_check').get()) ?? {};
    if (whole !== 'ok') throw new ConpaasError('checksum_mismatch', `The journal of the backup is damaged: ${whole}.`);
    const referred = new StateStore(journal).blobs().union(new History(journal).blobs());
    const here = new Set((await blobs.sizes(referred)).map(({ sha256 }) => sha256));
    return { missing: [...referred].filter((hash) => !here.has(hash)).map((hash) => BlobHash.parse(hash)) };
  }

  return {
    ...readingHandlers(home),
    restore_file: async ({ name }: { name: keyof typeof backupFiles }, body: UploadedFile) => {
      await mkdir(staging, { recursive: true, mode: 0o700 });
      // What SQLite has left beside one that came before belongs to that.
      for (const beside of ['-wal', '-shm']) await rm(`${staged(name)}${beside}`, { force: true });
      await place(body.path, staged(name));
      return {};
    },
    restore_blob: async (_params: object, body: UploadedFile) => {
      await blobs.add(body);
      return {};
    },
    check_restored: check,
    finish_restore: async ({ backup, createdAt }: { backup: string; createdAt: number }) => {
      await check();
      // Ours is the newest; what the others have issued may be renewed by us.
      const before = splitPem(await readFile(staged('intermediates.pem'), 'utf8'));
      const known = authority.intermediates().map((pem) => pem.trim());
      const all = [...known, ...before.map((pem) => pem.trim()).filter((pem) => !known.includes(pem))];
      await writeFileAtomic(staged('intermediates.pem'), `${all.join('\n')}\n`);
      for (const [name, to] of Object.entries(backupFiles)) {
        if (existsSync(staged(name))) await rename(staged(name), path.join(home, to));
      }
      for (const directory of [home, path.join(home, 'identity')]) await syncDirectory(directory);
      const restored: Restored = { backup, createdAt, at: now(), confirmed: [] };
      await writeFileAtomic(restoredFile(home), JSON.stringify(restored));
      await rm(staging, { recursive: true, force: true });
      log(`restored from ${backup}, which was taken at ${new Date(createdAt).toISOString()}`);
      setImmediate(finished);
      return {};
    },
  };
}

/** Brought to the schema of this program. @throws ConpaasError invalid_request: it is of a newer one */
function openStaged(file: string): Journal {
  try {
    return openJournal({ path: file, name: 'restored', migrations, compatibleFrom });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    if (/newer version/.test(why)) {
      throw new ConpaasError(
        'invalid_request',
        'This backup was taken from a newer version of ConPaaS. Restore it with that version, or a newer one.',
      );
    }
    throw new ConpaasError('checksum_mismatch', `The journal of the backup cannot be opened: ${why}.`);
  }
}

/** Moves a file that its server deletes afterwards. */
async function place(from: string, to: string): Promise<void> {
  await rename(from, to).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EXDEV') throw error;
    await copyFile(from, to);
  });
}
