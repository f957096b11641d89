/**
 * A cloud's own API, as far as we need it: servers and volumes by tag. `createMachineCloud` makes a {@link Cloud} of it.
 * A provider is a folder beside this one; no cloud's name appears outside its folder but in the list of kinds.
 */
import type { Architecture } from '../../contract/runtimes.ts';
import type { ForwardedPorts, Offer, Quota, StableAddresses, Tags, Volume, VolumeRequest } from '../cloud.ts';
import type { Images } from './images.ts';

export interface ServerRequest {
  /** Unique within the deployment; the same name never makes two servers. */
  readonly name: string;
  readonly tags: Tags;
  /** What the machine runs at its first boot (cloud-init), below {@link userDataLimit} bytes. */
  readonly userData: string;
  /** Name of an offer; the provider's default where absent. */
  readonly size?: string | undefined;
  /** Where in the cloud; any zone where absent. */
  readonly zone?: string | undefined;
  /** Of the distribution's own image, though there is one of ours. */
  readonly plain?: boolean | undefined;
}

export interface Server {
  /** As the cloud calls it. */
  readonly id: string;
  readonly name: string;
  readonly tags: Tags;
  readonly state: 'creating' | 'running' | 'stopped' | 'failed' | 'gone';
  /** Why it failed, in the cloud's own words. */
  readonly cause?: string | undefined;
  /** Inside the cloud's network. */
  readonly privateAddress?: string | undefined;
  /** From outside, where it has one. */
  readonly publicAddress?: string | undefined;
  /** Which of the public address's ports lead to which of its own; absent: each to its own. */
  readonly forwarded?: ForwardedPorts | undefined;
  readonly zone?: string | undefined;
  readonly size?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

/** Something of ours that the cloud keeps beside servers and volumes: a security group, a key, a network, an address. */
export interface Belonging {
  readonly kind: string;
  readonly id: string;
  readonly name: string;
  readonly tags: Tags;
  /**
   * Of what belongs to one machine, by whose name it is called, and has none now: milliseconds since the epoch. Absent: the
   * deployment has it as long as it lives.
   */
  readonly createdAt?: number | undefined;
}

/** EC2 takes 16 KiB of user-data, encoded; half of that leaves room for every cloud. */
export const userDataLimit = 8192;

/**
 * Every method is idempotent, aborts with its signal and throws ConpaasError: `cloud_failed` with what happened and what
 * to do, `unauthenticated` and `forbidden` (with the permission that lacks), `unreachable`.
 */
export interface Provider extends AsyncDisposable {
  readonly kind: string;
  readonly architecture: Architecture;
  /** Whether credentials and quota allow work; says what lacks otherwise. */
  check(signal: AbortSignal): Promise<void>;
  offers(signal: AbortSignal): Promise<readonly Offer[]>;
  /** Absent where the cloud tells none. */
  quotas?(signal: AbortSignal): Promise<readonly Quota[]>;
  /** Zones that servers can be put in; empty where the cloud has none. */
  zones(signal: AbortSignal): Promise<readonly string[]>;
  /** How many times as long as elsewhere a machine may take to boot and to start programs; absent: once. */
  patience?(signal: AbortSignal): Promise<number>;
  createServer(request: ServerRequest, signal: AbortSignal): Promise<Server>;
  /** All of our deployment; ended ones as long as the cloud tells of them. */
  listServers(signal: AbortSignal): Promise<readonly Server[]>;
  destroyServer(id: string, signal: AbortSignal): Promise<void>;
  /** Stops or starts; the disk stays. */
  power(id: string, on: boolean, signal: AbortSignal): Promise<void>;
  reboot(id: string, signal: AbortSignal): Promise<void>;
  /** What the machine wrote to its console, as far as the cloud keeps it. */
  console(id: string, signal: AbortSignal): Promise<string | undefined>;
  /** Undefined where the cloud has no volumes. */
  readonly volumes: Volumes | undefined;
  /** They are among the belongings, too. Absent: the cloud has none. */
  readonly addresses?: StableAddresses | undefined;
  /** Unfinished ones are among the belongings of whoever makes them. Absent: images of ours are made elsewhere. */
  readonly images?: Images | undefined;
  /** What else carries our deployment's tag. */
  belongings(signal: AbortSignal): Promise<readonly Belonging[]>;
  destroyBelonging(belonging: Belonging, signal: AbortSignal): Promise<void>;
  /** Ids of all deployments that have something here: also of others who use the same account. */
  deployments(signal: AbortSignal): Promise<readonly string[]>;
  /** Starts again what should run and has ended with this computer. Absent: machines run without us. */
  wake?(signal: AbortSignal): Promise<void>;
  /** Removes what is kept for a deployment that has no machine any more. Absent: nothing is. */
  retire?(signal: AbortSignal): Promise<void>;
}

export interface Volumes {
  /** Whether this cloud has them; absent: it does. */
  available?(signal: AbortSignal): Promise<boolean>;
  /** US dollars a month for a GB; absent or undefined: unknown. */
  pricePerGbMonth?(signal: AbortSignal): Promise<number | undefined>;
  /** Idempotent by name. */
  create(request: VolumeRequest, signal: AbortSignal): Promise<Volume>;
  list(signal: AbortSignal): Promise<readonly Volume[]>;
  /** @returns paths that its device may have in the machine, the surest first: what the cloud calls it is not always one */
  attach(volume: string, server: string, signal: AbortSignal): Promise<readonly string[]>;
  detach(volume: string, signal: AbortSignal): Promise<void>;
  destroy(volume: string, signal: AbortSignal): Promise<void>;
}
