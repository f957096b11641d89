/** Certificates, users and devices of a deployment: what the director serves of them to users. */
import { z } from 'zod';
import { IssuedCertificate } from './director-processes.ts';
import { UserName } from './ids.ts';
import { done, method, nothing } from './method.ts';

/** Serial number, lower-case hex. */
const serial = z.string().regex(/^[0-9a-f]{1,64}$/);
const csr = z.string().max(8192);
/** What the user calls a device: "laptop". */
const device = z.string().min(1).max(60);

/** One certificate, as a row of a table. */
export const CertificateInfo = z.object({
  serial: z.string(),
  kind: z.enum(['root', 'intermediate', 'director', 'manager', 'agent', 'host', 'user']),
  /** The SAN URI of a leaf, the common name of an authority. */
  identity: z.string(),
  /** Of a manager or agent: id and name of its application (the name is absent once it was deleted). */
  application: z.string().optional(),
  applicationName: z.string().optional(),
  vm: z.string().optional(),
  epoch: z.number().int().optional(),
  user: z.string().optional(),
  /** Of a user's certificate: the device it was given to; absent where its desktop made it itself. */
  device: z.string().optional(),
  /** Milliseconds since the epoch. */
  notBefore: z.number(),
  notAfter: z.number(),
  /** Of a user's certificate: when it was last used, since the director's start. */
  seenAt: z.number().optional(),
  /** replaced: still valid, but its owner has a newer one. */
  state: z.enum(['valid', 'expired', 'revoked', 'replaced']),
});
export type CertificateInfo = z.infer<typeof CertificateInfo>;

/** For one that could not be renewed: who, and why. */
const RenewalFailure = z.object({ identity: z.string(), message: z.string() });

export const securityMethods = {
  list_certificates: method({
    kind: 'query',
    params: nothing,
    result: z.array(CertificateInfo),
    callers: ['user'],
    since: 1,
    doc: 'Roots, intermediates and leaves that the director knows, authorities first.',
  }),
  get_certificate: method({
    kind: 'query',
    params: z.strictObject({ serial }),
    result: z.object({ certificate: z.string() }),
    callers: ['user'],
    since: 1,
    doc: 'A certificate as PEM (no private key: none leaves the process it belongs to).',
  }),
  renew_certificates: method({
    kind: 'command',
    params: z.strictObject({ serial: serial.optional() }),
    result: z.object({ renewed: z.number().int(), failed: z.array(RenewalFailure) }),
    callers: ['user'],
    since: 1,
    timeoutMs: 180_000,
    doc: 'Has processes renew their certificates now: the one of a serial number, or all (owner only).',
  }),
  revoke_certificate: method({
    kind: 'command',
    params: z.strictObject({ serial }),
    result: done,
    callers: ['user'],
    since: 1,
    doc: 'Revokes a certificate, and others of the same key; managers and agents learn it at once (owner; a user their own devices).',
  }),
  set_roots: method({
    kind: 'command',
    params: z.strictObject({ roots: z.array(z.string().max(16_384)).min(1).max(3) }),
    result: done,
    callers: ['user'],
    since: 1,
    doc: 'Which roots the deployment trusts from now on (owner only); one of them must have signed the intermediate in use.',
  }),
  list_users: method({
    kind: 'query',
    params: nothing,
    result: z.array(z.object({ name: UserName, owner: z.boolean(), createdAt: z.number() })),
    callers: ['user'],
    since: 1,
    doc: 'Users of the deployment; the first is the owner of the desktop.',
  }),
  add_user: method({
    kind: 'command',
    params: z.strictObject({ name: UserName, csr, device }),
    result: IssuedCertificate,
    callers: ['user'],
    since: 1,
    doc: 'Adds a user with a certificate for their first device (owner only). They may do all that the owner may, except with users, roots and certificates of others.',
  }),
  remove_user: method({
    kind: 'command',
    params: z.strictObject({ name: UserName }),
    result: done,
    callers: ['user'],
    since: 1,
    doc: 'Removes a user and revokes all their certificates (owner only).',
  }),
  add_device: method({
    kind: 'command',
    params: z.strictObject({ csr, device }),
    result: IssuedCertificate,
    callers: ['user'],
    since: 1,
    doc: 'A certificate for another device of the calling user.',
  }),
};
