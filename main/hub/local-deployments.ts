/** The deployments of this desktop, through `main/deploy`: opened when they are first needed. */
import os from 'node:os';
import { parseManifest, type ServiceSpecs } from '../../remote/core/manifest/index.ts';
import { type Deployments, type DirectorClient, openDeploymentStore } from '../deploy/index.ts';
import { digestLocalFiles, uploadLocalFiles } from '../manifests/index.ts';
import { ownerName } from '../store/index.ts';
import type { Protection } from '../vault/index.ts';
import type { Connection, Deployment, DeploymentList, ManifestText } from './deployment.ts';
import type { VaultKeeper } from './vault/keeper.ts';

const protectionText: Readonly<Record<Protection, string>> = {
  keychain: 'Keychain of this computer',
  keyfile: 'Key file, readable by you only',
  passphrase: 'Passphrase',
};

/** @param specs the service types, for checking manifests */
export function openLocalDeployments(specs: ServiceSpecs, keeper: VaultKeeper): DeploymentList {
  // The list is in the clear: it is there while the vault is locked.
  const store = openDeploymentStore(keeper.dataDirectory);
  return {
    list: async () => (await store.list()).map(({ id, name, cloud }) => ({ id, name, cloud: cloud.kind })),
    watch: store.watch,
    async add({ kind, credential, lent, size }) {
      const unfinished = (await store.list()).find(({ state, cloud }) => state === 'creating' && cloud.kind === kind);
      if (unfinished && kind === 'local') return unfinished.id;
      // A locked vault is said now, not by the first step.
      const { deployments } = await keeper.open();
      const cloud = {
        kind,
        ...(credential === undefined ? {} : { credential }),
        ...(lent === undefined || lent === credential ? {} : { lent }),
        ...(size === undefined ? {} : { settings: { size } }),
      };
      const name = kind === 'local' ? 'this-computer' : kind;
      return (await deployments.add({ name, owner: ownerName(), cloud })).id;
    },
    open: (id) => openDeployment(id, keeper, specs),
  };
}

function openDeployment(id: string, keeper: VaultKeeper, specs: ServiceSpecs): Deployment {
  const store = openDeploymentStore(keeper.dataDirectory);
  const open = () => keeper.open();
  return {
    async state() {
      const found = (await store.list()).find((each) => each.id === id);
      if (!found) return 'absent';
      if (keeper.isLocked) return 'locked';
      if (found.state === 'destroying') return 'destroying';
      return found.state === 'stopped' ? 'stopped' : 'there';
    },
    async up({ signal, onProgress }) {
      const { deployments } = await open();
      await deployments.up({ deployment: id, owner: ownerName(), onOperation: onProgress, signal });
    },
    async stop({ signal, onProgress }) {
      await (await open()).deployments.stop({ deployment: id, onOperation: onProgress, signal });
    },
    async connect(signal) {
      const { deployments, vault } = await open();
      const found = await deployments.find(id);
      const director = await deployments.directorClient(id, signal);
      const { product } = await director.call('hello', {}, { signal });
      return connection(deployments, id, director, specs, {
        id,
        name: found.name,
        cloud: found.cloud.kind,
        user: found.owner,
        product,
        protection: protectionText[vault.protection],
        ...(found.director ? { host: found.director.host } : {}),
      });
    },
  };
}

function connection(
  deployments: Deployments,
  deployment: string,
  director: DirectorClient,
  specs: ServiceSpecs,
  facts: Connection['facts'],
): Connection {
  /** Where relative paths of a manifest start. */
  const folderOf = ({ folder }: ManifestText): string => folder ?? os.homedir();
  return {
    facts,
    director,
    manager: (application, signal) => deployments.managerClient(deployment, application, signal),
    async plan(text, placed, signal) {
      const { manifest: written, warnings } = parseManifest(text.text, specs);
      const manifest = await digestLocalFiles(written, folderOf(text), signal);
      const plan = await director.call('plan_manifest', { manifest, ...placed }, { signal });
      return { ...plan, warnings: [...warnings, ...plan.warnings] };
    },
    async apply(text, placed, signal) {
      const { manifest: written } = parseManifest(text.text, specs);
      const manifest = await uploadLocalFiles(written, folderOf(text), director, { signal });
      return director.call('apply_manifest', { manifest, ...placed }, { signal });
    },
  };
}
