/**
 * What the vault keeps of each deployment: the root authority, and the key and certificate of its owner. A device, which
 * was let in by another desktop, has a key and certificate and no root.
 */
import { createPublicKey, randomBytes, X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { ConpaasError } from '../../remote/core/contract/errors.ts';
import type { DeploymentId } from '../../remote/core/contract/ids.ts';
import { type Credentials, generatePersonalKey } from '../../remote/core/identity/index.ts';
import { createRoot, issueOwner, type Root } from '../authority/index.ts';
import { BackupPlace } from '../backup/index.ts';
import { ContactRecord, type ContactStore } from '../contact/index.ts';
import { bucketSuffix, type Vault } from '../vault/index.ts';
import type { Deployment } from './deployment.ts';
import { DeviceCredentials, renewDevice } from './device.ts';

/** Between attempts of a device to renew its certificate, milliseconds. */
const deviceAgainMs = 600_000;

const StoredRoot = z.object({ key: z.string(), certificate: z.string() });
const StoredOwner = z.object({ key: z.string(), certificate: z.string() });
/** How far a rotation of the root has come. */
const StoredRotation = z.discriminatedUnion('phase', [
  /** Both are accepted; the old one still is the root. */
  z.object({ phase: z.literal('accepting'), next: StoredRoot }),
  /** The new one is the root; the old one is still trusted. */
  z.object({ phase: z.literal('adopted'), previous: StoredRoot }),
]);
export type Rotation = z.infer<typeof StoredRotation>;

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
  /** Keys of the first contact with machines. */
  contact(id: DeploymentId): ContactStore;
  /** What backups of the director are sealed with on this computer: 256 bits, made where there is none yet. */
  backupKey(id: DeploymentId): Promise<Uint8Array>;
  /** Where copies of backups go beside this computer; undefined: nowhere. */
  backupPlace(id: DeploymentId): Promise<BackupPlace | undefined>;
  /** @throws ConpaasError conflict: it has a secret of a cloud, and a key file is all that protects the vault */
  setBackupPlace(id: DeploymentId, place: BackupPlace | undefined): Promise<void>;
  /** undefined: none is under way. */
  rotation(id: DeploymentId): Promise<Rotation | undefined>;
  /** Begins a rotation: makes the next root, unless there is one. */
  beginRotation(id: DeploymentId): Promise<Rotation>;
  /** The next root becomes the root, in one write; the owner's certificate is then issued from it. */
  adoptNextRoot(id: DeploymentId): Promise<void>;
  endRotation(id: DeploymentId): Promise<void>;
  /** Keeps what a hand-over file has brought. */
  keepDevice(id: DeploymentId, credentials: DeviceCredentials): Promise<void>;
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
  const rotationName = (id: DeploymentId): string => `deployment/${id}/rotation`;
  const deviceName = (id: DeploymentId): string => `deployment/${id}/device`;
  const contactName = (id: DeploymentId): string => `deployment/${id}/contact`;
  const backupName = (id: DeploymentId): string => `deployment/${id}/backup`;
  const placeName = (id: DeploymentId): string => `deployment/${id}/backup-place`;
  const bucketName = (id: DeploymentId): string => `deployment/${id}${bucketSuffix}`;
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

  /** Of a desktop without the root: renewed by the director, past two thirds of its life. */
  async function device(deployment: Deployment): Promise<OwnerCredentials> {
    const { id } = deployment;
    const stored = async (): Promise<DeviceCredentials> => {
      const found = await read(deviceName(id), DeviceCredentials);
      if (found) return found;
      throw new ConpaasError(
        'not_found',
        'The vault has no certificate for this deployment. Ask its owner for a new hand-over file.',
      );
    };
    const present = await stored();
    if (now() < renewalOf(present.certificate)) return { ...present, renewAt: renewalOf(present.certificate) };
    return lock(id, async () => {
      const current = await stored();
      if (now() < renewalOf(current.certificate)) return { ...current, renewAt: renewalOf(current.certificate) };
      try {
        const fresh = await renewDevice(deployment, current);
        await vault.set(deviceName(id), JSON.stringify(fresh));
        return { ...fresh, renewAt: renewalOf(fresh.certificate) };
      } catch (error) {
        // As long as it is valid it serves; asked again in a while.
        if (now() >= lifeOf(current.certificate).notAfter) throw error;
        return { ...current, renewAt: now() + deviceAgainMs };
      }
    });
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
      if (deployment.access === 'device') return device(deployment);
      const authority = await root(id);
      const under = await read(rotationName(id), StoredRotation);
      const other = under && (under.phase === 'accepting' ? under.next : under.previous);
      const roots = [authority.certificate, ...(other ? [other.certificate] : [])];
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
          const key = (await read(ownerName(id), StoredOwner))?.key ?? (await generatePersonalKey());
          const publicKey = createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
          const { certificate } = await issueOwner(authority, publicKey, id, deployment.owner, { now: now() });
          await vault.set(ownerName(id), JSON.stringify({ key, certificate }));
          return { key, certificate, roots, renewAt: renewalOf(certificate) };
        })
      );
    },
    async forget(id) {
      const names = [ownerName, rotationName, deviceName, contactName, backupName, placeName, bucketName, rootName];
      for (const name of names) await vault.delete(name(id));
    },
    contact: (id) => ({
      read: () => read(contactName(id), ContactRecord),
      update: (change) =>
        lock(id, async () => {
          const changed = change(await read(contactName(id), ContactRecord));
          await vault.set(contactName(id), JSON.stringify(changed));
          return changed;
        }),
    }),
    backupKey: (id) =>
      lock(id, async () => {
        const found = await vault.get(backupName(id));
        if (found !== undefined) return Buffer.from(found, 'base64');
        const made = randomBytes(32);
        await vault.set(backupName(id), made.toString('base64'));
        return made;
      }),
    backupPlace: async (id) => (await read(bucketName(id), BackupPlace)) ?? read(placeName(id), BackupPlace),
    async setBackupPlace(id, place) {
      const [name, other] = place?.kind === 's3' ? [bucketName(id), placeName(id)] : [placeName(id), bucketName(id)];
      if (place) await vault.set(name, JSON.stringify(place));
      else await vault.delete(name);
      await vault.delete(other);
    },
    rotation: (id) => read(rotationName(id), StoredRotation),
    beginRotation: (id) =>
      lock(id, async () => {
        const under = await read(rotationName(id), StoredRotation);
        if (under) return under;
        const begun: Rotation = { phase: 'accepting', next: await createRoot(now()) };
        await vault.set(rotationName(id), JSON.stringify(begun));
        return begun;
      }),
    adoptNextRoot: (id) =>
      lock(id, async () => {
        const under = await read(rotationName(id), StoredRotation);
        if (under?.phase !== 'accepting') return;
        const adopted: Rotation = { phase: 'adopted', previous: await root(id) };
        await vault.setAll(
          { [rootName(id)]: JSON.stringify(under.next), [rotationName(id)]: JSON.stringify(adopted) },
          false,
        );
      }),
    endRotation: (id) => vault.delete(rotationName(id)),
    keepDevice: (id, credentials) => vault.set(deviceName(id), JSON.stringify(credentials)),
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
