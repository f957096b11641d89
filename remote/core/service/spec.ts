/**
 * What a service type is, as data. **Adding a service type = one folder under remote/services/ with spec.ts (exports
 * `spec`), manager.ts (exports `createServiceManager`) and agent.ts (exports `createServiceAgent`)**; the registry is
 * generated, nothing else is edited.
 */
import type { z } from 'zod';
import type { MethodTable } from '../contract/method.ts';
import type { FigureSpec } from '../metrics/figures.ts';

export interface RoleSpec {
  /** For a person: "Backend". */
  readonly title: string;
  readonly doc: string;
  /** Nodes at the first start. */
  readonly count: number;
  readonly min: number;
  readonly max: number;
  /** Debian packages with the engines of this role; other distributions' names behind them (engines.ts). */
  readonly packages: readonly string[];
  /** Executables that must be there; checked before a node starts. A `*` stands for a version. */
  readonly executables: readonly string[];
  /**
   * Of roles whose nodes hold data: the key of the configuration that says how many GB a volume for it has, where the cloud
   * has volumes; 0: it stays on the machine's own disk.
   */
  readonly volume?: string;
  /** Names of logs beside the engine's own. */
  readonly logs: readonly string[];
}

export interface ServiceSpec {
  /** Lower case, as in the manifest: `php`. */
  readonly type: string;
  readonly title: string;
  readonly doc: string;
  readonly roles: Readonly<Record<string, RoleSpec>>;
  readonly defaultRole: string;
  /** Whether it takes code archives (`Archive`, code versions). */
  readonly code: boolean;
  /** Whether it takes a data dump (`Dump`). */
  readonly dump: boolean;
  /** Whether it answers for names (`Domains`); its configuration then has the keys of core/web/settings.ts. */
  readonly domains?: boolean;
  /** Whether its nodes run a StartupScript and give their code an environment. */
  readonly scripts?: boolean;
  /** Keys of `Configuration`, each with a default and a description. */
  readonly configuration: z.ZodObject;
  /** What its nodes tell of themselves beside what is measured of every node; the charts follow from it. */
  readonly figures?: readonly FigureSpec[];
  /** Methods beside the common ones, on the manager and on the agent. Their params carry `service` (manager). */
  readonly managerMethods: MethodTable;
  readonly agentMethods: MethodTable;
}
