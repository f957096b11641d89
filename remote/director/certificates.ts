/**
 * The certificates that a director has issued or seen: leaves in its journal (the PEM only: keys stay with their
 * owners), authorities from its own files.
 */
import { X509Certificate } from 'node:crypto';
import { formatIdentity, type Identity, parseIdentity } from '../core/contract/identity.ts';
import type { CertificateInfo } from '../core/contract/security.ts';
import { keyFingerprint, longestLapse, notAfter, notBefore, serialOf, statedIdentity } from '../core/identity/index.ts';
import type { Journal } from '../core/journal/index.ts';

interface Row {
  readonly serial: string;
  readonly identity: string;
  /** SHA-256 of the public key. */
  readonly key: string;
  readonly device: string | null;
  readonly pem: string;
  readonly not_before: number;
  readonly not_after: number;
  readonly at: number;
}

export interface CertificatesOptions {
  readonly journal: Journal;
  revoked(): ReadonlySet<string>;
  /** PEM. */
  roots(): readonly string[];
  /** PEM, the current one first. */
  intermediates(): readonly string[];
  applicationName(id: string): string | undefined;
  readonly now?: () => number;
  log(line: string): void;
}

export class Certificates {
  readonly #options: CertificatesOptions;
  readonly #now: () => number;
  /** Leaves of users that were used, and when last. */
  readonly #seen = new Map<string, number>();
  /** By leaf: asked for at every call of a user. */
  readonly #serials = new Map<string, string>();

  constructor(options: CertificatesOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /**
   * Keeps a leaf that was issued.
   * @param chain PEM, leaf first
   * @param device what its user calls the device it is for
   */
  async record(chain: string, device?: string): Promise<void> {
    const row = rowOf(chain, device, this.#now());
    if (!row) return;
    await this.#options.journal.write((db) => {
      db.prepare('DELETE FROM certificate WHERE not_after < ?').run(this.#now() - longestLapse);
      db.prepare(
        `INSERT INTO certificate (serial, identity, key, device, pem, not_before, not_after, at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
      ).run(row.serial, row.identity, row.key, row.device, row.pem, row.not_before, row.not_after, row.at);
    });
  }

  /** A user's leaf that was used: one that the desktop's root has signed is not known otherwise. */
  seen(leaf: string, identity: Identity | undefined): void {
    if (identity?.kind !== 'user') return;
    let serial = this.#serials.get(leaf);
    if (serial === undefined) {
      serial = serialOf(new X509Certificate(leaf));
      if (this.#serials.size >= 1000) this.#serials.clear();
      this.#serials.set(leaf, serial);
    }
    if (!this.#seen.has(serial) && !this.#find(serial)) {
      this.record(leaf).catch((error: unknown) => this.#options.log(`a certificate was not kept: ${String(error)}`));
    }
    this.#seen.set(serial, this.#now());
  }

  /** The name of the device that a key belongs to, for its next certificate. */
  deviceOf(key: string): string | undefined {
    const row = this.#options.journal.read((db) =>
      db.prepare('SELECT device FROM certificate WHERE key = ? AND device IS NOT NULL LIMIT 1').get(key),
    );
    return row?.['device'] as string | undefined;
  }

  /** PEM of a certificate; undefined: not known here. */
  pem(serial: string): string | undefined {
    const authorities = [...this.#options.roots(), ...this.#options.intermediates()];
    return this.#find(serial)?.pem ?? authorities.find((pem) => serialOf(new X509Certificate(pem)) === serial);
  }

  /** One by its serial number; undefined: not known here. */
  info(serial: string): CertificateInfo | undefined {
    return this.list().find((one) => one.serial === serial);
  }

  /** Serial numbers of all certificates for the same key and identity that have not ended, this one first. */
  sameKey(serial: string): string[] {
    const row = this.#find(serial);
    if (!row) return [serial];
    const same = this.#rows().filter(
      ({ key, identity, not_after }) => key === row.key && identity === row.identity && not_after > this.#now(),
    );
    return [...new Set([serial, ...same.map((one) => one.serial)])];
  }

  /** Serial numbers of what a user can still use. */
  ofUser(name: string): string[] {
    return this.list()
      .filter(({ user, state }) => user === name && (state === 'valid' || state === 'replaced'))
      .map(({ serial }) => serial);
  }

  /** Authorities first, then leaves, the newest first. */
  list(): CertificateInfo[] {
    const { roots, intermediates, revoked } = this.#options;
    const gone = revoked();
    const now = this.#now();
    const stateOf = (serial: string, end: number, newest: boolean): CertificateInfo['state'] => {
      if (gone.has(serial)) return 'revoked';
      if (end < now) return 'expired';
      return newest ? 'valid' : 'replaced';
    };
    const authority = (kind: 'root' | 'intermediate') => (pem: string, index: number) => {
      const certificate = new X509Certificate(pem);
      const serial = serialOf(certificate);
      const end = notAfter(certificate);
      return {
        serial,
        kind,
        identity: /^CN=(.*)$/m.exec(certificate.subject)?.[1] ?? '',
        notBefore: notBefore(certificate),
        notAfter: end,
        state: stateOf(serial, end, kind === 'root' || index === 0),
      };
    };
    const newest = new Set<string>();
    const leaves = this.#rows().map((row): CertificateInfo => {
      const identity = parseIdentity(row.identity);
      // A user has a key for each device; of the others there is one key at a time.
      const holder = identity?.kind === 'user' ? `${row.identity} ${row.key}` : row.identity;
      const first = !newest.has(holder);
      newest.add(holder);
      return {
        ...partsOf(identity, this.#options.applicationName),
        serial: row.serial,
        identity: row.identity,
        ...(row.device === null ? {} : { device: row.device }),
        notBefore: row.not_before,
        notAfter: row.not_after,
        ...(this.#seen.has(row.serial) ? { seenAt: this.#seen.get(row.serial) } : {}),
        state: stateOf(row.serial, row.not_after, first),
      };
    });
    return [...roots().map(authority('root')), ...intermediates().map(authority('intermediate')), ...leaves];
  }

  /** The newest first. */
  #rows(): Row[] {
    return this.#options.journal.read((db) =>
      db.prepare('SELECT * FROM certificate ORDER BY not_before DESC, at DESC').all(),
    ) as unknown as Row[];
  }

  #find(serial: string): Row | undefined {
    return this.#options.journal.read((db) =>
      db.prepare('SELECT * FROM certificate WHERE serial = ?').get(serial),
    ) as unknown as Row | undefined;
  }
}

function rowOf(chain: string, device: string | undefined, at: number): Row | undefined {
  const leaf = new X509Certificate(chain);
  const identity = statedIdentity(leaf);
  if (!identity) return undefined;
  return {
    serial: serialOf(leaf),
    identity: formatIdentity(identity),
    key: keyFingerprint(leaf.publicKey),
    device: device ?? null,
    pem: chain,
    not_before: notBefore(leaf),
    not_after: notAfter(leaf),
    at,
  };
}

function partsOf(
  identity: Identity | undefined,
  applicationName: (id: string) => string | undefined,
): Pick<CertificateInfo, 'kind' | 'application' | 'applicationName' | 'vm' | 'epoch' | 'user'> {
  switch (identity?.kind) {
    case 'user':
      return { kind: 'user', user: identity.name };
    case 'manager':
    case 'agent': {
      const { kind, application } = identity;
      const name = applicationName(application);
      return {
        kind,
        application,
        ...(name === undefined ? {} : { applicationName: name }),
        ...(identity.kind === 'agent' ? { vm: identity.vm } : { epoch: identity.epoch }),
      };
    }
    case 'host':
      return { kind: 'host', vm: identity.vm };
    default:
      return { kind: 'director' };
  }
}
