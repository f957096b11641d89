/** Users of a deployment, in the director's journal. */
import { ConpaasError } from '../core/contract/errors.ts';
import { UserName } from '../core/contract/ids.ts';
import type { Call } from '../core/contract/method.ts';
import type { Journal } from '../core/journal/index.ts';

export class Users {
  readonly #journal: Journal;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** The owner's name comes with the bootstrap; harmless where it is there. */
  async ensureOwner(name: string): Promise<void> {
    await this.#journal.write((db) =>
      db
        .prepare('INSERT INTO user (name, owner, created) VALUES (?, 1, ?) ON CONFLICT DO NOTHING')
        .run(name, Date.now()),
    );
  }

  has(name: string): boolean {
    return this.#journal.read((db) => db.prepare('SELECT 1 FROM user WHERE name = ?').get(name)) !== undefined;
  }

  isOwner(name: string): boolean {
    return this.list().some((one) => one.name === name && one.owner);
  }

  /** @throws ConpaasError forbidden: the caller is not the owner */
  requireOwner({ caller }: Pick<Call, 'caller'>, what: string): void {
    const name = userOf({ caller });
    if (!this.isOwner(name)) throw new ConpaasError('forbidden', `Only the owner may ${what}; you are ${name}.`);
  }

  async add(name: UserName): Promise<void> {
    await this.#journal.write((db) =>
      db.prepare('INSERT INTO user (name, owner, created) VALUES (?, 0, ?)').run(name, Date.now()),
    );
  }

  async remove(name: UserName): Promise<void> {
    await this.#journal.write((db) => db.prepare('DELETE FROM user WHERE name = ? AND owner = 0').run(name));
  }

  /** In the order they came. */
  list(): { name: UserName; owner: boolean; createdAt: number }[] {
    return this.#journal.read((db) =>
      db
        .prepare('SELECT name, owner, created FROM user ORDER BY created')
        .all()
        .map((row) => ({
          name: UserName.parse(row['name']),
          owner: row['owner'] === 1,
          createdAt: row['created'] as number,
        })),
    );
  }
}

/** The calling user. @throws ConpaasError forbidden: it is none */
export function userOf({ caller }: Pick<Call, 'caller'>): UserName {
  if (caller?.kind === 'user') return caller.name;
  throw new ConpaasError('forbidden', 'Only a user may do this.');
}
