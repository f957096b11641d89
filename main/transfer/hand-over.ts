/** A hand-over file lets another desktop in to a deployment: the certificate of its user, sealed by a passphrase. */
import { z } from 'zod';
import type { UserName } from '../../remote/core/contract/ids.ts';
import { createRequest, generatePersonalKey } from '../../remote/core/identity/index.ts';
import { Deployment, type Deployments, DeviceCredentials } from '../deploy/index.ts';
import { openSealedFile, type SealedFormat, sealFile } from './sealed-file.ts';

const HandOver = z.object({ deployment: Deployment, device: z.string(), credentials: DeviceCredentials });
type HandOver = z.infer<typeof HandOver>;

const format: SealedFormat<HandOver> = {
  format: 'conpaas-hand-over',
  version: 1,
  schema: HandOver,
  title: 'a hand-over file of ConPaaS',
};

export interface HandOverRequest {
  /** Id or name; the only one there is where absent. */
  readonly deployment?: string | undefined;
  /** A new user; absent: another device of the one that this desktop is. */
  readonly user?: UserName | undefined;
  /** "laptop". */
  readonly device: string;
  readonly passphrase: string;
}

/**
 * Lets a device in. Its key is made here and lies only in the file: whoever has the file and the passphrase is that
 * device, until it is revoked.
 * @returns the text of the file
 * @throws ConpaasError as the director answers; invalid_request: the passphrase is too short
 */
export async function createHandOver(
  deployments: Deployments,
  { deployment: idOrName, user, device, passphrase }: HandOverRequest,
  signal: AbortSignal,
): Promise<string> {
  const director = await deployments.directorClient(idOrName, signal);
  const deployment = await deployments.find(idOrName);
  const key = await generatePersonalKey();
  const csr = await createRequest(key);
  // Sealed once beforehand, so that a passphrase that is too short is refused before anybody is let in.
  const seal = (credentials: DeviceCredentials): Promise<string> =>
    sealFile(format, { deployment: forDevice(deployment, user ?? deployment.owner), device, credentials }, passphrase);
  await seal({ key, certificate: '', roots: [] });
  const { certificate, roots } = user
    ? await director.call('add_user', { name: user, csr, device }, { signal })
    : await director.call('add_device', { csr, device }, { signal });
  return seal({ key, certificate, roots });
}

/** The record as a device keeps it: nothing of the cloud's credentials is in it. */
function forDevice({ id, name, cloud, createdAt, director, patience }: Deployment, owner: UserName): Deployment {
  return {
    id,
    name,
    owner,
    cloud: { kind: cloud.kind },
    state: 'running',
    createdAt,
    director,
    patience,
    access: 'device',
  };
}

/** Makes this desktop the device of a hand-over file. @throws ConpaasError as `openSealedFile`, `addDevice` */
export async function acceptHandOver(deployments: Deployments, text: string, passphrase: string): Promise<Deployment> {
  const { content } = await openSealedFile(format, text, passphrase);
  return deployments.addDevice(content.deployment, content.credentials);
}
