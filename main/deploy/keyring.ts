/** What the vault keeps of each deployment: the root authority, and the key and certificate of its owner. */
import { createPublicKey, X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { ConpaasError } from '../../remote/core/contract/errors.ts';
import type { DeploymentId } from '../../remote/core/contract/ids.ts';
import { type Credentials, generateKey } from '../../remote/core/identity/index.ts';
import { createRoot, issueOwner, type Root } from '../authority/index.ts';
import type { Vault } from '../vault/index.ts';
import type { Deployment } from './deployment.ts';

const StoredRoot = z.object({ key: z.string(), certificate: z.string() });
const StoredOwner = z.object({ key: z.string(), certificate: z.string() });

export interface OwnerCredentials extends Credentials {
  /** When to ask for them again, in milliseconds since the epoch. */
  readonly renewAt: number;
}

export interface Keyring {
  /** The root of a deployment, made where there is none yet. */
  ensureRoot(id: DeploymentId): Promise<Root>;
  /** @throws ConpaasError `not_found`: the vault has lost it, or never had it */
  root(id: DeploymentId): Promise<Root>;
  /** The owner's credentials; renewed from the root past two thirds of their life, however long ago that was. */
  owner(deployment: Deployment): Promise<OwnerCredentials>;
  forget(id: DeploymentId): Promise<void>;
}

/**
 * @param lock runs work while no other process makes keys for that deployment
 * @param now milliseconds since the epoch
 */
export function createKeyring(
  vault: Vault,
  lock: <T>(id: DeploymentId, work: () => Promise<T>) => Promise<T>,
  now: () => number,
): Keyring {
  const rootName = (id: DeploymentId): string => `deployment/${id}/root`;
  const ownerName = (id: DeploymentId): string => `deployment/${id}/owner`;
  const read = async <T>(name: string, schema: z.ZodType<T>): Promise<T | undefined> => {
    const text = await vault.get(name);
    return text === undefined ? undefined : schema.parse(JSON.parse(text));
  };

  async function root(id: DeploymentId): Promise<Root> {
    const found = await read(rootName(id), StoredRoot);
    if (found) return found;
    throw new ConpaasError(
      'not_found',
      'The vault has no root certificate for this deployment, so it cannot be reached. Restore the vault from a copy.',
    );
  }

  return {
    root,
    ensureRoot: (id) =>
      lock(id, async () => {
        const found = await read(rootName(id), StoredRoot);
        if (found) return found;
        const made = await createRoot(now());
        await vault.set(rootName(id), JSON.stringify(made));
        return made;
      }),
    async owner(deployment) {
      const { id } = deployment;
      const authority = await root(id);
      const roots = [authority.certificate];
      const fresh = async (): Promise<OwnerCredentials | undefined> => {
        const stored = await read(ownerName(id), StoredOwner);
        if (!stored || !isFresh(stored.certificate, authority, now())) return undefined;
        return { ...stored, roots, renewAt: renewalOf(stored.certificate) };
      };
      return (
        (await fresh()) ??
        lock(id, async () => {
          const made = await fresh(); // by another process, while we waited
          if (made) return made;
          const key = (await read(ownerName(id), StoredOwner))?.key ?? (await generateKey());
          const publicKey = createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
          const { certificate } = await issueOwner(authority, publicKey, id, deployment.owner, { now: now() });
          await vault.set(ownerName(id), JSON.stringify({ key, certificate }));
          return { key, certificate, roots, renewAt: renewalOf(certificate) };
        })
      );
    },
    async forget(id) {
      await vault.delete(ownerName(id));
      await vault.delete(rootName(id));
    },
  };
}

/** Of this root, and before two thirds of its life. */
function isFresh(certificate: string, root: Root, now: number): boolean {
  if (now < lifeOf(certificate).notBefore || now > renewalOf(certificate)) return false;
  return new X509Certificate(certificate).verify(new X509Certificate(root.certificate).publicKey);
}

function renewalOf(certificate: string): number {
  const { notBefore, notAfter } = lifeOf(certificate);
  return notBefore + ((notAfter - notBefore) * 2) / 3;
}

/** Validity of a certificate (PEM) in milliseconds since the epoch. */
export function lifeOf(certificate: string): { notBefore: number; notAfter: number } {
  const { validFrom, validTo } = new X509Certificate(certificate);
  return { notBefore: Date.parse(validFrom), notAfter: Date.parse(validTo) };
}
