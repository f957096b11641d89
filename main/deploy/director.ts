/** Connections to directors, and to managers through them, as the owner of the deployment. */
import { ConpaasError } from '../../remote/core/contract/errors.ts';
import type { DeploymentId } from '../../remote/core/contract/ids.ts';
import { directorMethods, managerMethods } from '../../remote/core/contract/index.ts';
import { type Client, type ClientOptions, connect } from '../../remote/core/rpc/index.ts';
import type { Deployment } from './deployment.ts';
import type { Keyring, OwnerCredentials } from './keyring.ts';

/** How long a director may take to answer before it counts as away. */
export const answerMs = 3000;

export type DirectorClient = Client<typeof directorMethods>;
export type ManagerClient = Client<typeof managerMethods>;

export interface Directors extends AsyncDisposable {
  /**
   * The client of a deployment's director at its recorded address; shared, so do not dispose it. Nothing is sent.
   * @throws ConpaasError `conflict` where it has none yet
   */
  director(deployment: Deployment): Promise<DirectorClient>;
  /** Likewise, of the manager of an application (id or name), through the director. */
  manager(deployment: Deployment, application: string): Promise<ManagerClient>;
  /** Closes what is open to a deployment: the next client starts from what the vault has now. */
  forget(id: DeploymentId): Promise<void>;
}

interface Open {
  readonly address: string;
  readonly epoch: number;
  readonly options: ClientOptions;
  readonly director: DirectorClient;
  readonly managers: Map<string, ManagerClient>;
}

/**
 * @param now milliseconds since the epoch
 * @param client what calls, for the audit trail
 */
export function createDirectors(keyring: Keyring, now: () => number, client?: string): Directors {
  const opened = new Map<DeploymentId, Open>();

  async function open(deployment: Deployment): Promise<Open> {
    const { id, name, director } = deployment;
    if (!director) {
      throw new ConpaasError('conflict', `The set-up of ${name} has not ended. Finish it with: conpaas up`);
    }
    const address = `${director.host}:${director.port}`;
    const { epoch = 1 } = deployment;
    const known = opened.get(id);
    if (known?.address === address && known.epoch === epoch) return known;
    const first = await keyring.owner(deployment);
    const present = opened.get(id); // by a call beside this one
    if (present?.address === address && present.epoch === epoch) return present;
    const options: ClientOptions = {
      address: director,
      expect: { kind: 'director', deployment: id },
      leastEpoch: () => epoch,
      credentials: renewing(deployment, first),
      patience: deployment.patience,
      ...(client !== undefined && { client }),
    };
    const fresh: Open = { address, epoch, options, director: connect(directorMethods, options), managers: new Map() };
    opened.set(id, fresh);
    if (present) await close(present);
    return fresh;
  }

  /** Answers at once; a certificate that has come of age is renewed beside it, for the calls after this one. */
  function renewing(deployment: Deployment, first: OwnerCredentials): () => OwnerCredentials {
    let current = first;
    let underWay = false;
    return () => {
      if (now() > current.renewAt && !underWay) {
        underWay = true;
        keyring
          .owner(deployment)
          .then((next) => {
            current = next;
          })
          .catch(() => undefined) // the vault was locked meanwhile: tried again at the next call
          .finally(() => {
            underWay = false;
          });
      }
      return current;
    };
  }

  return {
    director: async (deployment) => (await open(deployment)).director,
    async manager(deployment, application) {
      const { managers, options } = await open(deployment);
      const present = managers.get(application);
      if (present) return present;
      const fresh = connect(managerMethods, { ...options, application });
      managers.set(application, fresh);
      return fresh;
    },
    async forget(id) {
      const known = opened.get(id);
      opened.delete(id);
      if (known) await close(known);
    },
    async [Symbol.asyncDispose]() {
      const all = Array.from(opened.values());
      opened.clear();
      await Promise.all(all.map(close));
    },
  };
}

async function close({ director, managers }: Open): Promise<void> {
  await Promise.all([director, ...managers.values()].map((client) => client[Symbol.asyncDispose]()));
}
