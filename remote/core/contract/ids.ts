/**
 * Branded identifiers. Each is a short string that is unique for ever within its deployment; a brand keeps one kind
 * from being passed where another is meant. `newId` makes them: lower-case base 32, so they fit in URIs and paths.
 */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';

const idPattern = /^[a-z][a-z0-9-]{0,62}$/;

export const DeploymentId = z.string().regex(idPattern).brand<'DeploymentId'>();
export type DeploymentId = z.infer<typeof DeploymentId>;
export const ApplicationId = z.string().regex(idPattern).brand<'ApplicationId'>();
export type ApplicationId = z.infer<typeof ApplicationId>;
/** An application by its id or its name, as users may call it. */
export const application = z.string().min(1);
export const ServiceId = z.string().regex(idPattern).brand<'ServiceId'>();
export type ServiceId = z.infer<typeof ServiceId>;
/** One (service, role) instance, e.g. `web-backend-2`: never reused, never a VM's id. */
export const NodeId = z.string().regex(idPattern).brand<'NodeId'>();
export type NodeId = z.infer<typeof NodeId>;
export const VmId = z.string().regex(idPattern).brand<'VmId'>();
export type VmId = z.infer<typeof VmId>;
/** Of a volume, as the cloud and the hosts of machines know it: `<application>-<service>-<node>`. */
export const VolumeName = z.string().regex(/^[a-z][a-z0-9-]{0,150}$/);
export const OperationId = z.string().regex(idPattern).brand<'OperationId'>();
export type OperationId = z.infer<typeof OperationId>;
export const UserName = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,64}$/)
  .brand<'UserName'>();
export type UserName = z.infer<typeof UserName>;
/** SHA-256 of a blob, lower-case hex. */
export const BlobHash = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .brand<'BlobHash'>();
export type BlobHash = z.infer<typeof BlobHash>;

/**
 * A new random identifier: `prefix` + `-` + `length` characters of [a-z2-7] (5 bits each).
 * @param prefix a letter or word that tells the kind, e.g. `app`, `vm`, `op`
 */
export function newId(prefix: string, length = 12): string {
  const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';
  let text = '';
  for (const byte of randomBytes(length)) text += alphabet[byte & 31];
  return `${prefix}-${text}`;
}
