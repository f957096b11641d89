/**
 * The hub of one director: how windows stand to it (the session), the lists that they show, and work on its deployment.
 * `following.ts` holds the connection.
 */
import type { ApplicationSummary, Event } from '../../remote/core/contract/application.ts';
import { ConpaasError, type Failure } from '../../remote/core/contract/errors.ts';
import type { Operation } from '../../remote/core/contract/operation.ts';
import { Changed, waitFor } from '../../remote/core/events/index.ts';
import { Coalesced } from './coalesce.ts';
import type { Connection, Deployment, WorkOptions } from './deployment.ts';
import { Following } from './following.ts';
import { loggedFailure } from './logged-failure.ts';
import type { DeploymentFacts, FromHubPort, HubPush, Remembered, SessionState, WatchedTopic } from './protocol.ts';
import { Remembering } from './remembering.ts';
import { ShownLists } from './shown-lists.ts';
import { Work } from './work.ts';

/** So long a call of a window waits for the connection, ms. */
const connectMs = 5000;
const sessionKey = 'session';
const cutShort: Failure = {
  code: 'interrupted',
  message: 'It is being destroyed by another program, or that was cut short. Go on with it here.',
  retry: true,
};

export interface HubOptions {
  readonly deployment: Deployment;
  /** What an earlier window has seen. */
  readonly remembered: Remembered | undefined;
  /** Keeps what is seen now for the next window; undefined: nothing. */
  remember(shown: Omit<Remembered, 'at'> | undefined): Promise<void>;
  /** To the windows that show this director. */
  broadcast(message: FromHubPort): void;
  /** The session has another state. */
  changed(): void;
  /** How many applications go on when the window closes. */
  running(applications: number): void;
  log(line: string): void;
}

/** What windows watch of a director. */
export type Topic = 'session' | 'applications' | 'operations';

export class Hub implements AsyncDisposable {
  readonly #options: HubOptions;
  readonly #closing = new AbortController();
  readonly #sequence: Record<Topic, number> = { session: 0, applications: 0, operations: 0 };
  readonly #lists: ShownLists;
  readonly #sessions: Coalesced<SessionState>;
  #session: SessionState = { state: 'connecting' };
  /** What the lock stands before. */
  #beforeLock: { readonly deployment: DeploymentFacts; readonly since: number } | undefined;
  readonly #sessionChanged = new Changed();
  #connection: Connection | undefined;
  /** Whether the lists were read from the director since this hub began. */
  #listed = false;
  readonly #remembering: Remembering;
  readonly #work: Work;
  readonly #following: Following;

  constructor(options: HubOptions) {
    this.#options = options;
    const { remembered } = options;
    if (remembered) {
      this.#session = { state: 'resuming', deployment: remembered.deployment, since: remembered.at };
    }
    this.#sessions = new Coalesced(() =>
      this.#push('session', (seq) => ({ push: 'session', seq, session: this.#session })),
    );
    this.#lists = new ShownLists({
      applications: remembered?.applications ?? [],
      applicationsChanged: (changed, removed) => {
        this.#push('applications', (seq) => ({ push: 'applications', seq, changed, removed }));
        this.#remembering.soon();
      },
      operationsChanged: (changed) => this.#push('operations', (seq) => ({ push: 'operations', seq, changed })),
      running: (applications) => options.running(applications),
    });
    this.#remembering = new Remembering({
      keep: (shown) => options.remember(shown),
      deployment: () => this.#connection?.facts,
      applications: () => this.#lists.applications(),
      failed: (thrown) => void this.#failure('list for the next window', thrown),
    });
    this.#work = new Work({
      signal: this.#closing.signal,
      progress: (operation) => this.#setSession({ state: 'working', operation }),
      failed: (thrown, operation) => this.#workFailed(thrown, operation),
    });
    this.#following = new Following({
      closing: this.#closing.signal,
      connect: (signal) => options.deployment.connect(signal),
      read: (connection, signal) => this.#lists.read(connection, signal),
      connected: (connection) => this.#isConnected(connection),
      take: (event) => this.#take(event),
      disconnected: () => {
        this.#connection = undefined;
      },
      lost: (thrown, retryAt) => this.#lost(this.#failure('connection', thrown), retryAt),
      tryingAgain: () => this.#tryingAgain(),
      notReread: (thrown) => void this.#failure('lists', thrown),
    });
  }

  /** How windows stand to this director. */
  get session(): SessionState {
    return this.#session;
  }

  /** Connects anew: what is told with a connection has changed. */
  async reconnect(): Promise<void> {
    if (!this.#following.isUnderWay) return;
    await this.#following.end();
    this.#following.begin();
  }

  /** Aborts when the hub ends. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** Shows an operation that runs here, among those of the director. */
  showOperation(operation: Operation): void {
    this.#lists.putOperation(operation);
  }

  /** Connects where it should run, which starts it where it does not. Again whenever a command may have changed that. */
  async consider(): Promise<void> {
    const state = await this.#options.deployment.state();
    if (state === 'locked') {
      // Work under way has no keys any more.
      await this.#work.cancel();
      await this.#following.end();
      this.#lock();
      return;
    }
    this.#unlocked();
    if (this.#work.isUnderWay) return;
    if (state === 'there') {
      if (!this.#following.isUnderWay) this.start();
      return;
    }
    await this.#following.end();
    this.#forget();
    if (state === 'destroying') this.#setSession({ state: 'failed', failure: cutShort, ending: true });
    else this.#setSession({ state });
  }

  #lock(): void {
    const session = this.#session;
    if (session.state === 'locked') return;
    if (session.state === 'connected') this.#beforeLock = { deployment: session.deployment, since: Date.now() };
    else if (session.state === 'lost' || session.state === 'resuming') {
      this.#beforeLock = { deployment: session.deployment, since: session.since };
    } else this.#beforeLock = undefined;
    this.#setSession({ state: 'locked' });
  }

  /** What was shown before the vault was locked is shown again at once, as of then. */
  #unlocked(): void {
    if (this.#session.state !== 'locked') return;
    this.#setSession(this.#beforeLock ? { state: 'resuming', ...this.#beforeLock } : { state: 'connecting' });
    this.#beforeLock = undefined;
  }

  /** What was known of a deployment that runs no more. */
  #forget(): void {
    this.#remembering.forget();
    this.#lists.forgetApplications();
  }

  /** All there is of a topic, and the sequence number that the next push follows. */
  read(topic: Topic): WatchedTopic {
    const items = {
      session: () => [this.#session],
      applications: () => this.#lists.applications(),
      operations: () => this.#lists.operations(),
    };
    const { state } = this.#session;
    const unread = topic !== 'session' && !this.#listed && (state === 'connecting' || state === 'locked');
    return { seq: this.#sequence[topic], items: items[topic](), unread };
  }

  /** The connection to the director. Waits a moment where it is being made. @throws ConpaasError `unreachable` */
  async connected(signal: AbortSignal): Promise<Connection> {
    const isMade = (): Connection | false | undefined => {
      if (this.#connection) return this.#connection;
      const { state } = this.#session;
      return state === 'connecting' || state === 'resuming' ? undefined : false;
    };
    const limited = AbortSignal.any([signal, AbortSignal.timeout(connectMs)]);
    const connection = await waitFor(this.#sessionChanged, isMade, limited).catch(() => false as const);
    if (connection) return connection;
    throw new ConpaasError('unreachable', 'There is no connection to the director now. Try again in a moment.', {
      retry: true,
    });
  }

  application(id: string): ApplicationSummary | undefined {
    return this.#lists.application(id);
  }

  /** Tries to reach the director now, where it waits to try again. */
  retryNow(): void {
    this.#following.retryNow();
  }

  /** Sets up or starts the deployment, then connects. The session shows the steps. */
  start(): void {
    this.#work.begin(async (options) => {
      await this.#options.deployment.up(options);
      this.#following.begin();
    });
  }

  /** Ends all processes of the deployment. A start that is under way is given up for it. */
  async stopEverything(): Promise<void> {
    // There is nothing to keep of it.
    if ((await this.#options.deployment.state()) === 'destroying') return;
    await this.#work.cancel();
    this.#work.begin(async (options) => {
      await this.#following.end();
      await this.#options.deployment.stop(options);
      this.#forget();
      this.#setSession({ state: 'stopped' });
    });
  }

  /** Makes its director anew, in place of what connects to the one before. The session shows the steps. */
  async restore(work: (options: WorkOptions) => Promise<void>): Promise<void> {
    await this.#work.cancel();
    this.#work.begin(async (options) => {
      await this.#following.end();
      await work(options);
      this.#following.begin();
    });
  }

  /** Ends it for ever, or goes on with that. The session shows the steps; it is gone from the list of directors then. */
  async destroy(work: (options: WorkOptions) => Promise<void>): Promise<void> {
    await this.#work.cancel();
    this.#work.begin(async (options) => {
      await this.#following.end();
      await work(options);
      this.#forget();
      this.#setSession({ state: 'absent' });
    });
  }

  /** Stops a set-up that is under way; what it made so far is cleaned up by the next one. */
  cancelWork(): Promise<void> {
    return this.#work.cancel();
  }

  async #workFailed(thrown: unknown, operation: Operation | undefined): Promise<void> {
    const failure = this.#failure('set-up', thrown);
    const state = await this.#options.deployment.state().catch(() => 'absent' as const);
    if (state === 'locked') this.#lock();
    else if (state === 'destroying') this.#setSession({ state: 'failed', failure, operation, ending: true });
    else if (failure.code === 'cancelled' && state !== 'there') this.#setSession({ state });
    else this.#setSession({ state: 'failed', failure, operation });
  }

  #isConnected(connection: Connection): void {
    this.#listed = true;
    this.#connection = connection;
    this.#setSession({ state: 'connected', deployment: connection.facts });
    this.#remembering.now();
  }

  #take(event: Event): void {
    if (event.type === 'notice') this.#options.broadcast({ push: 'notice', level: event.level, text: event.text });
    else this.#lists.take(event);
  }

  /** Keeps the list for the next window, where one was read. */
  rememberNow(): void {
    this.#remembering.now();
  }

  #lost(failure: Failure, retryAt: number): void {
    const session = this.#session;
    if (session.state === 'lost') this.#setSession({ ...session, failure, retryAt });
    else if (session.state === 'connected') {
      this.#setSession({ state: 'lost', deployment: session.deployment, since: Date.now(), failure, retryAt });
    } else if (session.state === 'resuming') {
      this.#setSession({ ...session, state: 'lost', failure, retryAt });
    } else this.#setSession({ state: 'failed', failure });
  }

  #tryingAgain(): void {
    if (this.#session.state === 'lost') this.#setSession({ ...this.#session, retryAt: undefined });
  }

  #setSession(session: SessionState): void {
    const changed = session.state !== this.#session.state;
    this.#session = session;
    if (changed) this.#options.changed();
    this.#sessionChanged.notify();
    this.#sessions.put(sessionKey, session);
  }

  #push(topic: Topic, message: (seq: number) => HubPush): void {
    this.#sequence[topic] += 1;
    this.#options.broadcast(message(this.#sequence[topic]));
  }

  #failure(what: string, thrown: unknown): Failure {
    return loggedFailure(this.#options.log, what, thrown);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#remembering[Symbol.dispose]();
    this.#closing.abort(new ConpaasError('cancelled', 'The hub is ending.'));
    await Promise.all([this.#work.finished(), this.#following.finished()]);
    this.#sessions[Symbol.dispose]();
    this.#lists[Symbol.dispose]();
  }
}
