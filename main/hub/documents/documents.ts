/** The drafts of manifests: opened, kept, discarded, saved; and which files were edited lately. */
import { randomUUID } from 'node:crypto';
import { readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { ConpaasError } from '../../../remote/core/contract/errors.ts';
import { writeFileAtomic } from '../../../remote/core/files/index.ts';
import type { DocumentFacts, DocumentOrigin, OpenedDocument } from '../calls/documents.ts';
import { DamagedFileError, type SealedFiles } from './sealed-files.ts';

const Draft = z.object({
  version: z.literal(1),
  id: z.string(),
  name: z.string(),
  origin: z.discriminatedUnion('from', [
    z.object({ from: z.literal('text') }),
    z.object({ from: z.literal('ready_made') }),
    z.object({ from: z.literal('file'), path: z.string() }),
    z.object({ from: z.literal('application'), application: z.string(), director: z.string() }),
  ]),
  /** Where relative paths of the manifest start. */
  folder: z.string().optional(),
  base: z.string(),
  /** The text that was opened, saved or applied last. */
  settled: z.string(),
  text: z.string(),
  keptAt: z.number(),
});
type Draft = z.infer<typeof Draft>;

const Recent = z.object({ files: z.array(z.object({ path: z.string(), openedAt: z.number() })) });
const recentName = 'recent';
const recentKept = 12;
/** Documents that hold nothing new are forgotten after this time, ms. */
const unchangedKeptMs = 24 * 3_600_000;

/** A manifest is a small text; what is larger is something else. */
const largestManifest = 1_000_000;

/** What a new document is made of. */
export interface NewDocument {
  readonly name: string;
  readonly origin: Draft['origin'];
  readonly folder?: string | undefined;
  readonly text: string;
}

export class Documents {
  readonly #files: SealedFiles;
  readonly #discarded = new Map<string, Draft>();
  /** One change after the other: each reads what the one before has written. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(files: SealedFiles) {
    this.#files = files;
  }

  /** The draft of the same file or application, as it was left, or a new one. */
  open(document: NewDocument): Promise<OpenedDocument> {
    return this.#inTurn(async () => {
      const drafts = await this.#all();
      const there = drafts.find(({ origin }) => isSame(origin, document.origin));
      if (there) {
        if (there.text !== there.settled) return opened(there, true);
        // Nothing of the user's is in it: what is there now is what is wanted.
        const fresh = {
          ...there,
          name: document.name,
          base: document.text,
          settled: document.text,
          text: document.text,
        };
        return opened(await this.#write(fresh), false);
      }
      await this.#forgetUnchanged(drafts);
      const draft: Draft = {
        version: 1,
        id: randomUUID(),
        name: document.name,
        origin: document.origin,
        ...(document.folder === undefined ? {} : { folder: document.folder }),
        base: document.text,
        settled: document.text,
        text: document.text,
        keptAt: Date.now(),
      };
      return opened(await this.#write(draft), false);
    });
  }

  read(id: string): Promise<OpenedDocument> {
    return this.#inTurn(async () => {
      const draft = await this.#draft(id);
      return opened(draft, draft.text !== draft.settled);
    });
  }

  /** Those with something that was neither saved nor applied, the newest first. */
  async list(): Promise<readonly DocumentFacts[]> {
    // What is being kept at this moment is among them.
    const drafts = await this.#inTurn(() => this.#all());
    return drafts
      .filter(({ text, settled }) => text !== settled)
      .sort((a, b) => b.keptAt - a.keptAt)
      .map(factsOf);
  }

  keep(
    id: string,
    change: { text: string; base?: string | undefined; settled?: boolean | undefined },
  ): Promise<DocumentFacts> {
    return this.#change(id, (draft) => ({
      ...draft,
      text: change.text,
      base: change.base ?? draft.base,
      settled: change.settled ? change.text : draft.settled,
    }));
  }

  discard(id: string): Promise<void> {
    return this.#inTurn(async () => {
      this.#discarded.set(id, await this.#draft(id));
      await this.#files.remove(id);
    });
  }

  restore(id: string): Promise<DocumentFacts> {
    return this.#inTurn(async () => {
      const draft = this.#discarded.get(id);
      if (!draft) throw new ConpaasError('not_found', 'This draft was discarded too long ago.');
      this.#discarded.delete(id);
      return factsOf(await this.#write(draft));
    });
  }

  /** What relative paths of a document start from. */
  async folder(id: string): Promise<string | undefined> {
    return (await this.#draft(id)).folder;
  }

  async origin(id: string): Promise<Draft['origin']> {
    return (await this.#draft(id)).origin;
  }

  /**
   * The manifest of an application is planned and applied at that application's director only.
   * @param director id of the one that is asked
   * @throws ConpaasError conflict
   */
  async refuseElsewhere(id: string, director: string): Promise<void> {
    const { origin, name } = await this.#draft(id);
    if (origin.from === 'application' && origin.director !== director)
      throw new ConpaasError(
        'conflict',
        `${name} runs at another director than the one that is shown. Choose that one.`,
      );
  }

  /**
   * Writes a document's text to its file, or to another one, which is its file from now on.
   * @throws ConpaasError conflict: the file was changed by another program since it was read; invalid_request: it has none
   */
  save(id: string, text: string, options: { file?: string | undefined; overwrite: boolean }): Promise<OpenedDocument> {
    return this.#inTurn(async () => {
      const draft = await this.#draft(id);
      const own = draft.origin.from === 'file' ? draft.origin.path : undefined;
      const file = options.file ?? own;
      if (file === undefined) throw new ConpaasError('invalid_request', 'This manifest has no file yet. Choose one.');
      // In the dialog the user has said already that another file may be replaced.
      if (file === own && !options.overwrite) {
        const present = await readManifestFile(file).catch(() => undefined);
        if (present !== undefined && present !== draft.base)
          throw new ConpaasError('conflict', `${path.basename(file)} was changed by another program meanwhile.`);
      }
      await writeUserFile(file, text);
      await this.#noteRecent(file);
      const saved: Draft = {
        ...draft,
        name: path.basename(file),
        origin: { from: 'file', path: file },
        folder: file === own ? (draft.folder ?? path.dirname(file)) : path.dirname(file),
        base: text,
        settled: text,
        text,
      };
      return opened(await this.#write(saved), false);
    });
  }

  /** Paths of files edited lately, the newest first. They leave the hub as tickets only. */
  async recent(): Promise<readonly { readonly path: string; readonly openedAt: number }[]> {
    return (await this.#files.read(recentName, Recent))?.files ?? [];
  }

  noteRecent(file: string): Promise<void> {
    return this.#inTurn(() => this.#noteRecent(file));
  }

  forgetRecent(): Promise<void> {
    return this.#inTurn(() => this.#files.remove(recentName));
  }

  async #noteRecent(file: string): Promise<void> {
    const others = (await this.recent()).filter((entry) => entry.path !== file);
    const files = [{ path: file, openedAt: Date.now() }, ...others].slice(0, recentKept);
    await this.#files.write(recentName, Recent, { files });
  }

  async #all(): Promise<Draft[]> {
    const names = (await this.#files.list()).filter((name) => name !== recentName);
    const drafts = await Promise.all(
      names.map((name) =>
        this.#files.read(name, Draft).catch((error: unknown) => {
          // The others are not lost with it. It stays where it is, and says so to whoever opens it by its id.
          if (error instanceof DamagedFileError) return undefined;
          throw error;
        }),
      ),
    );
    return drafts.filter((draft) => draft !== undefined);
  }

  async #draft(id: string): Promise<Draft> {
    const draft = await this.#files.read(id, Draft);
    if (!draft) throw new ConpaasError('not_found', 'This draft is not there any more. It was discarded.');
    return draft;
  }

  #change(id: string, change: (draft: Draft) => Draft): Promise<DocumentFacts> {
    return this.#inTurn(async () => factsOf(await this.#write(change(await this.#draft(id)))));
  }

  async #write(draft: Draft): Promise<Draft> {
    const kept = { ...draft, keptAt: Date.now() };
    await this.#files.write(draft.id, Draft, kept);
    return kept;
  }

  async #forgetUnchanged(drafts: readonly Draft[]): Promise<void> {
    const oldest = Date.now() - unchangedKeptMs;
    for (const { id, text, settled, keptAt } of drafts)
      if (text === settled && keptAt < oldest) await this.#files.remove(id);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work, work);
    this.#last = result.catch(() => undefined);
    return result;
  }
}

/** The text of a manifest's file. @throws ConpaasError not_found, too_large */
export async function readManifestFile(file: string): Promise<string> {
  const content = await readFile(file).catch(() => {
    throw new ConpaasError('not_found', `${path.basename(file)} cannot be read. Is it a file that you may read?`);
  });
  if (content.length > largestManifest) {
    throw new ConpaasError(
      'too_large',
      `${path.basename(file)} is too large to be a manifest (${Math.round(content.length / 1e6)} MB).`,
    );
  }
  return content.toString('utf8');
}

/** Whole or not at all, behind a symbolic link too, with the rights it had. */
async function writeUserFile(file: string, text: string): Promise<void> {
  const target = await realpath(file).catch(() => file);
  const present = await stat(target).catch(() => undefined);
  await writeFileAtomic(target, text, present ? present.mode & 0o777 : 0o644);
}

/** Only a file and an application have one draft each; texts and ready-made ones may be begun several times. */
function isSame(a: Draft['origin'], b: Draft['origin']): boolean {
  if (a.from === 'file') return b.from === 'file' && a.path === b.path;
  if (a.from !== 'application' || b.from !== 'application') return false;
  return a.application === b.application && a.director === b.director;
}

function factsOf({ id, name, origin, text, settled, keptAt }: Draft): DocumentFacts {
  return { id, name, origin: shownOrigin(origin), changed: text !== settled, keptAt };
}

function shownOrigin(origin: Draft['origin']): DocumentOrigin {
  return origin.from === 'file' ? { from: 'file', folder: path.basename(path.dirname(origin.path)) } : origin;
}

function opened(draft: Draft, restored: boolean): OpenedDocument {
  return { ...factsOf(draft), text: draft.text, base: draft.base, restored };
}
