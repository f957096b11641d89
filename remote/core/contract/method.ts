/**
 * One contract: every method is declared once, as data. From these tables come the HTTPS routes, the typed client, the
 * command line, the forms in the window, the OpenAPI document and the authorization test.
 */
import type { Duplex, Readable } from 'node:stream';
import { z } from 'zod';
import type { Identity } from './identity.ts';
import type { OperationId } from './ids.ts';

/**
 * query: no effect. command: an effect, answers once. stream: NDJSON of `result` items. upload: a body and a result.
 * download: a body. duplex: bytes both ways over an upgraded connection.
 */
export type MethodKind = 'query' | 'command' | 'stream' | 'upload' | 'download' | 'duplex';

/**
 * Who may call, as seen by the serving process:
 * - `anyone`: even without a certificate (join, get_program), or with one that is only expired (renew)
 * - `user`: a user of the deployment (on a manager: a user stated by its director)
 * - `director`: the director of the deployment, on its own behalf
 * - `manager`: on the director, any manager of this deployment with the newest epoch (it acts on its own application
 *   only); on an agent, the manager of the same application
 * - `agent`: on the director, any agent of this deployment
 * - `host`: on the director, the host of a machine that this deployment has
 * - `owner`: whoever may open the unix socket (local host only)
 */
export type Caller = 'anyone' | 'user' | 'director' | 'manager' | 'agent' | 'host' | 'owner';

export interface Method<
  Kind extends MethodKind = MethodKind,
  Params extends z.ZodType = z.ZodType,
  Result extends z.ZodType = z.ZodType,
> {
  readonly kind: Kind;
  /** Always an object schema; unknown keys are refused by the server. */
  readonly params: Params;
  /** Result, or one item of a stream. `z.void()` for downloads and duplexes. */
  readonly result: Result;
  readonly callers: readonly Caller[];
  /** Contract version that brought it. */
  readonly since: number;
  /** One line. */
  readonly doc: string;
  /** Size cap of an upload's body in bytes. */
  readonly maxBytes?: number;
  /** Name of a parameter that, when true, puts a secret into the result: a window's page is never given that. */
  readonly revealedBy?: string;
  /** Milliseconds the client allows when the caller says nothing. */
  readonly timeoutMs?: number;
}

export type MethodTable = Readonly<Record<string, Method>>;
export type ParamsOf<M extends Method> = z.input<M['params']>;
export type ParsedParamsOf<M extends Method> = z.output<M['params']>;
export type ResultOf<M extends Method> = z.output<M['result']>;

/** Declares a method; a helper that only fixes the types. */
export function method<Kind extends MethodKind, Params extends z.ZodType, Result extends z.ZodType>(
  declaration: Method<Kind, Params, Result>,
): Method<Kind, Params, Result> {
  return declaration;
}

/** No parameters. */
export const nothing = z.strictObject({});
/** A command that only says it is done. */
export const done = z.object({});

/** What a handler knows about the call beside its parameters. */
export interface Call {
  /** Verified identity of the TLS peer; undefined only for `anyone` and `owner` methods. */
  readonly caller: Identity | undefined;
  /** On a manager: the user on whose behalf the director relays. On the director: the calling user. */
  readonly user: string | undefined;
  /** The caller's id for the operation it starts: one that exists is answered with, not started again. */
  readonly operation?: OperationId | undefined;
  /** Aborts when the client goes away, or at the deadline. */
  readonly signal: AbortSignal;
  /** PEM of the presented leaf and chain (for `renew`), leaf first. */
  readonly presented: readonly string[];
  /** Peer address, for the log. */
  readonly from: string;
  /** What the peer says that it is, for people: `command 1.2.0`. Never believed. */
  readonly client?: string | undefined;
  /** Stream: `seq` of the last item the client has seen. A handler that can go on after it says so by `resumeAt`. */
  readonly after?: number | undefined;
  /** Stream: the next item has this `seq` (they count from 1 otherwise). */
  readonly resumeAt?: (seq: number) => void;
}

/** A complete, checked body of an upload: a file that the server deletes after the handler has ended. */
export interface UploadedFile {
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
  /** As the client called it; never used as a path. */
  readonly name: string;
}

export interface DownloadBody {
  readonly stream: Readable;
  readonly size?: number | undefined;
  readonly sha256?: string | undefined;
  readonly name?: string | undefined;
}

/**
 * Agrees to a duplex and gives it. What a handler throws before is a refusal: the connection is never upgraded.
 * @throws ConpaasError cancelled: the client has gone meanwhile
 */
export type OpenChannel = () => Duplex;

export type Handler<M extends Method> = M['kind'] extends 'stream'
  ? (params: ParsedParamsOf<M>, call: Call) => AsyncIterable<z.input<M['result']>>
  : M['kind'] extends 'upload'
    ? (params: ParsedParamsOf<M>, body: UploadedFile, call: Call) => Promise<z.input<M['result']>>
    : M['kind'] extends 'download'
      ? (params: ParsedParamsOf<M>, call: Call) => Promise<DownloadBody>
      : M['kind'] extends 'duplex'
        ? (params: ParsedParamsOf<M>, open: OpenChannel, call: Call) => Promise<void>
        : (params: ParsedParamsOf<M>, call: Call) => Promise<z.input<M['result']>>;

export type Handlers<Table extends MethodTable> = { readonly [Name in keyof Table]: Handler<Table[Name]> };

/** Names of the methods of some kind, for typed clients. */
export type NamesOf<Table extends MethodTable, Kind extends MethodKind> = {
  [Name in keyof Table & string]: Table[Name]['kind'] extends Kind ? Name : never;
}[keyof Table & string];

declare const CONPAAS_CONTRACT: number;

const ownContract = 1;

/** Version of the contract that this code speaks. Peers may differ by one. Builds for tests can have another. */
export const contractVersion: number = typeof CONPAAS_CONTRACT === 'undefined' ? ownContract : CONPAAS_CONTRACT;

/** `hello`, which every server answers: what it is and what it can. */
export const hello = method({
  kind: 'query',
  params: nothing,
  result: z.object({
    role: z.enum(['director', 'manager', 'agent', 'host']),
    /** Contract version. */
    version: z.number().int(),
    /** Names of the methods it serves. */
    methods: z.array(z.string()),
    /** Product version, for people. */
    product: z.string(),
    /** Which set of programs it belongs to. */
    release: z.string().optional(),
  }),
  callers: ['user', 'director', 'manager', 'agent', 'host', 'owner'],
  since: 1,
  doc: 'What this process is, its contract version and the methods it serves.',
});
