/** What directors get to drive their clouds with: credentials, or the services of this desktop for as long as it is open. */
import { cloudKind, openProvider } from '../../remote/core/clouds/index.ts';
import { ConpaasError } from '../../remote/core/contract/errors.ts';
import type { DeploymentId } from '../../remote/core/contract/ids.ts';
import type { CredentialStore } from '../credentials/index.ts';
import { type CarriedOut, serveCloud } from './cloud-service.ts';
import { type Deployment, type DeploymentStore, nothingLent } from './deployment.ts';
import type { Directors } from './director.ts';
import type { LentAccess } from './lend.ts';

export interface LendingParts {
  readonly store: DeploymentStore;
  readonly directors: Directors;
  readonly credentials: CredentialStore;
  /** Of the desktop's own driver of a cloud of it: kind and settings. @throws ConpaasError not_found */
  driverOf(deployment: Deployment, cloud: string): Promise<{ kind: string; settings: Record<string, unknown> }>;
}

export interface Lender extends AsyncDisposable {
  /** What the director of a deployment on that cloud is to have; undefined: its cloud wants nothing. */
  accessOf(cloud: Pick<Deployment['cloud'], 'kind' | 'credential' | 'lent'>): Promise<LentAccess | undefined>;
  /**
   * What a record says of it: an id, or `nothing`.
   * @throws ConpaasError not_found, invalid_request: a credential for another kind of cloud
   */
  lentOf(kind: string, idOrName: string): Promise<string>;
  /** Does from now on what its director wants of its cloud, where that was lent nothing; else not any more. */
  serve(deployment: Deployment): Promise<void>;
  /** Ends that. */
  endService(id: DeploymentId): Promise<void>;
  /** Calls `listener` after each thing that was done here for a director. */
  onCarriedOut(listener: (done: CarriedOut) => void): Disposable;
}

/** Whether the director of such a deployment asks this desktop for all it wants of its cloud. */
export function asks({ kind, lent }: Pick<Deployment['cloud'], 'kind' | 'lent'>): boolean {
  return lent === nothingLent || cloudKind(kind)?.byDesktop === true;
}

export function createLender({ store, directors, credentials, driverOf }: LendingParts): Lender {
  const services = new Map<DeploymentId, AsyncDisposable>();
  const listeners = new Set<(done: CarriedOut) => void>();

  async function endService(id: DeploymentId): Promise<void> {
    const service = services.get(id);
    services.delete(id);
    await service?.[Symbol.asyncDispose]();
  }

  return {
    async accessOf(cloud) {
      const { lent, credential } = cloud;
      if (asks(cloud)) return { by: 'desktop' };
      const id = lent ?? credential;
      return id === undefined ? undefined : { by: 'credentials', credentials: (await credentials.get(id)).fields };
    },
    async lentOf(kind, idOrName) {
      if (idOrName === nothingLent) return nothingLent;
      const found = await credentials.get(idOrName);
      if (found.kind === kind) return found.id;
      throw new ConpaasError('invalid_request', `${found.name} is a credential for ${found.kind}, not for ${kind}.`);
    },
    async serve(deployment) {
      const { id, cloud, clouds = [], access } = deployment;
      const wanted = [cloud, ...clouds].some(asks) && access !== 'device';
      if (wanted === services.has(id)) return;
      if (!wanted) return endService(id);
      const service = serveCloud({
        deployment: id,
        director: async () => directors.director(await store.find(id)),
        open: async (name) => {
          const { kind, settings } = await driverOf(await store.find(id), name);
          return openProvider(kind, settings);
        },
        onCarriedOut: (done) => {
          for (const listener of listeners) listener(done);
        },
      });
      services.set(id, service);
    },
    endService,
    onCarriedOut(listener) {
      listeners.add(listener);
      return { [Symbol.dispose]: () => listeners.delete(listener) };
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...services.keys()].map(endService));
    },
  };
}
