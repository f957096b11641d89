/** Links to the managers: where each serves, what it reports, and work handed over to it. */
import { setTimeout as delay } from 'node:timers/promises';
import { outsideOf } from '../core/clouds/cloud.ts';
import { ConpaasError } from '../core/contract/errors.ts';
import type { Identity } from '../core/contract/identity.ts';
import type { ApplicationId, DeploymentId, OperationId } from '../core/contract/ids.ts';
import { managerMethods } from '../core/contract/manager.ts';
import type { Operation } from '../core/contract/operation.ts';
import { Changed, waitFor } from '../core/events/index.ts';
import type { Credentials } from '../core/identity/index.ts';
import type { StepContext } from '../core/operations/index.ts';
import { type Client, connect, type RelayTarget } from '../core/rpc/index.ts';
import { patienceHere } from '../core/supervisor/patience.ts';
import type { Inventory } from './inventory.ts';

export interface ManagersOptions {
  readonly deployment: DeploymentId;
  readonly inventory: Inventory;
  /** Whether machines of a cloud are reached only where users reach them; absent: none are. */
  isOutside?(cloud: string): boolean;
  credentials(): Credentials;
}

export type ManagerClient = Client<typeof managerMethods>;

export class Managers implements AsyncDisposable {
  readonly #options: ManagersOptions;
  readonly #clients = new Map<string, ManagerClient>();
  /** Operations as their manager last reported them. */
  readonly #operations = new Map<OperationId, Operation>();
  readonly #reported = new Changed();

  constructor(options: ManagersOptions) {
    this.#options = options;
  }

  /** Where the newest manager of an application serves, or undefined while it has not joined. */
  target(application: ApplicationId): RelayTarget | undefined {
    const { inventory, deployment, credentials } = this.#options;
    const record = inventory.application(application);
    if (!record) return undefined;
    for (const vm of inventory.vms(application)) {
      const port = vm.managerPorts[String(record.epoch)];
      if (port === undefined || vm.address === undefined || vm.state === 'destroying' || vm.state === 'gone') continue;
      const expect: Identity = { kind: 'manager', deployment, application, epoch: record.epoch };
      const outside = this.#options.isOutside?.(vm.cloud) === true ? outsideOf(vm, port) : undefined;
      return {
        ...{ host: vm.address, port, ...outside },
        expect,
        credentials: credentials(),
        title: `The manager of ${record.name}`,
      };
    }
    return undefined;
  }

  /** Throws `unreachable` while the manager has not joined. */
  requireTarget(application: ApplicationId): RelayTarget {
    const target = this.target(application);
    if (target) return target;
    throw new ConpaasError('unreachable', 'The manager of the application is not there yet. Try again in a moment.', {
      retry: true,
    });
  }

  /** A client of the manager, kept as long as it stays where it is. */
  client(application: ApplicationId): ManagerClient {
    const { host, port, expect } = this.requireTarget(application);
    const key = `${application} ${host} ${port} ${expect.kind === 'manager' ? expect.epoch : ''}`;
    let client = this.#clients.get(key);
    if (!client) {
      for (const [other, old] of this.#clients) {
        if (!other.startsWith(`${application} `)) continue;
        this.#clients.delete(other);
        void old[Symbol.asyncDispose]();
      }
      client = connect(managerMethods, {
        address: { host, port },
        expect,
        credentials: this.#options.credentials,
        roots: () => this.#options.credentials().roots,
      });
      this.#clients.set(key, client);
    }
    return client;
  }

  /**
   * Waits until the newest manager of an application has joined and answers.
   * @throws ConpaasError cloud_failed: its machine will not come up
   */
  async ready(application: ApplicationId, signal: AbortSignal): Promise<void> {
    const { inventory } = this.#options;
    const target = () => {
      const epoch = inventory.application(application)?.epoch;
      const vm = inventory.vms(application).find(({ managers }) => epoch !== undefined && managers.includes(epoch));
      const target = this.target(application);
      const isLate = vm?.state === 'running' && vm.cause !== undefined && target === undefined;
      if (vm?.state !== 'failed' && !isLate) return target;
      const why = vm.cause ?? 'the cloud does not say why';
      throw new ConpaasError('cloud_failed', `The machine of the manager did not come up: ${why}`, { retry: true });
    };
    for (;;) {
      await waitFor(inventory.changed, target, signal);
      try {
        await this.client(application).call('hello', {}, { signal, timeoutMs: 5000 });
        return;
      } catch (error) {
        if (signal.aborted || !isUnreachable(error)) throw error;
        await delay(100, undefined, { signal });
      }
    }
  }

  reportOperations(operations: readonly Operation[]): void {
    for (const operation of operations) this.#operations.set(operation.id, operation);
    if (operations.length > 0) this.#reported.notify();
  }

  operation(id: OperationId): Operation | undefined {
    return this.#operations.get(id);
  }

  forget(id: OperationId): void {
    this.#operations.delete(id);
  }

  /**
   * A step that a manager does for us: hands it over (with our operation's id, so that repeating is harmless), shows its
   * steps as ours, and ends as it ends. Outlives restarts of either side.
   */
  async handOver(
    application: ApplicationId,
    context: StepContext<unknown>,
    call: (client: ManagerClient, signal: AbortSignal) => Promise<unknown>,
  ): Promise<Operation> {
    const { id, signal } = context;
    const handed = context.memory['handedOver'];
    if (handed !== context.attempt) await context.remember({ handedOver: context.attempt });
    // After a retry the manager knows the operation as failed; it must be told to take it up again, once.
    let retry = typeof handed === 'number' && handed < context.attempt;
    for (;;) {
      try {
        const client = this.client(application);
        if (retry) {
          this.#operations.delete(id);
          await client
            .call('retry', { operation: id, requestedBy: context.requestedBy }, { signal, timeoutMs: 10_000 })
            .catch((error: unknown) => {
              if (!(error instanceof ConpaasError && error.code === 'not_found')) throw error;
            });
          retry = false;
        }
        await call(client, AbortSignal.any([signal, AbortSignal.timeout(15_000 * patienceHere())]));
      } catch (error) {
        if (signal.aborted || !isUnreachable(error)) throw error;
        context.update(undefined, 'waiting for the manager');
        await delay(100, undefined, { signal });
        continue;
      }
      const ended = await this.#follow(context);
      if (!ended) continue;
      if (ended.state === 'done') {
        context.result(ended.outcome ?? {});
        return ended;
      }
      context.mirror(ended.steps);
      throw ConpaasError.of(
        ended.failure ?? {
          code: ended.state === 'cancelled' ? 'cancelled' : 'internal',
          message: 'It did not end well.',
        },
      );
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#clients.values()].map((client) => client[Symbol.asyncDispose]()));
    this.#clients.clear();
  }

  /** The ended operation, or undefined when nothing was heard for a while (then it is handed over again). */
  async #follow(context: StepContext<unknown>): Promise<Operation | undefined> {
    let shown: Operation | undefined;
    for (;;) {
      const silence = AbortSignal.timeout(5000);
      try {
        const operation = await waitFor(
          this.#reported,
          () => {
            const current = this.#operations.get(context.id);
            return current === shown ? undefined : current;
          },
          AbortSignal.any([context.signal, silence]),
        );
        shown = operation;
        context.mirror(operation.steps);
        if (operation.state !== 'running') return operation;
      } catch (error) {
        if (context.signal.aborted || !silence.aborted) throw error;
        return undefined;
      }
    }
  }
}

function isUnreachable(error: unknown): boolean {
  return error instanceof ConpaasError && ['unreachable', 'deadline_exceeded', 'interrupted'].includes(error.code);
}
