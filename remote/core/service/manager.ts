/** The manager's half of a service type: pure descriptions of what its nodes should run, and its own methods. */
import type { NodeObservation } from '../contract/application.ts';
import type { NodeId } from '../contract/ids.ts';
import type { Call, DownloadBody, UploadedFile } from '../contract/method.ts';
import type { ServiceWeb } from '../web/index.ts';
import type { DesiredNode, DesiredService, DesiredState } from './state.ts';

/** A node as wanted and as observed. */
export interface NodeView {
  readonly desired: DesiredNode;
  /** Address of its VM, once known. */
  readonly address: string | undefined;
  /** Ports that users reach its VM at, by the VM's own; absent: its own. */
  readonly forwarded?: Readonly<Record<string, number>> | undefined;
  /** undefined until its agent has reported. */
  readonly observed: NodeObservation | undefined;
  /** Ports as its agent has last told them; what runs keeps them while the agent is away, or starts again. */
  readonly ports: Readonly<Record<string, number>>;
}

/** Everything `describeNodes` may look at. */
export interface ServiceView {
  readonly service: DesiredService;
  readonly state: DesiredState;
  readonly nodes: readonly NodeView[];
  /** Values of the secrets of the application that are known now. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Environment for user code: its own, its secrets, and what the services it needs provide. */
  readonly environment: Readonly<Record<string, string>>;
  /** Certificates and challenges of its domains; undefined: not known yet. */
  readonly web?: ServiceWeb | undefined;
  /** Where users reach the application, whichever machine is there; undefined: at a machine's own address. */
  readonly stableAddress?: string | undefined;
}

/** What one node should run: becomes `NodeAssignment.configuration`; undefined = not ready to be told yet. */
export type NodeConfiguration = Readonly<Record<string, unknown>>;

export interface ServiceManager {
  /**
   * What each node should run now. **Pure**: called again with every change of desired or observed state; the same
   * input gives the same output. A node that is left out keeps what it runs.
   */
  describeNodes(view: ServiceView): ReadonlyMap<NodeId, NodeConfiguration>;
  /**
   * What services that need this one get in their environment: `{MYSQL_IP, <SERVICE>_HOST, ...}`. Undefined while that
   * is not known: those that have it already keep it. Pure.
   */
  provides(view: ServiceView): Readonly<Record<string, string>> | undefined;
  /** Names of generated secrets this service wants to exist, e.g. `mysql-root`; made before its first node starts. */
  generatedSecrets(service: DesiredService): readonly string[];
  /** URL that users reach the service at, if any. Pure. */
  address(view: ServiceView): string | undefined;
  /** Of types with domains: what all its proxies together answer for now; undefined: none is running. Pure. */
  webService?(view: ServiceView): WebService | undefined;
  /** Whether a draining node has no more work, so that it can be removed. Pure. */
  drained(view: ServiceView, node: NodeView): boolean;
  /** Whether a node that should be `running` really takes its part (e.g. the proxies know it). Pure. */
  inService(view: ServiceView, node: NodeView): boolean;
  /**
   * Why a fresh node cannot take the place of this one (it holds what exists once), as a sentence for the user;
   * undefined: it can. Pure.
   */
  irreplaceable?(view: ServiceView, node: NodeView): string | undefined;
  /**
   * The roles whose nodes switch code one after the other, in that order; `[]` where the type has no code.
   */
  readonly rollingRoles: readonly string[];
  /** Remarks for the user when this change is asked for (e.g. scaling keeps uploads per node). */
  warnings(service: DesiredService, nodes: readonly DesiredNode[]): readonly string[];
  /** Loads a data dump (`Dump` of a manifest), for types whose spec says `dump: true`. */
  loadDump?(context: ServiceContext, file: string, progress: StepProgress): Promise<void>;
  /** Of types with data: whether its nodes are known to take no changes of it now (`state.frozen`). Pure. */
  isFrozen?(view: ServiceView): boolean;
  /** Handlers of `spec.managerMethods`. */
  readonly handlers: Readonly<Record<string, ServiceManagerHandler>>;
}

export interface WebService {
  /** Addresses of the machines whose proxies run, the one that users know first. */
  readonly fronts: readonly string[];
  /** SHA-1 of the certificate by name, of those that every proxy serves. */
  readonly certificates: Readonly<Record<string, string>>;
  /** Tokens of the challenges that every proxy answers. */
  readonly challenges: readonly string[];
  /** Address of the first one, and the port that users reach it at. */
  readonly https: { readonly address: string; readonly port: number } | undefined;
}

/**
 * A handler of a manager method of the type. `body` is there for uploads; downloads return a DownloadBody.
 */
export type ServiceManagerHandler = (
  context: ServiceContext,
  params: Record<string, unknown>,
  call: Call,
  body: UploadedFile | undefined,
) => Promise<unknown | DownloadBody>;

/** What the manager lends to a service's handlers. */
export interface ServiceContext {
  readonly view: ServiceView;
  /** Changes the desired state (journaled, stored by the director) and lets the reconciler act; undefined = no change. */
  change(text: string, mutate: (service: DesiredService, state: DesiredState) => void): Promise<void>;
  /** Calls a method of the agent that runs a node. Streams and bodies included. */
  readonly agent: AgentCaller;
  /** Starts an operation with these steps on behalf of the caller. */
  operation(
    kind: string,
    title: string,
    steps: readonly { name: string; title: string; run(progress: StepProgress): Promise<void> }[],
    requestedBy: string,
  ): Promise<string>;
  /** Waits until `test` holds for the newest view, or throws what the nodes say is wrong. */
  until(what: string, test: (view: ServiceView) => boolean, signal: AbortSignal): Promise<void>;
  setSecret(name: string, value: string): Promise<void>;
  /** Stores a file as a blob at the director. */
  putBlob(path: string): Promise<{ blob: string; size: number }>;
  getBlob(blob: string, signal: AbortSignal): Promise<DownloadBody>;
}

export interface StepProgress {
  readonly signal: AbortSignal;
  update(progress: number | undefined, detail: string): void;
  log(line: string): void;
}

export interface AgentCaller {
  call(node: NodeId, method: string, params: Record<string, unknown>, signal: AbortSignal): Promise<unknown>;
  upload(
    node: NodeId,
    method: string,
    params: Record<string, unknown>,
    file: { path: string; name?: string },
    signal: AbortSignal,
  ): Promise<unknown>;
  download(node: NodeId, method: string, params: Record<string, unknown>, signal: AbortSignal): Promise<DownloadBody>;
}
