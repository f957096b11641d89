/**
 * The session store: Redis with an append-only file. Moving it to another node loses nothing: the new Redis copies from
 * the old one and follows it; then the old one holds back writes for a moment, all backends change over, and the old
 * one goes (the steps are the manager's, ../session-move.ts).
 */
import { join } from 'node:path';
import type { NodeAssignment } from '../../../core/contract/agent.ts';
import type { NodeContext, NodeMeasurement, ServiceAgentNode } from '../../../core/service/agent.ts';
import type { Supervised } from '../../../core/supervisor/types.ts';
import { SessionConfiguration, type SessionDetail } from '../configuration.ts';
import { restartPolicy, writeConfiguration } from './engine.ts';
import { type Layout, prepareLayout, removeSockets } from './layout.ts';
import { infoFields, redisCommands } from './redis-client.ts';
import { redisFigures } from './redis-figures.ts';
import { runStartupScript } from './startup-script.ts';

const preferredPort = 6379;
const pollMs = { busy: 50, calm: 2_000 };
/** Writes are never held back for longer, whatever the manager says: pages wait for them. */
const longestPauseMs = 15_000;

export class SessionNode implements ServiceAgentNode {
  readonly handlers = {};
  readonly #context: NodeContext;
  #redis: Supervised | undefined;
  #port: number | undefined;
  #restarts: number | undefined;
  #configuration: SessionConfiguration | undefined;
  #detail: SessionDetail = { role: 'primary', synced: false, paused: false, offset: 0 };
  #paused = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(context: NodeContext) {
    this.#context = context;
  }

  async apply(assignment: NodeAssignment, signal: AbortSignal): Promise<void> {
    const configuration = SessionConfiguration.parse(assignment.configuration);
    const layout = await prepareLayout(this.#context);
    if (configuration.startupScript !== undefined) {
      await runStartupScript(this.#context, layout, configuration.startupScript, configuration.environment, signal);
    }
    this.#port ??= await this.#context.port('redis', preferredPort);
    const before = this.#configuration;
    const restart = this.#restarts !== undefined && this.#restarts !== assignment.restarts;
    const path = await writeConfiguration(this.#context, layout, 'redis.conf', this.#text(layout, configuration));
    if (this.#redis && (restart || (before && before.password !== configuration.password))) {
      await this.#redis.stop();
      this.#redis = undefined;
    }
    this.#restarts = assignment.restarts;
    if (this.#redis?.state.kind !== 'running') await this.#start(layout, path, signal);
    this.#configuration = configuration;
    await this.#follow(configuration);
    await this.#pause(configuration.paused);
    await this.#look();
    await this.#context.endLeftovers();
    this.#poll();
  }

  #text(layout: Layout, configuration: SessionConfiguration): string {
    const source = configuration.replicaOf;
    return `${[
      `bind ${this.#context.address}`,
      `port ${this.#port ?? preferredPort}`,
      'daemonize no',
      'protected-mode yes',
      `requirepass ${configuration.password}`,
      `masterauth ${configuration.password}`,
      `dir ${layout.data}`,
      'appendonly yes',
      'appendfsync everysec',
      'save ""',
      'repl-diskless-sync yes',
      'repl-diskless-sync-delay 0',
      // While it is being moved, backends that have changed over already write to the copy.
      'replica-read-only no',
      ...(source ? [`replicaof ${source.address} ${source.port}`] : []),
    ].join('\n')}\n`;
  }

  async #start(layout: Layout, configuration: string, signal: AbortSignal): Promise<void> {
    this.#redis = await this.#context.start({
      name: 'redis',
      executable: '/usr/bin/redis-server',
      arguments: [configuration],
      directory: layout.data,
      environment: {},
      sandbox: { writable: [layout.data], readable: [layout.conf] },
      ready: { kind: 'tcp', host: this.#context.address, port: this.#port ?? preferredPort, timeoutMs: 30_000 },
      stop: { signal: 'SIGTERM', timeoutMs: 15_000 },
      log: { path: join(layout.logs, 'redis.log'), maxBytes: 10_000_000, keep: 2 },
      restart: restartPolicy,
    });
    await this.#redis.ready(signal);
    const now: Supervised['state'] = this.#redis.state;
    if (now.kind === 'running' && !now.adopted) this.#paused = false;
  }

  /** Tells the running Redis whom to copy from; nothing where that is so already. */
  async #follow({ replicaOf }: SessionConfiguration): Promise<void> {
    const now = infoFields((await this.#ask(['INFO', 'replication']))[0] ?? '');
    const follows = now['role'] === 'slave' ? `${now['master_host']} ${now['master_port']}` : 'nobody';
    const wanted = replicaOf ? `${replicaOf.address} ${replicaOf.port}` : 'nobody';
    if (follows === wanted) return;
    await this.#ask(replicaOf ? ['REPLICAOF', replicaOf.address, String(replicaOf.port)] : ['REPLICAOF', 'NO', 'ONE']);
  }

  async #pause(paused: boolean): Promise<void> {
    if (paused === this.#paused) return;
    await this.#ask(paused ? ['CLIENT', 'PAUSE', String(longestPauseMs), 'WRITE'] : ['CLIENT', 'UNPAUSE']);
    this.#paused = paused;
  }

  async #look(): Promise<void> {
    const now = infoFields((await this.#ask(['INFO', 'replication']))[0] ?? '');
    const replica = now['role'] === 'slave';
    const detail: SessionDetail = {
      role: replica ? 'replica' : 'primary',
      synced: replica ? now['master_link_status'] === 'up' && now['master_sync_in_progress'] === '0' : true,
      paused: this.#paused,
      offset: Number(replica ? now['slave_repl_offset'] : now['master_repl_offset']),
    };
    const matters = ({ offset, ...rest }: SessionDetail) => JSON.stringify([rest, this.#isMoving() ? offset : 0]);
    const changed = matters(detail) !== matters(this.#detail);
    this.#detail = detail;
    if (changed) this.#context.changed();
  }

  /** Whether it takes part in a move. */
  #isMoving(): boolean {
    return this.#configuration?.replicaOf !== undefined || this.#configuration?.paused === true;
  }

  #poll(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => {
        this.#look()
          .catch((error: unknown) => this.#context.log(`Redis: ${String(error)}`))
          .finally(() => {
            if (this.#timer) this.#poll();
          });
      },
      this.#isMoving() ? pollMs.busy : pollMs.calm,
    ).unref();
  }

  #ask(...commands: string[][]): Promise<string[]> {
    return redisCommands(
      {
        address: this.#context.address,
        port: this.#port ?? preferredPort,
        password: this.#configuration?.password ?? '',
      },
      commands,
    );
  }

  async stop(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#redis?.stop();
    this.#redis = undefined;
    await this.#context.endLeftovers();
    await removeSockets(await prepareLayout(this.#context));
  }

  async measure(): Promise<NodeMeasurement> {
    if (this.#redis?.state.kind !== 'running') return { figures: {} };
    return { figures: redisFigures(infoFields((await this.#ask(['INFO'])).join('\r\n'))) };
  }

  report(): { ports: Record<string, number>; detail: SessionDetail } {
    const running = this.#redis?.state.kind === 'running';
    return { ports: running && this.#port !== undefined ? { redis: this.#port } : {}, detail: this.#detail };
  }

  logs(): Record<string, string> {
    const logs = join(this.#context.directory, 'logs');
    return { redis: join(logs, 'redis.log'), startup: join(logs, 'startup.log') };
  }
}
