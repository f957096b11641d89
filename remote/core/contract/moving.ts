/**
 * How an application gets to another cloud or director. The desktop drives that: it reads here what there is, has secrets
 * sealed for the other director, and has the data of the old application take no changes while it is copied.
 */
import { z } from 'zod';
import { BlobHash } from './ids.ts';
import { done, method } from './method.ts';

const application = z.string().min(1);
/** A public key of X25519: SubjectPublicKeyInfo, base64. */
const sealingKey = z.string().max(200);

/** An application as it can be made anew elsewhere. */
export const Movable = z.object({
  /** Without data, domains and clouds; code and scripts by blob. */
  manifest: z.record(z.string(), z.unknown()),
  /** Names of the stored desired state: another number is another state. */
  n: z.number().int(),
  /** What the manifest refers to; bytes. */
  blobs: z.array(z.object({ sha256: BlobHash, size: z.number().int(), name: z.string() })),
  /** Names. */
  secrets: z.array(z.string()),
  services: z.array(
    z.object({
      name: z.string(),
      type: z.string(),
      running: z.boolean(),
      /** Whether it has data that a dump holds. */
      data: z.boolean(),
      domains: z.array(z.string()),
      /** Names the cloud of its machines, where that is not the application's. */
      cloud: z.string().optional(),
    }),
  ),
});
export type Movable = z.infer<typeof Movable>;

export const directorMovingMethods = {
  describe_movable: method({
    kind: 'query',
    params: z.strictObject({ application }),
    result: Movable,
    callers: ['user'],
    since: 1,
    doc: 'All that is needed to make an application anew elsewhere, but its data and the values of its secrets.',
  }),
  offer_sealing_key: method({
    kind: 'command',
    params: z.strictObject({ application }),
    result: z.object({ key: sealingKey }),
    callers: ['user'],
    since: 1,
    doc: 'A public key that secrets for this application can be sealed with. It is forgotten after ten minutes, and when it was used.',
  }),
  seal_secrets: method({
    kind: 'command',
    params: z.strictObject({ application, key: sealingKey }),
    result: z.object({ names: z.array(z.string()), sealed: z.string() }),
    callers: ['user'],
    since: 1,
    doc: 'The secrets of an application, sealed for the director that has offered this key: nobody else can read them.',
  }),
  open_secrets: method({
    kind: 'command',
    params: z.strictObject({ application, key: sealingKey, sealed: z.string().max(7 * 1024 * 1024) }),
    result: z.object({ names: z.array(z.string()) }),
    callers: ['user'],
    since: 1,
    doc: 'Takes over secrets that were sealed with a key that was offered for this application.',
  }),
};

export const managerMovingMethods = {
  freeze_data: method({
    kind: 'command',
    params: z.strictObject({
      /** Whoever freezes says which it is; the same one prolongs and thaws. */
      hold: z.string().min(8).max(64),
      /** By itself the data thaws after so many seconds; null: never. */
      seconds: z.number().int().min(1).max(86_400).nullable(),
      /** Only if it is frozen by this hold now, and has been since: else `conflict`. */
      prolong: z.boolean().default(false),
    }),
    result: z.object({ services: z.array(z.string()) }),
    callers: ['user'],
    since: 1,
    timeoutMs: 90_000,
    doc: 'From when it answers, databases of the application take no changes: they are read only, so that a copy of them is the last word.',
  }),
  thaw_data: method({
    kind: 'command',
    params: z.strictObject({ hold: z.string().min(8).max(64) }),
    result: done,
    callers: ['user'],
    since: 1,
    timeoutMs: 90_000,
    doc: 'Ends what freeze_data has begun; harmless where that has ended.',
  }),
};
