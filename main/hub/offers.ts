/** Files that the user handed in by dropping or choosing them. A page holds tickets; only the hub knows paths. */
import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { ConpaasError } from '../../remote/core/contract/errors.ts';
import type { Offer } from './protocol.ts';

/** Tickets kept; the oldest goes first. */
const kept = 200;

export class Offers {
  readonly #paths = new Map<string, string>();
  /** Files to be written. */
  readonly #targets = new Map<string, string>();

  /** Tickets for what exists of `paths`. */
  async add(paths: readonly string[]): Promise<readonly Offer[]> {
    const offers: Offer[] = [];
    for (const file of paths) {
      const about = await stat(file).catch(() => undefined);
      if (!about || !(about.isFile() || about.isDirectory())) continue;
      const ticket = randomUUID();
      this.#paths.set(ticket, file);
      offers.push({
        ticket,
        name: path.basename(file),
        kind: about.isDirectory() ? 'folder' : 'file',
        ...(about.isFile() ? { size: about.size } : {}),
      });
    }
    for (const ticket of this.#paths.keys()) {
      if (this.#paths.size <= kept) break;
      this.#paths.delete(ticket);
    }
    return offers;
  }

  /** A ticket for a file that the user has chosen to save to. */
  addTarget(file: string): Offer {
    const ticket = randomUUID();
    this.#targets.set(ticket, file);
    return { ticket, name: path.basename(file), kind: 'file' };
  }

  /** The file to save to; a ticket is good for one. */
  target(ticket: string): string {
    const file = this.#targets.get(ticket);
    this.#targets.delete(ticket);
    if (file === undefined) throw new ConpaasError('not_found', 'Choose again where to save it.');
    return file;
  }

  /** The path behind a ticket, with the name that the other end is told. */
  file(ticket: string): { path: string; name: string } {
    const file = this.path(ticket);
    return { path: file, name: path.basename(file) };
  }

  /** The path behind a ticket. */
  path(ticket: string): string {
    const file = this.#paths.get(ticket);
    if (file === undefined) throw new ConpaasError('not_found', 'This file was handed in too long ago. Drop it again.');
    return file;
  }
}
