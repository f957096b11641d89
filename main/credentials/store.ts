/** Credentials of clouds, in the vault: one entry each, `cloud/<id>`. */
import { z } from 'zod';
import { type CloudKind, cloudKind, cloudKinds } from '../../remote/core/clouds/index.ts';
import { ConpaasError } from '../../remote/core/contract/errors.ts';
import { newId } from '../../remote/core/contract/ids.ts';
import { placesOf } from '../../remote/core/rpc/validate.ts';
import { cloudPrefix, type Vault } from '../vault/index.ts';

const Fields = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
export type Fields = z.infer<typeof Fields>;

const Stored = z.object({ name: z.string(), kind: z.string(), fields: Fields, createdAt: z.number() });

export interface Credential extends z.infer<typeof Stored> {
  readonly id: string;
}

/** What may be shown: everything but the secrets. */
export interface CredentialInfo {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly createdAt: number;
  /** Fields that are not secret, by their titles. */
  readonly shown: Readonly<Record<string, string>>;
}

export interface CredentialStore {
  list(): Promise<readonly Credential[]>;
  /** By id or name. @throws ConpaasError not_found */
  get(idOrName: string): Promise<Credential>;
  /**
   * Keeps one. Its fields are checked against its kind's schema, not against the cloud.
   * @throws ConpaasError invalid_request; conflict: the name is taken, or only a key file protects the vault
   */
  add(given: { name: string; kind: string; fields: Fields }): Promise<Credential>;
  remove(id: string): Promise<void>;
}

/** @param kinds those of this version; others for tests */
export function openCredentialStore(vault: Vault, kinds: readonly CloudKind[] = cloudKinds): CredentialStore {
  const list = async (): Promise<Credential[]> => {
    const all: Credential[] = [];
    for (const name of await vault.list()) {
      const text = name.startsWith(cloudPrefix) ? await vault.get(name) : undefined;
      if (text !== undefined) all.push({ id: name.slice(cloudPrefix.length), ...Stored.parse(JSON.parse(text)) });
    }
    return all.sort((a, b) => a.createdAt - b.createdAt);
  };
  return {
    list,
    async get(idOrName) {
      const found = (await list()).find(({ id, name }) => id === idOrName || name === idOrName);
      if (found) return found;
      throw new ConpaasError('not_found', `There is no credential ${idOrName}. "conpaas cloud list" shows them.`);
    },
    async add({ name, kind, fields }) {
      if ((await list()).some((one) => one.name === name)) {
        throw new ConpaasError('conflict', `There is a credential called ${name} already. Choose another name.`);
      }
      const stored = { name, kind, fields: checkFields(kind, fields, kinds), createdAt: Date.now() };
      const id = newId('cred', 8);
      await vault.set(`${cloudPrefix}${id}`, JSON.stringify(stored));
      return { id, ...stored };
    },
    remove: (id) => vault.delete(`${cloudPrefix}${id}`),
  };
}

/**
 * What is entered for a kind of cloud.
 * @throws ConpaasError invalid_request: there is no such kind, or it takes no credentials
 */
export function refuseKind(kind: string, kinds: readonly CloudKind[] = cloudKinds): z.ZodObject {
  const found = kinds.find((one) => one.kind === kind);
  if (!found) {
    const known = kinds.map((one) => one.kind).join(', ');
    throw new ConpaasError('invalid_request', `There is no kind of cloud called ${kind}. There are: ${known}.`);
  }
  if (found.credentials) return found.credentials;
  throw new ConpaasError('invalid_request', `${found.title} needs no credentials.`);
}

/**
 * The fields as the kind's schema takes them.
 * @throws ConpaasError invalid_request, with the places
 */
export function checkFields(kind: string, fields: unknown, kinds: readonly CloudKind[] = cloudKinds): Fields {
  const parsed = refuseKind(kind, kinds).safeParse(fields);
  if (parsed.success) return Fields.parse(parsed.data);
  throw new ConpaasError('invalid_request', 'Some fields are missing or not what they should be.', {
    places: placesOf(parsed.error),
  });
}

/**
 * Settings of a deployment are no place for secrets: they are on disk in the clear.
 * @throws ConpaasError invalid_request: a field that only credentials have is among them
 */
export function refuseSecrets(kind: string, settings: Readonly<Record<string, unknown>> | undefined): void {
  const shape = cloudKind(kind)?.credentials?.shape ?? {};
  for (const key of Object.keys(settings ?? {})) {
    if ((shape[key] as z.ZodType | undefined)?.meta()?.['secret'] !== true) continue;
    throw new ConpaasError(
      'invalid_request',
      `"${key}" is a secret and no setting. Add a credential with it: conpaas cloud add NAME ${kind}`,
    );
  }
}

/** A credential without its secrets. */
export function credentialInfo(
  { id, name, kind, createdAt, fields }: Credential,
  kinds: readonly CloudKind[] = cloudKinds,
): CredentialInfo {
  const shape = kinds.find((one) => one.kind === kind)?.credentials?.shape ?? {};
  const shown: Record<string, string> = {};
  for (const [key, value] of Object.entries(fields)) {
    const meta = (shape[key] as z.ZodType | undefined)?.meta();
    // A field that its schema does not know may be anything: not shown.
    if (meta && meta['secret'] !== true) shown[meta.title ?? key] = String(value);
  }
  return { id, name, kind, createdAt, shown };
}
