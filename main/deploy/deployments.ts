/**
 * All that window and command do with deployments as a whole: put one up, stop it, destroy it, look at it, and connect
 * to its director.
 */
import type { Failure } from '../../remote/core/contract/errors.ts';
import type { directorMethods } from '../../remote/core/contract/index.ts';
import type { ResultOf } from '../../remote/core/contract/method.ts';
import type { Operation } from '../../remote/core/contract/operation.ts';
import type { Credentials } from '../../remote/core/identity/index.ts';
import type { Vault } from '../vault/index.ts';
import type { BackingUp } from './backing-up.ts';
import type { CarriedOut } from './cloud-service.ts';
import type { Deployment } from './deployment.ts';
import type { DeviceCredentials } from './device.ts';
import type { DirectorClient, ManagerClient } from './director.ts';
import type { FurtherClouds } from './further-clouds.ts';
import type { Sweeps } from './leftovers.ts';
import type { Runtime } from './runtime.ts';
import type { UpgradePlan } from './upgrade.ts';

export interface DeploymentsOptions extends Runtime {
  /** Of the desktop: main/store's `openDataDirectory`. */
  readonly dataDirectory: string;
  readonly vault: Vault;
  /** What calls, for the audit trail: `command 1.2.0`. */
  readonly client?: string | undefined;
  /** Told of a deployment whose director does not answer, before it is started again for who needs it. */
  readonly onAway?: ((deployment: Deployment) => void) | undefined;
  /** Milliseconds since the epoch. */
  readonly now?: (() => number) | undefined;
}

export interface UpOptions {
  /** Id or name; the only one there is, or a new one, where absent. */
  readonly deployment?: string | undefined;
  /** Kind of cloud for a new one. */
  readonly cloud?: string | undefined;
  /** Id or name of the credential in the vault, for a new one on a cloud that needs one. */
  readonly credential?: string | undefined;
  /** Id or name of the one that its director is lent, or `nothing`; the same where absent. */
  readonly lent?: string | undefined;
  /** Region, size …, as the driver wants them; for a new one. */
  readonly settings?: Record<string, unknown> | undefined;
  /** Name of the user that this desktop is; for a new one. */
  readonly owner: string;
  /** The operation at each change of it: the same object as those of a director. Not called where all runs already. */
  readonly onOperation?: ((operation: Operation) => void) | undefined;
  readonly signal: AbortSignal;
}

export interface LendOptions {
  /** Id or name; the only one there is where absent. */
  readonly deployment: string | undefined;
  /** Id or name of the credential, or `nothing`; the one that the deployment was made with where absent. */
  readonly credential: string | undefined;
  readonly signal: AbortSignal;
}

export interface StopOptions {
  /** Id or name; the only one there is where absent. */
  readonly deployment?: string | undefined;
  readonly onOperation?: ((operation: Operation) => void) | undefined;
  readonly signal: AbortSignal;
}

export interface DestroyOptions {
  readonly deployment: string;
  /** Names of clouds that are not touched, because they are gone for good: what is there is given up. */
  readonly leave?: readonly string[] | undefined;
  readonly onOperation?: ((operation: Operation) => void) | undefined;
  readonly signal: AbortSignal;
}

export interface RotateOptions {
  /** Id or name; the only one there is where absent. */
  readonly deployment?: string | undefined;
  readonly onOperation?: ((operation: Operation) => void) | undefined;
  readonly signal: AbortSignal;
}

export interface UpgradeOptions {
  /** Id or name; the only one there is where absent. */
  readonly deployment?: string | undefined;
  /** To what ran before. */
  readonly back?: boolean | undefined;
  readonly onOperation?: ((operation: Operation) => void) | undefined;
  readonly signal: AbortSignal;
}

export interface RestoreOptions {
  /** Id or name; the only one there is where absent. */
  readonly deployment?: string | undefined;
  /** Id of the backup; the newest where absent. */
  readonly backup?: string | undefined;
  /**
   * Of this computer, or of the volume that the director writes to. Absent: the volume, if there is one, unless the backup is
   * named and here.
   */
  readonly from?: 'here' | 'volume' | undefined;
  readonly onOperation?: ((operation: Operation) => void) | undefined;
  readonly signal: AbortSignal;
}

/** What this desktop proves itself with at a deployment. */
export interface OwnCertificate {
  /** Leaf first; PEM. */
  readonly certificate: string;
  /** Whether this desktop holds the root, and so can sign and rotate. */
  readonly holdsRoot: boolean;
  /** Whether a rotation of the root was begun and has not ended. */
  readonly rotating: boolean;
}

export type DirectorStatus = ResultOf<(typeof directorMethods)['get_status']>;

export interface DeploymentStatus {
  readonly deployment: Deployment;
  /** unreachable: it should run, but its director does not answer (after a reboot, `up` starts all again). */
  readonly state: Deployment['state'] | 'unreachable';
  readonly director?: DirectorStatus | undefined;
  readonly failure?: Failure | undefined;
}

export interface Deployments extends Sweeps, BackingUp, FurtherClouds, AsyncDisposable {
  list(): Promise<readonly Deployment[]>;
  /** Records a further one, under a name that is free; `up` of its id sets it up. */
  add(options: {
    readonly name: string;
    readonly owner: string;
    readonly cloud: Deployment['cloud'];
  }): Promise<Deployment>;
  /** By id or name; the only one there is where absent. @throws ConpaasError `not_found`, `invalid_request` */
  find(deployment?: string): Promise<Deployment>;
  /** Calls `changed` when the list or a state in it has changed, by whatever process. */
  watch(changed: () => void): Disposable;
  /**
   * Makes a deployment run: a new one, one that was stopped, one after a reboot, one whose `up` was cut short. One that
   * runs is only asked (some milliseconds).
   */
  up(options: UpOptions): Promise<Deployment>;
  /**
   * Gives the director another credential in place of the one it has, or the same one again: it tries it at the cloud. Or
   * nothing: then it asks this desktop, which does what is wanted whenever this is open.
   * @throws ConpaasError what the cloud says of it; forbidden: this desktop is a guest there
   */
  lend(options: LendOptions): Promise<{ readonly deployment: string; readonly credential?: string }>;
  /** What the director ran before its last upgrade; undefined: there is no way back. Its machine is asked. */
  releaseBefore(deployment: string | undefined, signal: AbortSignal): Promise<string | undefined>;
  /** What an upgrade of a director would change. Nothing is. */
  upgradePlan(deployment: string | undefined, signal: AbortSignal): Promise<UpgradePlan>;
  /**
   * Brings a director, its managers and its agents to the programs of this desktop, one by one while all goes on; or back.
   * @throws ConpaasError conflict: it cannot be done; engine_failed: what did not work has gone back
   */
  upgrade(options: UpgradeOptions): Promise<UpgradePlan>;
  /** Calls `listener` after each thing that was done here for a director without credentials. */
  onCarriedOut(listener: (done: CarriedOut) => void): Disposable;
  /** Ends everything of a deployment; code and data stay, and `up` starts it again. Idempotent. */
  stop(options: StopOptions): Promise<void>;
  /**
   * Ends and removes everything: VMs with all data, host, directories, keys. Idempotent; resumes one cut short.
   * @throws ConpaasError cloud_failed: something may be left on a cloud that is away; all else is gone, and it is still on record
   */
  destroy(options: DestroyOptions): Promise<void>;
  /**
   * Signs the director's intermediate anew, and resolves once the director issues with it.
   * @throws ConpaasError deadline_exceeded: it has not taken it up
   */
  renewIntermediate(deployment: string | undefined, signal: AbortSignal): Promise<void>;
  /** Replaces the root, while everything runs; one that was cut short goes on. See `rotation.ts`. */
  rotateRoot(options: RotateOptions): Promise<void>;
  /**
   * Makes the director anew on another machine, from a backup; the one before it is destroyed. See `restore.ts`.
   * @throws ConpaasError what is wrong with the backup, or the cloud: then the director before is as it was
   */
  restore(options: RestoreOptions): Promise<Deployment>;
  ownCertificate(deployment: string | undefined): Promise<OwnCertificate>;
  /** Key and certificate of this desktop at a deployment, and what it trusts: for an export that the user asks for. */
  ownCredentials(deployment: string | undefined): Promise<Credentials>;
  /** Records the deployment of a hand-over file: this desktop becomes a device of its user there. */
  addDevice(deployment: Deployment, credentials: DeviceCredentials): Promise<Deployment>;
  /** How it is now. Starts nothing and never throws for a director that does not answer. */
  status(deployment: string | undefined, signal: AbortSignal): Promise<DeploymentStatus>;
  /**
   * A client of a director that answers; where it should run and does not (a reboot), all is started again first.
   * Shared with others of this process: do not dispose it. Ask again after `unreachable`: its address may have changed.
   */
  directorClient(deployment: string | undefined, signal: AbortSignal): Promise<DirectorClient>;
  /** Likewise, of the manager of an application (id or name), through its director. */
  managerClient(deployment: string | undefined, application: string, signal: AbortSignal): Promise<ManagerClient>;
}
