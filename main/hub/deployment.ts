/** What the hub needs of a deployment; `main/deploy` gives the real thing. */
import type { DirectorMethods } from '../../remote/core/contract/director.ts';
import type { ManagerMethods } from '../../remote/core/contract/manager.ts';
import type { Operation } from '../../remote/core/contract/operation.ts';
import type { Plan } from '../../remote/core/contract/plan.ts';
import type { Client } from '../../remote/core/rpc/index.ts';
import type { Placement } from './calls/clouds.ts';
import type { DeploymentFacts } from './protocol.ts';

export interface WorkOptions {
  readonly signal: AbortSignal;
  onProgress(operation: Operation): void;
}

/** A manifest as text, and the folder its relative paths start from. */
export interface ManifestText {
  readonly text: string;
  /** undefined: relative paths mean nothing (a pasted manifest). */
  readonly folder: string | undefined;
}

/** What an application of a manifest is called, and where a new one is to be, if something else than usual. */
export interface Placed {
  readonly name?: string | undefined;
  /** Name of one of the director's clouds. */
  readonly cloud?: string | undefined;
}

/** The deployments of this desktop. */
export interface DeploymentList {
  /** Oldest first. One that is being destroyed is there until nothing of it is left. */
  list(): Promise<readonly DeploymentRecord[]>;
  /** Calls `changed` when the list or the state of one may be another, by whatever process. */
  watch(changed: () => void): Disposable;
  /** Records one there, to be set up by `up`; one on this computer whose set-up was cut short is taken up again. @returns its id */
  add(placement: Placement): Promise<string>;
  open(id: string): Deployment;
}

export interface DeploymentRecord {
  readonly id: string;
  readonly name: string;
  /** Kind of its cloud. */
  readonly cloud: string;
}

export interface Deployment {
  /**
   * `there`: it should be running (it may have to be started first). `locked`: the vault has to be unlocked first.
   * `destroying`: what is left of it can only be destroyed.
   */
  state(): Promise<'absent' | 'stopped' | 'there' | 'locked' | 'destroying'>;
  /** Sets it up on this computer where there is none, starts what should run; harmless where everything runs. */
  up(options: WorkOptions): Promise<void>;
  /** Ends every process of it; code and data are kept. */
  stop(options: WorkOptions): Promise<void>;
  /** A connection to its director, which answers. */
  connect(signal: AbortSignal): Promise<Connection>;
}

export interface Connection {
  readonly facts: DeploymentFacts;
  readonly director: Client<DirectorMethods>;
  /** The manager of an application, through the director. */
  manager(application: string, signal: AbortSignal): Promise<Client<ManagerMethods>>;
  plan(manifest: ManifestText, placed: Placed, signal: AbortSignal): Promise<Plan>;
  apply(
    manifest: ManifestText,
    placed: Placed,
    signal: AbortSignal,
  ): Promise<{ application: string; operation: string }>;
}
