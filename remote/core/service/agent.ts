/** The agent's half of a service type: brings one node to what the manager wants, again and again. */
import type { NodeAssignment } from '../contract/agent.ts';
import type { NodeObservation } from '../contract/application.ts';
import type { Call, DownloadBody, UploadedFile } from '../contract/method.ts';
import type { ProcessSpec, Sandbox, Supervised } from '../supervisor/types.ts';

/** What changes of a node the service reports; the agent adds the rest of the NodeObservation. */
export type NodeReport = Pick<NodeObservation, 'state' | 'ports' | 'detail' | 'failure'>;

export interface ScriptPlace {
  /** Their home and working directory: the role's own. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Values by the names of figures; of counters the total since the engine's start. */
export interface NodeMeasurement {
  readonly figures: Readonly<Record<string, number | undefined>>;
  /** What it tells of others, by `<group>/<name>`: figures with the role `<role>:<group>`. */
  readonly parts?: Readonly<Record<string, Readonly<Record<string, number | undefined>>>>;
}

/** One running node; made by `createServiceAgent(...)(context)`. All calls are serial per node. */
export interface ServiceAgentNode {
  /**
   * Brings the node to `assignment` (running: true). Idempotent, called at every change, after an agent's restart
   * (engines may still run: they are adopted) and after a failure. Resolves when the configuration is in force;
   * throws a ConpaasError (with the engine's last lines) when it cannot be.
   */
  apply(assignment: NodeAssignment, signal: AbortSignal): Promise<void>;
  /** Stops the engines gracefully; data stays. */
  stop(signal: AbortSignal): Promise<void>;
  /** Ports and facts as they are now. Cheap; called at each report. */
  report(): Pick<NodeReport, 'ports' | 'detail'>;
  /**
   * Where scripts of users work on this node and what they find in their environment; undefined while that is not
   * known. Types that run no scripts leave it out.
   */
  scriptPlace?(): ScriptPlace | undefined;
  /**
   * Figures that the spec declares, as they are now; those that cannot be told are left out. Called every few seconds,
   * also while the node is being changed, and given up after two seconds.
   */
  measure?(signal: AbortSignal): Promise<NodeMeasurement>;
  /** Names and paths of the logs. */
  logs(): Readonly<Record<string, string>>;
  /** Handlers of `spec.agentMethods` (params carry `node`). */
  readonly handlers: Readonly<
    Record<
      string,
      (params: Record<string, unknown>, call: Call, body: UploadedFile | undefined) => Promise<unknown | DownloadBody>
    >
  >;
}

export type ServiceAgent = (context: NodeContext) => ServiceAgentNode;

/** What the agent lends to a node. */
export interface NodeContext {
  readonly node: string;
  readonly service: string;
  readonly role: string;
  /** Address of the VM: engines bind to it (or to a unix socket), never to a wildcard. */
  readonly address: string;
  /** The node's own directory: configuration, data, logs, run. Survives stop and restarts; removed with the node. */
  readonly directory: string;
  /**
   * Where data belongs that must outlive the machine: on the node's volume, or in its own directory where it has none. When
   * a volume comes to another machine, what is on it may belong to another uid: see `own`.
   */
  readonly dataDirectory: string;
  /** Directory shared by all nodes of this agent for unpacked, immutable code (`<blob>/`). */
  readonly codeDirectory: string;
  /** uid of this role on this VM where the agent is root; undefined otherwise. */
  readonly uid: number | undefined;
  /** Starts (or adopts) an engine of this node; `name` is unique within the node. Sandboxed as this role's uid. */
  start(spec: Omit<ProcessSpec, 'uid' | 'sandbox'> & { sandbox: Sandbox }): Promise<Supervised>;
  /** Ends engines of this node that no start() since the last apply has claimed. */
  endLeftovers(): Promise<void>;
  /**
   * A free port on the VM's address, remembered under `name`, so that it stays over restarts.
   * @param exact throw `port_in_use` (naming the holder) instead of taking another
   */
  port(name: string, preferred: number, exact?: boolean): Promise<number>;
  /** Fetches a blob of the application into the agent's cache (checked); the path stays valid until the node goes. */
  blob(hash: string, signal: AbortSignal): Promise<string>;
  /** Runs a program to its end in the role's sandbox, e.g. an installer or a user's script file. */
  run(
    spec: {
      executable: string;
      arguments: readonly string[];
      directory: string;
      environment: Readonly<Record<string, string>>;
      sandbox: Sandbox;
      log: string;
      timeoutMs: number;
      /** Descriptor that becomes standard input (a database's dump); empty where absent. The caller closes it. */
      input?: number | undefined;
    },
    signal: AbortSignal,
  ): Promise<{ code: number | undefined; lastLines: readonly string[] }>;
  /** Gives files to the role's uid (no-op where we are not root). */
  own(path: string): Promise<void>;
  /** Something changed that the manager should know (report() is called). */
  changed(): void;
  /** A line for the node's own log `conpaas`. */
  log(line: string): void;
}
