/**
 * All directors of this desktop: a hub each, and which of them a window shows. What a window calls is about the director
 * it has chosen; it is told of that one's changes, and of the state of all.
 */
import { ConpaasError, type Failure } from '../../remote/core/contract/errors.ts';
import type { Placement } from './calls/clouds.ts';
import { Coalesced } from './coalesce.ts';
import type { Connection, DeploymentList, DeploymentRecord } from './deployment.ts';
import { Hub } from './hub.ts';
import { loggedFailure } from './logged-failure.ts';
import type { DirectorList, FromHubPort, Remembered } from './protocol.ts';
import type { WindowPort } from './window-port.ts';

export interface DirectorsOptions {
  readonly deployments: DeploymentList;
  /** What an earlier window has seen. */
  readonly remembered: Remembered | undefined;
  /** Keeps what is seen now of a director for the next window; undefined: nothing. */
  remember(shown: Omit<Remembered, 'at'> | undefined): Promise<void>;
  /** The windows that are open. */
  windows(): Iterable<WindowPort>;
  /** How many applications go on when the windows close. */
  running(applications: number): void;
  log(line: string): void;
}

interface Known {
  readonly record: DeploymentRecord;
  readonly hub: Hub;
  running: number;
}

const key = 'directors';

export class Directors implements AsyncDisposable {
  readonly #options: DirectorsOptions;
  readonly #known = new Map<string, Known>();
  readonly #chosen = new WeakMap<WindowPort, string>();
  readonly #changes: Coalesced<true>;
  #failure: Failure | undefined;
  /** Resolved once the list was read. */
  readonly #ready = whenReady();
  #sequence = 0;
  #watching: Disposable | undefined;
  #reading: Promise<void> = Promise.resolve();
  /** The one whose list is kept for the next window. */
  #lastChosen: string | undefined;

  constructor(options: DirectorsOptions) {
    this.#options = options;
    this.#lastChosen = options.remembered?.deployment.id;
    this.#changes = new Coalesced(() => {
      this.#sequence += 1;
      for (const window of options.windows()) {
        window.push({ push: 'directors', seq: this.#sequence, list: this.#list() });
      }
    });
  }

  /** Reads which there are, and connects to each that should run. A command may change that. */
  async open(): Promise<void> {
    this.#watch();
    await this.refresh();
  }

  #watch(): void {
    this.#watching?.[Symbol.dispose]();
    this.#watching = this.#options.deployments.watch(() => void this.refresh());
  }

  /** Reads the list again; what failed before may work now. */
  async refresh(): Promise<DirectorList> {
    const failed = this.#failure !== undefined;
    this.#reading = this.#reading.then(() => this.#read());
    await this.#reading;
    this.#ready.resolve();
    if (failed && !this.#failure) this.#watch();
    return this.#list();
  }

  async #read(): Promise<void> {
    try {
      const records = await this.#options.deployments.list();
      this.#failure = undefined;
      const there = new Set(records.map(({ id }) => id));
      for (const [id, { hub }] of this.#known) {
        if (there.has(id)) continue;
        this.#known.delete(id);
        if (this.#lastChosen === id) await this.#remember(undefined);
        await hub[Symbol.asyncDispose]();
      }
      for (const record of records) {
        const known = this.#known.get(record.id);
        if (known) this.#known.set(record.id, Object.assign(known, { record }));
        else this.#add(record);
      }
      await Promise.all([...this.#known.values()].map(({ hub }) => hub.consider()));
    } catch (thrown) {
      this.#failure = loggedFailure(this.#options.log, 'deployments', thrown);
    }
    this.#tellRunning();
    this.#changes.put(key, true);
  }

  #add(record: DeploymentRecord): void {
    const { id } = record;
    const { remembered, log } = this.#options;
    const hub = new Hub({
      deployment: this.#options.deployments.open(id),
      remembered: remembered?.deployment.id === id ? remembered : undefined,
      remember: async (shown) => {
        if (this.#lastChosen === id) await this.#remember(shown);
      },
      broadcast: (message) => this.#broadcast(id, message),
      changed: () => this.#changes.put(key, true),
      running: (applications) => {
        const known = this.#known.get(id);
        if (!known) return;
        known.running = applications;
        this.#tellRunning();
      },
      log,
    });
    this.#known.set(id, { record, hub, running: 0 });
  }

  #broadcast(id: string, message: FromHubPort): void {
    for (const window of this.#options.windows()) if (this.#chosen.get(window) === id) window.push(message);
  }

  #tellRunning(): void {
    this.#options.running([...this.#known.values()].reduce((sum, { running }) => sum + running, 0));
  }

  async #remember(shown: Omit<Remembered, 'at'> | undefined): Promise<void> {
    await this.#options.remember(shown);
  }

  #list(): DirectorList {
    const directors = [...this.#known.values()].map(({ record, hub }) => ({ ...record, state: hub.session.state }));
    return { directors, ...(this.#failure ? { failure: this.#failure } : {}) };
  }

  /** All there is, and the sequence number that the next push follows. */
  read(): { seq: number; items: readonly unknown[] } {
    return { seq: this.#sequence, items: [this.#list()] };
  }

  /** As `read`, once the list was read for the first time. */
  async whole(): Promise<{ seq: number; items: readonly unknown[] }> {
    await this.#ready.promise;
    return this.read();
  }

  /** From now on a window shows this one. @throws ConpaasError `not_found` */
  async choose(window: WindowPort, id: string | null): Promise<void> {
    if (id === null) {
      this.#chosen.delete(window);
      return;
    }
    // At once: what the window calls next is about this one.
    this.#chosen.set(window, id);
    const hub = await this.of(window);
    this.#lastChosen = id;
    hub.rememberNow();
  }

  /** The hub that a window shows. @throws ConpaasError `not_found` where it has chosen none that is there */
  async of(window: WindowPort): Promise<Hub> {
    const id = this.#chosen.get(window);
    await this.#ready.promise;
    const known = id === undefined ? undefined : this.#known.get(id);
    if (known) return known.hub;
    throw new ConpaasError('not_found', 'There is no such director (any more). Choose another one, or add one.');
  }

  /** The deployment that a window shows, connected or not. @throws ConpaasError `not_found` where it has chosen none */
  chosen(window: WindowPort): string {
    const id = this.#chosen.get(window);
    if (id !== undefined) return id;
    throw new ConpaasError('not_found', 'No director is chosen. Choose one, or add one.');
  }

  /** The hub of a deployment; undefined: it is not there (any more). */
  hubOf(id: string): Hub | undefined {
    return this.#known.get(id)?.hub;
  }

  /** Ids of those that answer now. */
  connectedOnes(): string[] {
    return [...this.#known].filter(([, { hub }]) => hub.session.state === 'connected').map(([id]) => id);
  }

  /** The connection that a call of a window is about. */
  async connected(window: WindowPort, signal: AbortSignal): Promise<Connection> {
    return (await this.of(window)).connected(signal);
  }

  /** Records a director there and sets it up. @returns its id */
  async add(placement: Placement): Promise<string> {
    const id = await this.#options.deployments.add(placement);
    await this.refresh();
    this.#known.get(id)?.hub.start();
    return id;
  }

  /** Connects anew to all: what is told with a connection has changed. */
  async reconnect(): Promise<void> {
    await Promise.all([...this.#known.values()].map(({ hub }) => hub.reconnect()));
  }

  /** Stops every director on this computer. A window may ask for it before the list was read. */
  async stopEverything(): Promise<void> {
    await this.#ready.promise;
    const here = [...this.#known.values()].filter(({ record }) => record.cloud === 'local');
    await Promise.all(here.map(({ hub }) => hub.stopEverything()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#watching?.[Symbol.dispose]();
    this.#changes[Symbol.dispose]();
    await Promise.all([...this.#known.values()].map(({ hub }) => hub[Symbol.asyncDispose]()));
  }
}

/** `Promise.withResolvers` is newer than the Node that this may run on. */
function whenReady(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
