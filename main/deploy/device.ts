/** A desktop that was let in to the deployment of another one: it has a certificate of its user, and no root. */
import { z } from 'zod';
import { directorMethods } from '../../remote/core/contract/director.ts';
import { ConpaasError } from '../../remote/core/contract/errors.ts';
import { createRequest } from '../../remote/core/identity/index.ts';
import { connect } from '../../remote/core/rpc/index.ts';
import type { Deployment } from './deployment.ts';

export const DeviceCredentials = z.object({
  /** PKCS#8 PEM. */
  key: z.string(),
  /** Leaf, then intermediate; PEM. */
  certificate: z.string(),
  roots: z.array(z.string()),
});
export type DeviceCredentials = z.infer<typeof DeviceCredentials>;

/** A fresh certificate for the same key, and the roots of now. @throws ConpaasError as the director answers */
export async function renewDevice(
  { id, name, director }: Deployment,
  current: DeviceCredentials,
): Promise<DeviceCredentials> {
  if (!director) throw new ConpaasError('conflict', `It is not known where the director of ${name} is.`);
  await using client = connect(directorMethods, {
    address: director,
    expect: { kind: 'director', deployment: id },
    credentials: () => current,
  });
  const { certificate, roots } = await client.call('renew', { csr: await createRequest(current.key) });
  return { key: current.key, certificate, roots };
}
