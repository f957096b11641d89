/** Keys of the first contact: made here, kept in the vault. */
import { z } from 'zod';

const KeyPair = z.object({
  /** OpenSSH's format. */
  private: z.string(),
  /** A line: `ssh-ed25519 AAAA…`. */
  public: z.string(),
});
export type KeyPair = z.infer<typeof KeyPair>;

/** Host keys of a machine. */
export const HostKeys = z.object({
  /** Host key of a machine that was not contacted yet. */
  pending: KeyPair.optional(),
  /** Public half of the one that replaces it, from before it is in place. */
  next: z.string().optional(),
  /** Public half of what the machine has made itself at the first contact. */
  known: z.string().optional(),
});
export type HostKeys = z.infer<typeof HostKeys>;

/** What the vault keeps of the way into the machines of a deployment. */
export const ContactRecord = z.object({
  /** What we prove ourselves with. */
  client: KeyPair,
  /** By the machines' names. */
  hosts: z.record(z.string(), HostKeys),
});
export type ContactRecord = z.infer<typeof ContactRecord>;

/** Where a record is kept. */
export interface ContactStore {
  read(): Promise<ContactRecord | undefined>;
  /** One change at a time, over all processes of this desktop; durable when it resolves. */
  update(change: (record: ContactRecord | undefined) => ContactRecord): Promise<ContactRecord>;
}

/**
 * An Ed25519 key pair. One of 256 that ssh2 1.17 makes is damaged (where the public half begins with a byte of 0, it is
 * dropped) and could be read by nobody: another one is made instead.
 */
export async function createKeyPair(): Promise<KeyPair> {
  const { default: ssh2 } = await import('ssh2');
  for (;;) {
    const { private: key, public: line } = ssh2.utils.generateKeyPairSync('ed25519');
    if (!(ssh2.utils.parseKey(key) instanceof Error)) return { private: key, public: line.trim() };
  }
}

/** Type and key of a public line, without its comment: what two lines are compared by. */
export function keyOf(line: string): string {
  return line.trim().split(/\s+/).slice(0, 2).join(' ');
}
