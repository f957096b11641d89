/** The deployments of this desktop, through `main/deploy`: opened when they are first needed. */
import os from 'node:os';
import { parseManifest, type ServiceSpecs } from '../../remote/core/manifest/index.ts';
import { productVersion } from '../../remote/core/process/index.ts';
import { type Deployments, type DirectorClient, locateRuntime, openDeployments } from '../deploy/index.ts';
import { digestLocalFiles, localArchive, uploadLocalFiles } from '../manifests/index.ts';
import { openDataDirectory, ownerName } from '../store/index.ts';
import { type Protection, unlockVault } from '../vault/index.ts';
import type { Connection, Deployment, DeploymentList, ManifestText } from './deployment.ts';

const protectionText: Readonly<Record<Protection, string>> = {
  keychain: 'Keychain of this computer',
  keyfile: 'Key file, readable by you only',
  passphrase: 'Passphrase',
};

interface Opened {
  readonly deployments: Deployments;
  readonly protection: Protection;
}

/** @param specs the service types, for checking manifests */
export async function openLocalDeployments(specs: ServiceSpecs): Promise<DeploymentList> {
  const dataDirectory = await openDataDirectory();
  let opened: Promise<Opened> | undefined;

  async function openNow(): Promise<Opened> {
    const vault = await unlockVault(dataDirectory);
    return {
      deployments: openDeployments({ dataDirectory, vault, ...locateRuntime(), client: `window ${productVersion}` }),
      protection: vault.protection,
    };
  }

  function open(): Promise<Opened> {
    opened ??= openNow().catch((thrown: unknown) => {
      // The next attempt may fare better: a build or a permission that was wrong can be mended meanwhile.
      opened = undefined;
      throw thrown;
    });
    return opened;
  }

  const present = async () => (await (await open()).deployments.list()).filter(({ state }) => state !== 'destroying');

  return {
    list: async () => (await present()).map(({ id, name, cloud }) => ({ id, name, cloud: cloud.kind })),
    watch(changed) {
      const stop = new AbortController();
      let watching: Disposable | undefined;
      void open().then(
        ({ deployments }) => {
          if (!stop.signal.aborted) watching = deployments.watch(changed);
        },
        () => undefined, // said by what needs it
      );
      return {
        [Symbol.dispose]: () => {
          stop.abort();
          watching?.[Symbol.dispose]();
        },
      };
    },
    async addLocal() {
      const unfinished = (await present()).find(({ state, cloud }) => state === 'creating' && cloud.kind === 'local');
      if (unfinished) return unfinished.id;
      const { deployments } = await open();
      return (await deployments.add({ name: 'this-computer', owner: ownerName(), cloud: 'local' })).id;
    },
    open: (id) => openDeployment(id, open, specs),
  };
}

function openDeployment(id: string, open: () => Promise<Opened>, specs: ServiceSpecs): Deployment {
  return {
    async state() {
      const found = (await (await open()).deployments.list()).find((each) => each.id === id);
      if (!found || found.state === 'destroying') return 'absent';
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
      const { deployments, protection } = await open();
      const found = await deployments.find(id);
      const director = await deployments.directorClient(id, signal);
      const { product } = await director.call('hello', {}, { signal });
      return connection(deployments, id, director, specs, {
        id,
        name: found.name,
        cloud: found.cloud.kind,
        user: found.owner,
        product,
        protection: protectionText[protection],
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
  const named = (name: string | undefined) => (name === undefined ? {} : { name });
  return {
    facts,
    director,
    manager: (application, signal) => deployments.managerClient(deployment, application, signal),
    async plan(text, name, signal) {
      const { manifest: written, warnings } = parseManifest(text.text, specs);
      const manifest = await digestLocalFiles(written, folderOf(text), signal);
      const plan = await director.call('plan_manifest', { manifest, ...named(name) }, { signal });
      return { ...plan, warnings: [...warnings, ...plan.warnings] };
    },
    async apply(text, name, signal) {
      const { manifest: written } = parseManifest(text.text, specs);
      const manifest = await uploadLocalFiles(written, folderOf(text), director, { signal });
      return director.call('apply_manifest', { manifest, ...named(name) }, { signal });
    },
    async uploadCode({ application, path, ...params }, onProgress, signal) {
      await using archive = await localArchive(path, signal);
      const manager = await deployments.managerClient(deployment, application, signal);
      // Awaited here: the packed archive goes when this function ends.
      return await manager.upload('upload_code_version', params, archive, { signal, onProgress });
    },
  };
}
