/** One service: what its type is, what is to be deployed to it, transfers of any of its methods, dry runs, passwords. */
import { z } from 'zod';
import type { LeftOut, MissingPackages } from '../../../remote/core/archive/index.ts';
import { longestScript, type ScriptOutput } from '../../../remote/core/contract/scripts.ts';
import { application, method, ticket } from './common.ts';

const service = z.string().min(1).max(100);
/** Paths inside the folder that was handed in, as `inspect_offer` has named them; never paths of this computer. */
const include = z.array(z.string().min(1).max(1024)).max(1000);
/** Names progress that is pushed. */
const transfer = z.string().max(64);
const params = z.record(z.string(), z.unknown());

/** One method of a service's manager that users may call. */
export interface ServiceMethod {
  readonly name: string;
  readonly kind: 'query' | 'command' | 'upload' | 'download';
  readonly doc: string;
  /** JSON Schema; the parameter `service` is filled in. */
  readonly params: unknown;
  /** Whether it is this type's own. */
  readonly own: boolean;
}

/** A service type as plain data: everything its page is built from. */
export interface TypeDescription {
  readonly type: string;
  readonly title: string;
  readonly doc: string;
  readonly code: boolean;
  readonly dump: boolean;
  /** Whether its nodes run a startup script and give their code an environment. */
  readonly scripts: boolean;
  /** Whether its nodes hold data that volumes can carry. */
  readonly keepsData: boolean;
  readonly roles: Readonly<Record<string, { readonly title: string; readonly doc: string }>>;
  /** JSON Schema of `Configuration`, with defaults. */
  readonly configuration: unknown;
  readonly methods: readonly ServiceMethod[];
}

/** What the user has handed in, looked at before anything is sent. */
export interface OfferContents {
  readonly kind: 'archive' | 'folder';
  readonly name: string;
  readonly files: number;
  /** Unpacked. */
  readonly bytes: number;
  /** Largest first; at most 200 of them. */
  readonly leftOut: readonly LeftOut[];
  readonly leftOutCount: number;
  readonly missing: readonly MissingPackages[];
  readonly skipped: readonly string[];
}

export interface OfferDifference {
  /** Compared with this one; undefined: there is none. */
  readonly version?: string | undefined;
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

export const serviceCalls = {
  describe_type: z.strictObject({ type: z.string().max(60) }),
  /** The types of services there are. */
  list_types: z.strictObject({}),
  inspect_offer: z.strictObject({ ticket, include }),
  /** Only names and hashes go to the manager. */
  compare_offer: z.strictObject({ application, service, ticket, include }),
  /** An upload method of a service's manager; the body is the file of a ticket. */
  upload: z.strictObject({ application, method, params, ticket, transfer }),
  /** A download method, streamed to the file that the user has chosen (see `chooseTarget` of the desktop). */
  download: z.strictObject({ application, method, params, ticket, transfer }),
  /** Pushes what the script says under `run`; the answer comes when it has ended. */
  dry_run_script: z.strictObject({
    application,
    service,
    node: z.string().max(100).optional(),
    script: z.string().min(1).max(longestScript),
    network: z.boolean(),
    run: z.string().max(64),
  }),
  /** The database's password: to the clipboard, or into a dialog of the main process. Never to the page. */
  use_password: z.strictObject({ application, service, how: z.enum(['copy', 'show']) }),
} as const;

export interface ServiceResults {
  describe_type: TypeDescription;
  list_types: readonly { readonly type: string; readonly title: string }[];
  inspect_offer: OfferContents;
  compare_offer: OfferDifference;
  upload: unknown;
  download: { readonly bytes: number };
  dry_run_script: null;
  use_password: null;
}

export type ServicePush = { readonly push: 'script'; readonly run: string; readonly said: ScriptOutput };
