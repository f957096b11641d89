/**
 * A cloud makes and destroys virtual machines. One small interface, a driver per cloud, one conformance suite
 * (`conformance.ts`) that every driver passes.
 */
import type { HostProcess } from '../contract/host.ts';
import type { VmId } from '../contract/ids.ts';
import type { HostBootstrap, HostVolume } from '../contract/machine-host.ts';
import type { HostFacts, Program } from '../contract/release.ts';
import type { Architecture } from '../contract/runtimes.ts';
import type { Release } from '../release/index.ts';

/** Tags that every resource of ours carries before it exists for us; a sweep finds orphans by them. */
export interface Tags {
  readonly deployment: string;
  /** Empty for the director's own VM. */
  readonly application: string;
  readonly operation: string;
}

export interface VmRequest {
  /** Client token: the same name never makes two VMs. Lower-case letters, digits and hyphens. */
  readonly name: string;
  readonly tags: Tags;
  /** Control processes the VM's host starts (carried in user-data on a real cloud, below 8 KB, no private key). */
  readonly processes: readonly HostProcess[];
  /** How its host follows its list at the director: where lists are `followed`. */
  readonly follow?: HostBootstrap | undefined;
  /** Name of an offer; the driver's default where absent. */
  readonly size?: string | undefined;
  /** Where in the cloud; any zone where absent. */
  readonly zone?: string | undefined;
}

export interface CloudVm {
  readonly id: VmId;
  readonly name: string;
  readonly tags: Tags;
  readonly state: 'creating' | 'running' | 'stopped' | 'failed' | 'gone';
  readonly cause?: string | undefined;
  /** Address that director, manager and users reach it at. */
  readonly address?: string | undefined;
  /** Where the desktop reaches it, if that is elsewhere: from outside of the cloud's network. */
  readonly publicAddress?: string | undefined;
  /** Of which ports of `publicAddress` lead to which of the machine's; absent: each to its own. */
  readonly forwarded?: ForwardedPorts | undefined;
  readonly createdAt: number;
  /** Name of its offer. */
  readonly size?: string | undefined;
}

/** Ports of an address outside, by the machine's own port (in decimal digits) that each leads to. No other port is reached. */
export type ForwardedPorts = Readonly<Record<string, number>>;

/**
 * Where a port of a machine is reached from outside of its cloud's network.
 * @returns undefined: nowhere, or where it is reached from inside as well
 */
export function outsideOf(
  { publicAddress, forwarded }: Pick<CloudVm, 'publicAddress' | 'forwarded'>,
  port: number,
): { readonly host: string; readonly port: number } | undefined {
  const leading = forwarded ? forwarded[String(port)] : port;
  return publicAddress === undefined || leading === undefined ? undefined : { host: publicAddress, port: leading };
}

export interface Offer {
  readonly name: string;
  readonly cpus: number;
  readonly memoryMb: number;
  /** US dollars; undefined where unknown (never 0 for unknown). */
  readonly pricePerHour?: number | undefined;
  /** Of when the price is, milliseconds since the epoch; undefined where it has no date (this computer costs nothing). */
  readonly pricedAt?: number | undefined;
  /** Whether VMs are of this offer when none is asked for; not needed where there is only one. */
  readonly default?: boolean | undefined;
}

/** A disk that outlives the VM it is attached to. */
export interface Volume {
  readonly id: string;
  readonly name: string;
  readonly tags: Tags;
  readonly sizeGb: number;
  /** Milliseconds since the epoch; undefined where the cloud does not tell. */
  readonly createdAt?: number | undefined;
  readonly state: 'creating' | 'available' | 'attached' | 'failed';
  /** Id of the VM, as the cloud calls it. */
  readonly attachedTo?: string | undefined;
  readonly zone?: string | undefined;
}

export interface VolumeRequest {
  /** Unique within the deployment; the same name never makes two. */
  readonly name: string;
  readonly tags: Tags;
  readonly sizeGb: number;
  /** Must be that of the VM it will be attached to, on clouds with zones. */
  readonly zone?: string | undefined;
}

/** Disks of a cloud that outlive machines. Every method is idempotent. */
export interface CloudVolumes {
  /** Whether they can be had here: not every cloud of a kind has them. */
  available(signal: AbortSignal): Promise<boolean>;
  /** @param vm the machine that it is made for, in whose zone it then is */
  create(request: Omit<VolumeRequest, 'zone'>, vm: VmId, signal: AbortSignal): Promise<Volume>;
  /** All with our deployment tag. */
  list(signal: AbortSignal): Promise<readonly Volume[]>;
  /**
   * Attaches it to a machine that runs.
   * @returns how the machine's host finds it, to be told where lists are `followed`; undefined: it knows
   */
  attach(volume: string, vm: VmId, signal: AbortSignal): Promise<HostVolume | undefined>;
  detach(volume: string, signal: AbortSignal): Promise<void>;
  /** Only what is attached to nothing. */
  destroy(volume: string, signal: AbortSignal): Promise<void>;
  /** US dollars a month for a GB; undefined where unknown. */
  pricePerGbMonth?(signal: AbortSignal): Promise<number | undefined>;
}

/** An address that is ours until it is given back, whichever machine has it. */
export interface StableAddress {
  /** As the cloud calls it. */
  readonly id: string;
  readonly name: string;
  readonly tags: Tags;
  /** IPv4, as users reach it. */
  readonly address: string;
  /** Id of the machine that has it, as the cloud calls it. */
  readonly heldBy?: string | undefined;
}

/** Every method is idempotent. */
export interface StableAddresses {
  /** Whether they can be had here: not every cloud of a kind has them. */
  available(signal: AbortSignal): Promise<boolean>;
  /** All with our deployment tag. */
  list(signal: AbortSignal): Promise<readonly StableAddress[]>;
  /** The one of this name, made where there is none. */
  reserve(request: Pick<StableAddress, 'name' | 'tags'>, signal: AbortSignal): Promise<StableAddress>;
  /** Has a machine that runs have it, in place of what it had, and of whichever machine had it. */
  assign(id: string, machine: string, signal: AbortSignal): Promise<void>;
  /** Gives it back, also where a machine has it. One that is not there is no error. */
  release(id: string, signal: AbortSignal): Promise<void>;
}

/** Something at a cloud that carries the tag of a deployment: what a sweep looks at. */
export interface Tagged {
  /** `machine`, `volume`, or as the driver calls it: `security-group`, `network`. */
  readonly kind: string;
  /** As the cloud calls it. */
  readonly id: string;
  readonly name: string;
  readonly tags: Tags;
  /** Milliseconds since the epoch; undefined where the cloud does not tell. */
  readonly createdAt?: number | undefined;
  /** Of a volume: the machine that has it. */
  readonly attachedTo?: string | undefined;
}

/** How much of something the cloud allows, and how much of it is used. */
export interface Quota {
  /** For a person: "Virtual CPUs". */
  readonly name: string;
  readonly used?: number | undefined;
  readonly limit: number;
}

/** Files of a VM before it has joined: the first contact between the desktop and its director's VM. */
export interface FirstContact extends AsyncDisposable {
  readFile(path: string, signal: AbortSignal): Promise<string | undefined>;
  writeFile(path: string, content: string, signal: AbortSignal): Promise<void>;
}

/** Errors are ConpaasError: `cloud_failed` with the cloud's own words, `unreachable`, `not_found`. */
export interface Cloud extends AsyncDisposable {
  /** e.g. `local`. */
  readonly kind: string;
  /** Of its VMs' processors; absent: VMs run what this computer runs. */
  readonly architecture?: Architecture | undefined;
  /**
   * How a VM comes by its list of control processes. `set`: by the driver. `followed`: nobody can tell a VM anything, so
   * its host joins and follows the list at the director.
   */
  readonly lists: 'set' | 'followed';
  /** Whether its lists tell at once of what was made; those of most clouds lag behind. */
  readonly tellsAtOnce?: boolean | undefined;
  /** Whether credentials and quota allow work; throws what is wrong otherwise. */
  check(signal: AbortSignal): Promise<void>;
  /** Idempotent by name. Answers when the request is taken; poll or watch `listVms` for `running`. */
  createVm(request: VmRequest, signal: AbortSignal): Promise<CloudVm>;
  /** All VMs with our deployment tag. */
  listVms(signal: AbortSignal): Promise<readonly CloudVm[]>;
  /** Idempotent; a VM that is not there is no error. */
  destroyVm(id: VmId, signal: AbortSignal): Promise<void>;
  /** Replaces the list of control processes of a VM. Not where lists are `followed`. */
  setProcesses(id: VmId, processes: readonly HostProcess[], signal: AbortSignal): Promise<void>;
  /**
   * Brings the programs of a release to a VM, whose host then finds them there; what runs is not touched. Not where lists
   * are `followed`: hosts fetch them from the director.
   */
  install(id: VmId, release: Release, signal: AbortSignal): Promise<void>;
  /**
   * Has the host of a release look after the VMs, in place of the one before, which comes back where that does not start.
   * Absent: the host stays as it is.
   * @throws ConpaasError cloud_failed: the one before has come back
   */
  renewHost?(release: string, signal: AbortSignal): Promise<void>;
  /**
   * Has the host of one VM be of another release, where each VM has its own; the one before comes back where that does not
   * serve, and is said to have failed then. Absent: nobody but the host itself can do it.
   */
  replaceHost?(id: VmId, program: Program, signal: AbortSignal): Promise<HostFacts>;
  /** What the host of a VM is; to be had where `replaceHost` is. */
  hostFacts?(id: VmId, signal: AbortSignal): Promise<HostFacts | undefined>;
  /** SHA-256 of the Node that goes with the programs of this driver; absent: a VM has the one of its host. */
  runtimeDigest?(): Promise<string>;
  offers(signal: AbortSignal): Promise<readonly Offer[]>;
  /** Absent: this kind of cloud tells none. */
  quotas?(signal: AbortSignal): Promise<readonly Quota[]>;
  /** How many times as long as elsewhere VMs may take for whatever they do, as emulated ones; absent: once. */
  patience?(signal: AbortSignal): Promise<number>;
  /** Absent: this kind of cloud has none. */
  readonly volumes?: CloudVolumes | undefined;
  /** Absent: this kind of cloud has none. */
  readonly addresses?: StableAddresses | undefined;
  contact(id: VmId, signal: AbortSignal): Promise<FirstContact>;
  /** Off stops all VMs of the deployment and is remembered, over a reboot too; their data stays. On starts them again. */
  power(on: boolean, signal: AbortSignal): Promise<void>;
  /** Starts one VM that is stopped; its disk is as it was. Absent: whoever runs the VMs does so by itself. */
  startVm?(id: VmId, signal: AbortSignal): Promise<void>;
  /** Starts again what the driver itself runs for a deployment, if that has died. Costs next to nothing if it has not. */
  wake(signal: AbortSignal): Promise<void>;
  /** All that carries the deployment's tag and is not gone yet. */
  tagged(signal: AbortSignal): Promise<readonly Tagged[]>;
  /** Removes one of them, whose kind and id are as `tagged` told. Idempotent; what is not the deployment's is not touched. */
  removeTagged(thing: Pick<Tagged, 'kind' | 'id'>, signal: AbortSignal): Promise<void>;
  /** Ids of all deployments that have something here: also of others who use the same account. */
  deployments(signal: AbortSignal): Promise<readonly string[]>;
  /** Ends or removes what the driver itself needs for a deployment, once its last VM is destroyed. Idempotent. */
  retire(signal: AbortSignal): Promise<void>;
}

/** By how much to lengthen a limit for what VMs of a cloud do. */
export async function patienceOf(cloud: Pick<Cloud, 'patience'>, signal: AbortSignal): Promise<number> {
  return (await cloud.patience?.(signal)) ?? 1;
}
