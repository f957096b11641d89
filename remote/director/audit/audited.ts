/**
 * Which calls are audited, and what is written of them. Queries and streams are not, unless they read a secret; of
 * parameters only the names of things are taken.
 */
import type { AuditEntry } from '../../core/contract/audit.ts';
import { toFailure } from '../../core/contract/errors.ts';
import type { Identity } from '../../core/contract/identity.ts';
import type { Call, Method, MethodTable } from '../../core/contract/method.ts';

/** Parameters that name what a call is about. What is not listed may be a secret, or large. */
const named = [
  'service',
  'node',
  'nodes',
  'ids',
  'vms',
  'version',
  'operation',
  'name',
  'names',
  'type',
  'role',
  'user',
  'serial',
  'cloud',
  'database',
  'running',
  'architecture',
] as const;
const longest = 200;

/** Methods that are queries by kind and give secrets away all the same. */
const secretReads: ReadonlySet<string> = new Set(['get_secrets']);

/** Answers of a program to what the director itself has asked: nobody decides anything by them. */
const answers: ReadonlySet<string> = new Set(['answer_cloud_request']);

/**
 * What reads on from a call that was written down: `begin_backup` says who takes the whole. And what is sealed as it is read,
 * so that it tells nothing.
 */
const readsOn: ReadonlySet<string> = new Set([
  ...['download_backup_file', 'download_backup_blob', 'end_backup'],
  'download_from_backup_volume',
]);

/** Whether a call of this method, which nobody may know (`undefined`: of a newer manager), may be audited. */
export function isAudited(name: string, method: Method | undefined): boolean {
  if (secretReads.has(name) || !method || method.revealedBy !== undefined) return true;
  return method.kind !== 'query' && method.kind !== 'stream' && !answers.has(name) && !readsOn.has(name);
}

/** Whether it is, now that its parameters are known: of queries only those that ask for a secret. */
export function isAuditedWith(name: string, method: Method | undefined, params: unknown): boolean {
  if (method?.kind !== 'query' || secretReads.has(name)) return isAudited(name, method);
  const reveals = method.revealedBy;
  return reveals !== undefined && (params as Record<string, unknown> | undefined)?.[reveals] === true;
}

/** The names in the parameters of a call. */
export function targetOf(params: unknown): Record<string, string> {
  if (typeof params !== 'object' || params === null) return {};
  const given = params as Record<string, unknown>;
  const target: Record<string, string> = {};
  for (const key of named) {
    const text = textOf(given[key]);
    if (text !== undefined) target[key] = text.slice(0, longest);
  }
  return target;
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean' || typeof value === 'number') return String(value);
  if (Array.isArray(value)) return value.filter((one) => typeof one === 'string').join(', ');
  if (typeof value === 'object' && value !== null) {
    // counts by role
    const counts = Object.entries(value).filter(([, count]) => typeof count === 'number');
    if (counts.length > 0) return counts.map(([role, count]) => `${role} ${count}`).join(', ');
  }
  return undefined;
}

/** The id of the operation that a call has started. */
export function operationIn(result: unknown): string | undefined {
  const operation = (result as { operation?: unknown } | null | undefined)?.operation;
  return typeof operation === 'string' ? operation : undefined;
}

export function whoIs(identity: Identity | undefined): string {
  switch (identity?.kind) {
    case 'user':
      return identity.name;
    case 'director':
      return 'director';
    case 'manager':
    case 'agent':
      return `${identity.kind} of ${identity.application}`;
    case 'host':
      return `host of ${identity.vm}`;
    case undefined:
      return 'nobody';
  }
}

export interface AuditedOptions {
  append(entry: Omit<AuditEntry, 'seq' | 'time' | 'hash'>): Promise<unknown>;
  /** Id and present name of an application by either. */
  application(idOrName: string): { id: string; name: string } | undefined;
  log(line: string): void;
}

type AnyHandler = (...given: unknown[]) => unknown;

/**
 * The same handlers, whose calls by users (and reads of secrets by anybody) are written down before they answer.
 * What fails is written down too.
 */
export function audited<T extends object>(table: MethodTable, handlers: T, options: AuditedOptions): T {
  const all: Record<string, unknown> = { ...(handlers as Record<string, unknown>) };
  for (const [name, handler] of Object.entries(handlers)) {
    const method = table[name];
    if (!method || !isAudited(name, method) || method.kind === 'stream' || method.kind === 'duplex') continue;
    all[name] = async (...given: unknown[]): Promise<unknown> => {
      const params = given[0];
      const call = given.at(-1) as Call;
      const isUser = call.caller?.kind === 'user';
      const counts = isAuditedWith(name, method, params) && (isUser || secretReads.has(name));
      if (!counts) return (handler as AnyHandler)(...given);
      const write = (outcome: string, result?: unknown) =>
        writeDown(options, { name, params, call, outcome, operation: operationIn(result), result });
      let result: unknown;
      try {
        result = await (handler as AnyHandler)(...given);
      } catch (error) {
        await write(toFailure(error).code);
        throw error;
      }
      await write('done', result);
      return result;
    };
  }
  return all as T;
}

interface Written {
  readonly name: string;
  readonly params: unknown;
  readonly call: Pick<Call, 'caller' | 'from' | 'client'>;
  readonly outcome: string;
  readonly operation?: string | undefined;
  readonly result?: unknown;
}

async function writeDown(options: AuditedOptions, written: Written): Promise<void> {
  const { name, params, call, outcome, operation, result } = written;
  const wanted = [params, result]
    .map((given) => (given as { application?: unknown } | null | undefined)?.application)
    .find((value) => typeof value === 'string');
  const ofCaller = call.caller && 'application' in call.caller ? call.caller.application : undefined;
  const about = wanted ?? ofCaller;
  const application = typeof about === 'string' ? options.application(about) : undefined;
  try {
    await options.append({
      who: whoIs(call.caller),
      from: call.from,
      ...(call.client !== undefined && { client: call.client }),
      method: name,
      ...(typeof about === 'string' && { application: application?.id ?? about }),
      target: { ...(application && { application: application.name }), ...targetOf(params) },
      outcome,
      ...(operation !== undefined && { operation }),
    });
  } catch (error) {
    options.log(`the audit trail cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
}
