/** All nodes of an agent: those assigned, and those that are being removed. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { NodeAssignment } from '../core/contract/agent.ts';
import type { NodeObservation } from '../core/contract/application.ts';
import { ConpaasError } from '../core/contract/errors.ts';
import { Changed } from '../core/events/index.ts';
import type { ServiceAgent } from '../core/service/agent.ts';
import type { ServiceSpec } from '../core/service/spec.ts';
import type { Blobs } from './blobs.ts';
import { placesOf, removePlaces } from './node-places.ts';
import { NodeRunner } from './node-runner.ts';
import type { Ports } from './ports.ts';
import { claimsDirectory, claimUid } from './role-users.ts';
import type { Store } from './store.ts';

export interface NodesOptions {
  readonly home: string;
  readonly address: string;
  readonly store: Store;
  readonly ports: Ports;
  readonly blobs: Blobs;
  readonly services: Readonly<Record<string, ServiceAgent>>;
  readonly specs: Readonly<Record<string, ServiceSpec>>;
  log(line: string): void;
}

export class Nodes implements AsyncDisposable {
  /** At every change of an observation. */
  readonly changed = new Changed();
  readonly #options: NodesOptions;
  readonly #runners = new Map<string, NodeRunner>();
  readonly #removing = new Map<string, { readonly runner: NodeRunner; readonly done: Promise<void> }>();
  /** Assignments one after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: NodesOptions) {
    this.#options = options;
  }

  /** Takes up what the journal holds, with its engines; ends and removes what it does not hold. */
  async resume(): Promise<void> {
    const { home, store } = this.#options;
    const assignments = store.assignments();
    const known = new Set<string>(assignments.map(({ node }) => node));
    for (const assignment of assignments) await this.#run(assignment);
    const found = new Set<string>();
    for (const directory of ['supervisor', 'nodes']) {
      for (const name of await readdir(path.join(home, directory)).catch(() => [])) found.add(name);
    }
    await Promise.all([...found].filter((name) => !known.has(name)).map((name) => removePlaces(placesOf(home, name))));
  }

  /** Journals an assignment of all nodes, then sets to work on it. */
  assign(nodes: readonly NodeAssignment[], keep: readonly string[], check: () => void): Promise<void> {
    const result = this.#turn.then(async () => {
      check();
      await this.#options.store.assign(nodes, keep);
      const staying = new Set<string>([...nodes.map(({ node }) => node), ...keep]);
      for (const runner of [...this.#runners.values()]) if (!staying.has(runner.node)) this.#remove(runner);
      for (const assignment of nodes) await this.#run(assignment);
      this.changed.notify();
      void this.#sweep();
    });
    this.#turn = result.catch(() => undefined); // its caller is told
    return result;
  }

  /** @throws ConpaasError not_found */
  get(node: string): NodeRunner {
    const runner = this.#runners.get(node);
    if (!runner) throw new ConpaasError('not_found', `This agent runs no node ${node}.`);
    return runner;
  }

  all(): NodeRunner[] {
    return [...this.#runners.values()];
  }

  observations(): NodeObservation[] {
    const leaving = [...this.#removing.values()].map(({ runner }) => runner);
    return [...this.all(), ...leaving].map((runner) => runner.observation());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#turn;
    await Promise.all(this.all().map((runner) => runner.detach()));
    await Promise.all([...this.#removing.values()].map(({ done }) => done));
  }

  async #run(assignment: NodeAssignment): Promise<void> {
    const known = this.#runners.get(assignment.node);
    if (known) return known.assign(assignment);
    await this.#removing.get(assignment.node)?.done;
    const { services, specs } = this.#options;
    const { type, role, node } = assignment;
    const runner = new NodeRunner({
      ...this.#options,
      assignment,
      service: Object.hasOwn(services, type) ? services[type] : undefined,
      role: Object.hasOwn(specs, type) ? specs[type]?.roles[role] : undefined,
      uid: await this.#uidOf(`${type}:${role}`),
      onChange: () => this.changed.notify(),
    });
    this.#runners.set(node, runner);
  }

  #remove(runner: NodeRunner): void {
    this.#runners.delete(runner.node);
    const done = runner
      .remove()
      .catch((error: unknown) => this.#options.log(`removing ${runner.node}: ${String(error)}`))
      .then(() => {
        this.#removing.delete(runner.node);
        this.changed.notify();
      });
    this.#removing.set(runner.node, { runner, done });
  }

  /** One unprivileged user per role, where we are root. */
  async #uidOf(role: string): Promise<number | undefined> {
    if (process.getuid?.() !== 0) return undefined;
    const { home, store } = this.#options;
    const claimed = claimUid(home, role, claimsDirectory);
    if (store.uid(role) !== claimed) await store.setUid(role, claimed);
    return claimed;
  }

  /** Blobs that no assignment names are not kept for ever. */
  async #sweep(): Promise<void> {
    const { blobs, store, log } = this.#options;
    await blobs
      .sweep(store.assignments().map((assignment) => JSON.stringify(assignment)))
      .catch((error: unknown) => log(`removing old blobs: ${String(error)}`));
  }
}
