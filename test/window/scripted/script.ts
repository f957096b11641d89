/** What the scripted methods work on: the state that a test sets and looks at. */
import type { ApplicationInfo, Event, VmInfo } from '../../../remote/core/contract/application.ts';
import type { DirectorMethods } from '../../../remote/core/contract/director.ts';
import { ConpaasError, type Failure } from '../../../remote/core/contract/errors.ts';
import type { OperationId } from '../../../remote/core/contract/ids.ts';
import type { ManagerMethods } from '../../../remote/core/contract/manager.ts';
import type { Handlers } from '../../../remote/core/contract/method.ts';
import type { Operation } from '../../../remote/core/contract/operation.ts';
import { Topic } from '../../../remote/core/events/index.ts';
import { operationOf } from './model.ts';

/** Methods that a subject scripts; all others are refused. */
export type Scripted<Table extends DirectorMethods | ManagerMethods> = Partial<Omit<Handlers<Table>, 'hello'>>;

export interface Script {
  readonly applications: Map<string, ApplicationInfo>;
  readonly operations: Map<string, Operation>;
  /** Exported manifests by application id, where a test says another than the usual one. */
  readonly manifests: Map<string, Record<string, unknown>>;
  /** Machines that `list_vms` tells of. */
  readonly vms: VmInfo[];
  /** Methods that were called, with their parameters, in order. */
  readonly calls: { readonly name: string; readonly params: unknown }[];
  /** What methods fail with. */
  readonly failures: Map<string, Failure>;
  /** What methods answer instead of what the script says. */
  readonly answers: Map<string, unknown>;
  /** Methods that do not answer until the promise is settled. */
  readonly held: Map<string, Promise<void>>;
  /** Methods whose answers leave without being checked against the contract, made worse by this. */
  readonly spoilt: Map<string, (answer: unknown) => unknown>;
  readonly events: Topic<Event>;
  /** Notes a call; its result, or what the test wants it to fail with. */
  take<T>(name: string, params: unknown, result: T): T;
  /** Tells the window of a new state of an application, and keeps it. */
  put(info: ApplicationInfo): void;
  /** Tells the window of an operation, and keeps it. */
  putOperation(operation: Operation): void;
  /** An application by id or name. */
  find(application: string): ApplicationInfo;
  /** An operation that has ended well at once. */
  done(kind: string, title: string, target: Operation['target']): { operation: OperationId };
}

export function openScript(): Script {
  const script: Script = {
    applications: new Map(),
    operations: new Map(),
    vms: [],
    manifests: new Map(),
    calls: [],
    failures: new Map(),
    answers: new Map(),
    held: new Map(),
    spoilt: new Map(),
    events: new Topic<Event>(),
    take(name, params, result) {
      script.calls.push({ name, params });
      const failure = script.failures.get(name);
      if (failure) throw ConpaasError.of(failure);
      return script.answers.has(name) ? (script.answers.get(name) as typeof result) : result;
    },
    put(info) {
      script.applications.set(info.summary.id, info);
      script.events.publish({ type: 'application', application: info.summary });
    },
    putOperation(operation) {
      script.operations.set(operation.id, operation);
      script.events.publish({ type: 'operation', operation });
    },
    find(application) {
      const found = [...script.applications.values()].find(
        ({ summary }) => summary.id === application || summary.name === application,
      );
      if (found) return found;
      throw new ConpaasError('not_found', `There is no application ${application}.`);
    },
    done(kind, title, target) {
      const operation = operationOf({ kind, title, target, state: 'done' });
      script.putOperation(operation);
      return { operation: operation.id };
    },
  };
  return script;
}
