/**
 * Secrets of applications, sealed with AES-256-GCM under a key file that lies outside the journal and its backups. That
 * protects copies of the journal; it does not protect from whoever has taken over the director's machine.
 */
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ConpaasError } from '../core/contract/errors.ts';
import { writeFileAtomic } from '../core/files/index.ts';
import type { Journal } from '../core/journal/index.ts';

export class SecretStore {
  readonly #journal: Journal;
  readonly #key: Buffer;

  private constructor(journal: Journal, key: Buffer) {
    this.#journal = journal;
    this.#key = key;
  }

  /** @param keyFile made (0600) when it is not there */
  static async open(journal: Journal, keyFile: string): Promise<SecretStore> {
    let text: string;
    try {
      text = readFileSync(keyFile, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      text = randomBytes(32).toString('base64');
      await writeFileAtomic(keyFile, text);
    }
    return new SecretStore(journal, Buffer.from(text, 'base64'));
  }

  /** A key for another purpose, derived from the same file. */
  derive(purpose: string): Buffer {
    return createHmac('sha256', this.#key).update(purpose).digest();
  }

  set(application: string, name: string, value: string): Promise<void> {
    const sealed = this.#seal(application, name, value);
    return this.#journal.write((db) => {
      db.prepare(
        'INSERT INTO secret (application, name, sealed, updated) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET sealed = excluded.sealed, updated = excluded.updated',
      ).run(application, name, sealed, Date.now());
    });
  }

  /** Stores unless there is a value; answers the one that counts. */
  setOnce(application: string, name: string, value: string): Promise<string> {
    const sealed = this.#seal(application, name, value);
    return this.#journal
      .write((db) => {
        db.prepare(
          'INSERT INTO secret (application, name, sealed, updated) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
        ).run(application, name, sealed, Date.now());
      })
      .then(() => this.get(application, [name])[name] ?? value);
  }

  delete(application: string, name: string): Promise<boolean> {
    return this.#journal.write(
      (db) => db.prepare('DELETE FROM secret WHERE application = ? AND name = ?').run(application, name).changes === 1,
    );
  }

  list(application: string): { name: string; updatedAt: number }[] {
    return this.#journal.read((db) =>
      db
        .prepare('SELECT name, updated FROM secret WHERE application = ? ORDER BY name')
        .all(application)
        .map((row) => ({ name: row['name'] as string, updatedAt: row['updated'] as number })),
    );
  }

  /** Values of those that are set. */
  get(application: string, names: readonly string[]): Record<string, string> {
    const values: Record<string, string> = {};
    for (const name of names) {
      const row = this.#journal.read((db) =>
        db.prepare('SELECT sealed FROM secret WHERE application = ? AND name = ?').get(application, name),
      );
      if (row) values[name] = this.#unseal(application, name, Buffer.from(row['sealed'] as Uint8Array));
    }
    return values;
  }

  #seal(application: string, name: string, value: string): Buffer {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce).setAAD(Buffer.from(`${application}/${name}`));
    return Buffer.concat([nonce, cipher.update(value, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  }

  #unseal(application: string, name: string, sealed: Buffer): string {
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.#key, sealed.subarray(0, 12))
        .setAAD(Buffer.from(`${application}/${name}`))
        .setAuthTag(sealed.subarray(-16));
      return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]).toString('utf8');
    } catch {
      throw new ConpaasError(
        'internal',
        `The secret ${name} cannot be opened: the key file of the director is not the one it was sealed with. Set it again.`,
      );
    }
  }
}
