/** An application as it can be made anew elsewhere: its stored state as a manifest, and its secrets sealed. */
import { webSecretPrefix } from '../core/contract/domains.ts';
import { ConpaasError } from '../core/contract/errors.ts';
import { BlobHash } from '../core/contract/ids.ts';
import type { Handlers } from '../core/contract/method.ts';
import type { directorMovingMethods } from '../core/contract/moving.ts';
import { duplicateManifest } from '../core/manifest/index.ts';
import { DesiredState } from '../core/service/state.ts';
import type { Director } from './director.ts';
import { SealingKeys, sealSecrets } from './sealing.ts';

export function movingHandlers(director: Director): Handlers<typeof directorMovingMethods> {
  const { inventory, states, secrets, blobs, specs } = director;
  const keys = new SealingKeys();

  /** Certificates of domains belong to the director that has them: the other one gets its own. */
  const namesOf = (application: string): string[] =>
    secrets
      .list(application)
      .map(({ name }) => name)
      .filter((name) => !name.startsWith(webSecretPrefix));

  return {
    describe_movable: async ({ application }) => {
      const record = inventory.find(application);
      const stored = states.get(record.id);
      const state = DesiredState.safeParse(stored?.document);
      if (!stored || !state.success || state.data.services.length === 0) {
        throw new ConpaasError('conflict', `${record.name} has no services yet, so there is nothing to move.`);
      }
      const { services } = state.data;
      const placeless = services.map(({ cloud: _cloud, ...service }) => service);
      const manifest = duplicateManifest({ ...state.data, services: placeless }, specs, record.name);
      const names = new Map(referredBlobs(manifest).map(({ Blob, Name }) => [Blob, Name ?? Blob.slice(0, 12)]));
      const found = await blobs.sizes(names.keys());
      return {
        manifest,
        n: stored.n,
        blobs: found.map(({ sha256, size }) => ({
          sha256: BlobHash.parse(sha256),
          size,
          name: names.get(sha256) ?? sha256,
        })),
        secrets: namesOf(record.id),
        services: services.map(({ name, type, running, domains, cloud }) => ({
          ...{ name, type, running, domains },
          data: specs[type]?.dump === true,
          ...(cloud === undefined || cloud === record.cloud ? {} : { cloud }),
        })),
      };
    },
    offer_sealing_key: async ({ application }) => ({ key: keys.offer(inventory.find(application).id) }),
    seal_secrets: async ({ application, key }) => {
      const { id } = inventory.find(application);
      const values = secrets.get(id, namesOf(id));
      return { names: Object.keys(values), sealed: sealSecrets(values, key) };
    },
    open_secrets: async ({ application, key, sealed }) => {
      const { id } = inventory.find(application);
      const values = keys.open(id, key, sealed);
      const names = Object.keys(values).filter((name) => !name.startsWith(webSecretPrefix));
      for (const name of names) await secrets.set(id, name, values[name] ?? '');
      return { names };
    },
  };
}

/** All `{"Blob": …}` in a manifest. Pure. */
function referredBlobs(value: unknown): { Blob: string; Name?: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  const { Blob, Name } = value as { Blob?: unknown; Name?: unknown };
  if (typeof Blob === 'string') return [{ Blob, ...(typeof Name === 'string' ? { Name } : {}) }];
  return Object.values(value).flatMap(referredBlobs);
}
