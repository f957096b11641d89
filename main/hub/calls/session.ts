/** How the window stands to its deployment, what it watches, and what it tells the user by itself. */
import { z } from 'zod';
import type { ApplicationSummary } from '../../../remote/core/contract/application.ts';
import type { Failure } from '../../../remote/core/contract/errors.ts';
import type { Operation } from '../../../remote/core/contract/operation.ts';

/** How the window stands to its deployment. */
export type SessionState =
  /** There is none yet: the welcome page. */
  | { readonly state: 'absent' }
  /** The vault is locked: the passphrase is asked for. */
  | { readonly state: 'locked' }
  /** Being set up, started or stopped; the steps are in the operation. */
  | { readonly state: 'working'; readonly operation: Operation }
  /** That failed. */
  | {
      readonly state: 'failed';
      readonly failure: Failure;
      readonly operation?: Operation | undefined;
      /** It is being destroyed, and what is left of it can only be destroyed. */
      readonly ending?: true | undefined;
    }
  /** Everything is switched off; code and data are kept. */
  | { readonly state: 'stopped' }
  | { readonly state: 'connecting' }
  /** The same, with what was seen earlier to show meanwhile, as of `since`: by another window, or before the vault was locked. */
  | { readonly state: 'resuming'; readonly deployment: DeploymentFacts; readonly since: number }
  | { readonly state: 'connected'; readonly deployment: DeploymentFacts }
  /** The director does not answer; what is shown is as of `since`. */
  | {
      readonly state: 'lost';
      readonly deployment: DeploymentFacts;
      readonly since: number;
      readonly failure: Failure;
      /** When it is tried again, milliseconds since the epoch; undefined: just now. */
      readonly retryAt?: number | undefined;
    };

/** A director of this desktop, for the switcher: how the window would stand to it. */
export interface DirectorEntry {
  readonly id: string;
  readonly name: string;
  /** Kind of its cloud. */
  readonly cloud: string;
  readonly state: SessionState['state'];
}

/** All directors of this desktop, or why they are not known. */
export interface DirectorList {
  readonly directors: readonly DirectorEntry[];
  readonly failure?: Failure | undefined;
}

export interface DeploymentFacts {
  readonly id: string;
  readonly name: string;
  readonly cloud: string;
  readonly user: string;
  readonly product: string;
  /** What protects the keys of this deployment. */
  readonly protection: string;
  /** By which this desktop reaches its director, where that has a machine already. */
  readonly host?: string | undefined;
}

/** What an earlier window has seen. */
export interface Remembered {
  readonly deployment: DeploymentFacts;
  readonly applications: readonly ApplicationSummary[];
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** What a page is told before it is connected; `absent`: this desktop never had a deployment. */
export type FirstSight = { readonly state: 'absent' } | ({ readonly state: 'remembered' } & Remembered);

export const sessionCalls = {
  /** "Try it on this computer": sets up a further director on the local cloud. Its session shows the steps. */
  try_local: z.strictObject({}),
  /**
   * The director that this window shows from now on: every later call is about it, and its lists are what is watched.
   * null: none.
   */
  choose_director: z.strictObject({ director: z.string().max(100).nullable() }),
  /** Reads the list of directors again, after that failed. */
  list_directors: z.strictObject({}),
  /** Tries to reach the director at once instead of waiting. */
  retry_now: z.strictObject({}),
  /** Starts the deployment again after it was stopped, or retries what failed. */
  start: z.strictObject({}),
  /** Stops every director on this computer, with its applications. */
  stop_everything: z.strictObject({}),
  cancel_setup: z.strictObject({}),
  /** From now on deltas of this topic are pushed; the answer is all there is, at sequence number `seq`. */
  watch: z.strictObject({ topic: z.enum(['directors', 'session', 'applications', 'operations']) }),
} as const;

export interface WatchedTopic {
  /** The number that the next push follows. */
  readonly seq: number;
  readonly items: readonly unknown[];
  /** Whether they were not read from the director yet: what a page shows already may be more. */
  readonly unread?: boolean;
}

export interface SessionResults {
  try_local: { readonly director: string };
  choose_director: null;
  list_directors: DirectorList;
  retry_now: null;
  start: null;
  stop_everything: null;
  cancel_setup: null;
  watch: WatchedTopic;
}

export type SessionPush =
  | { readonly push: 'directors'; readonly seq: number; readonly list: DirectorList }
  | { readonly push: 'session'; readonly seq: number; readonly session: SessionState }
  | {
      readonly push: 'applications';
      readonly seq: number;
      readonly changed: readonly ApplicationSummary[];
      readonly removed: readonly string[];
    }
  | { readonly push: 'operations'; readonly seq: number; readonly changed: readonly Operation[] }
  | { readonly push: 'notice'; readonly level: 'info' | 'warning' | 'alert'; readonly text: string };
