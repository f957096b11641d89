/**
 * What a director does for every process of a deployment: identities, addresses, blobs. It stands alone, since agents
 * call nothing else: building the director's other methods would be a good part of an agent's start.
 */
import { z } from 'zod';
import { BlobHash } from './ids.ts';
import { done, method, nothing } from './method.ts';
import { FailedProgram, ReleaseId } from './release.ts';

/** A signed leaf and what is needed to verify peers with it. */
export const IssuedCertificate = z.object({
  /** Leaf first, then the intermediate; PEM. */
  certificate: z.string(),
  /** Trusted roots, PEM. */
  roots: z.array(z.string()),
  revoked: z.array(z.string()),
});
export type IssuedCertificate = z.infer<typeof IssuedCertificate>;

export const directorProcessMethods = {
  join: method({
    kind: 'command',
    params: z.strictObject({
      token: z.string().min(22).max(200),
      /** PKCS#10, PEM. Only its key counts: the token decides the identity. */
      csr: z.string().max(8192),
      /** Where the joined process serves; a host serves nowhere. */
      port: z.number().int().min(1).max(65535).optional(),
    }),
    result: IssuedCertificate,
    callers: ['anyone'],
    since: 1,
    doc: 'Turns a single-use token and a CSR into a certificate.',
  }),
  renew: method({
    kind: 'command',
    params: z.strictObject({ csr: z.string().max(8192), port: z.number().int().optional() }),
    result: IssuedCertificate,
    callers: ['anyone'],
    since: 1,
    doc: 'A fresh certificate for the presented one (same key), even where that has only expired.',
  }),
  announce: method({
    kind: 'command',
    params: z.strictObject({ port: z.number().int().min(1).max(65535) }),
    result: done,
    callers: ['manager', 'agent'],
    since: 1,
    doc: 'Where this process serves now (after a restart).',
  }),
  get_revocations: method({
    kind: 'query',
    params: nothing,
    result: z.object({ revoked: z.array(z.string()), epoch: z.number().int().optional() }),
    callers: ['manager', 'agent'],
    since: 1,
    doc: 'Serial numbers of revoked certificates and the newest epoch of the own application; pulled at the start.',
  }),
  tell_program: method({
    kind: 'command',
    params: z.strictObject({
      release: z.string().max(100),
      version: z.string().max(100),
      contract: z.number().int(),
      /** What its host found to work. */
      good: ReleaseId.optional(),
      failed: FailedProgram.optional(),
    }),
    result: done,
    callers: ['manager', 'agent', 'host'],
    since: 1,
    doc: 'Which release this process runs, and what came of the last trial of another.',
  }),
  upload_blob: method({
    kind: 'upload',
    params: z.strictObject({ application: z.string().optional() }),
    result: z.object({ blob: BlobHash, size: z.number().int() }),
    callers: ['user', 'manager'],
    since: 1,
    maxBytes: 10 * 1024 ** 3,
    doc: 'Stores an archive, script or dump; it is addressed by its SHA-256.',
  }),
  download_blob: method({
    kind: 'download',
    params: z.strictObject({ blob: BlobHash }),
    result: z.void(),
    callers: ['user', 'manager', 'agent'],
    since: 1,
    doc: 'A stored blob.',
  }),
};
