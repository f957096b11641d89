/**
 * A backend: nginx in front of PHP-FPM. Whatever changes (code, PHP's configuration, environment, session store, or a
 * restart that was asked for) is a new pool that is started beside the live one and asked for its health page; only
 * then nginx changes over, by a reload. The old pool ends after its last request. If anything fails before, the old
 * pool simply goes on.
 */
import { join } from 'node:path';
import type { NodeAssignment } from '../../../core/contract/agent.ts';
import { ConpaasError } from '../../../core/contract/errors.ts';
import { createLogSampler } from '../../../core/metrics/log-sample.ts';
import type { NodeContext, NodeMeasurement, ServiceAgentNode } from '../../../core/service/agent.ts';
import type { ProcessIdentity } from '../../../core/supervisor/proc.ts';
import type { Supervised } from '../../../core/supervisor/types.ts';
import { BackendConfiguration, type BackendDetail } from '../configuration.ts';
import { type BackendState, loadBackendState, saveBackendState } from './backend-state.ts';
import { checkCandidate } from './candidate-check.ts';
import { carryFiles, copyTree, removeOtherTrees, removeTree, sharedTree } from './code-trees.ts';
import { engineLines, makeLog, readyAtFirst, writeConfiguration } from './engine.ts';
import { fpmFigures } from './fpm-status.ts';
import { type Layout, prepareLayout, removeSockets } from './layout.ts';
import { leavingWorkers, reloadNginx, startNginx, waitForEnd } from './nginx.ts';
import { backendNginx } from './nginx-configuration.ts';
import { createNginxMeasure } from './nginx-figures.ts';
import { forgetPool, type PoolPlan, poolKey, poolTarget, startPool } from './pool.ts';
import { runStartupScript } from './startup-script.ts';
import { makeWelcome, welcomeTree } from './welcome.ts';

/** Preferred port of the first backend on a VM. */
const preferredPort = 9000;
/** For clearing away a candidate. */
const discardMs = 60_000;

export class BackendNode implements ServiceAgentNode {
  readonly handlers = {};
  readonly #context: NodeContext;
  readonly #accessLog: string;
  readonly #measureNginx: ReturnType<typeof createNginxMeasure>;
  #layout: Layout | undefined;
  #state: BackendState | undefined;
  #port: number | undefined;
  #nginx: Supervised | undefined;
  /** Living pools by id. */
  readonly #pools = new Map<string, Supervised>();
  /** Ends of old pools that are under way, by id. */
  readonly #retirements = new Map<string, Promise<void>>();
  #stopping = new AbortController();
  #serving = false;

  constructor(context: NodeContext) {
    this.#context = context;
    this.#accessLog = join(context.directory, 'logs', 'access.log');
    this.#measureNginx = createNginxMeasure(createLogSampler(this.#accessLog).look);
  }

  async apply(assignment: NodeAssignment, signal: AbortSignal): Promise<void> {
    const configuration = BackendConfiguration.parse(assignment.configuration);
    if (this.#stopping.signal.aborted) this.#stopping = new AbortController();
    const layout = await prepareLayout(this.#context);
    this.#layout = layout;
    const state = await this.#adopt(layout, signal);
    if (configuration.startupScript !== undefined) {
      await runStartupScript(this.#context, layout, configuration.startupScript, configuration.environment, signal);
    }
    const key = poolKey(configuration, assignment.restarts);
    if (state.live?.key === key && this.#isRunning(state.live.id)) return;
    await this.#change(layout, key, configuration, signal);
  }

  /** Takes over what an earlier life of the agent has left running, and starts what should be running. */
  async #adopt(layout: Layout, signal: AbortSignal): Promise<BackendState> {
    const state = this.#state ?? (await loadBackendState(layout));
    const first = this.#state === undefined;
    this.#state = state;
    this.#port ??= await this.#context.port('http', preferredPort);
    await makeLog(this.#context, this.#accessLog);
    if (state.live) {
      if (!this.#isRunning(state.live.id)) {
        const pool = await startPool(this.#context, layout, state.live);
        this.#pools.set(state.live.id, pool);
        await pool.ready(signal).catch((error: unknown) => {
          this.#context.log(`The live pool does not start: ${String(error)}`);
        });
      }
      const fresh = await this.#runNginx(layout, state.live, signal);
      if (!state.loaded && !fresh) await this.#reload(layout, state.live, signal);
      this.#serving = true;
    }
    await this.#retireRest(layout);
    if (first) await this.#context.endLeftovers();
    return this.#known();
  }

  /** Ends pools that should be ending: left by an earlier life of the agent, or by a change that was broken off. */
  async #retireRest(layout: Layout): Promise<void> {
    const rest = this.#known().retiring.filter(({ id }) => !this.#retirements.has(id));
    if (rest.length === 0) return;
    const nginx = this.#nginx?.state;
    const workers = nginx?.kind === 'running' ? await leavingWorkers(nginx.pid) : [];
    for (const plan of rest) {
      try {
        if (!this.#pools.has(plan.id)) this.#pools.set(plan.id, await startPool(this.#context, layout, plan));
      } catch (error) {
        // Its code is gone already: we died just before we had forgotten it.
        this.#context.log(`${plan.id} is not there any more: ${String(error)}`);
      }
      this.#retire(layout, plan, workers);
    }
  }

  /** Makes a pool live. */
  async #change(layout: Layout, key: string, configuration: BackendConfiguration, signal: AbortSignal): Promise<void> {
    const sequence = this.#known().sequence + 1;
    await this.#save({ ...this.#known(), sequence });
    const old = this.#known().live;
    const id = `${sequence}-${key}`;
    const plan: PoolPlan = { id, key, tree: await this.#tree(layout, sequence, configuration, signal), configuration };
    const lines = await engineLines(join(layout.logs, 'php.log'));
    let fresh: boolean;
    try {
      const pool = await startPool(this.#context, layout, plan);
      this.#pools.set(id, pool);
      await readyAtFirst(pool, signal);
      fresh = await this.#runNginx(layout, old ?? plan, signal);
      await checkCandidate(
        { address: this.#context.address, port: this.#port ?? 0, host: this.#known().candidateHost },
        poolTarget(layout, plan),
        configuration.health,
        () => lines.since(),
        signal,
      );
    } catch (error) {
      await this.#discard(layout, plan, old);
      throw error;
    }
    const known = this.#known();
    const loaded = fresh && !old;
    await this.#save({ ...known, live: plan, loaded, retiring: old ? [...known.retiring, old] : known.retiring });
    const workers = loaded ? [] : await this.#reload(layout, plan, signal);
    this.#serving = true;
    if (old) this.#retire(layout, old, workers);
    this.#context.changed();
  }

  /** The tree of a configuration's code: the one in use if the code is the same, else a new copy. */
  async #tree(layout: Layout, sequence: number, { code }: BackendConfiguration, signal: AbortSignal): Promise<string> {
    if (!code) {
      await makeWelcome(this.#context, layout);
      return welcomeTree;
    }
    const { live } = this.#known();
    if (live && live.configuration.code?.blob === code.blob) return live.tree;
    const shared = await sharedTree(this.#context, code.blob, signal);
    const name = `${sequence}-${code.version}`;
    try {
      await copyTree(this.#context, layout, shared, name, signal);
      await this.#carry(layout, live, { tree: name, configuration: { code } }, signal);
    } catch (error) {
      await removeTree(this.#context, layout, name, AbortSignal.timeout(discardMs));
      throw error;
    }
    return name;
  }

  async #carry(
    layout: Layout,
    from: (Pick<PoolPlan, 'tree'> & { configuration: Pick<BackendConfiguration, 'code'> }) | undefined,
    to: (Pick<PoolPlan, 'tree'> & { configuration: Pick<BackendConfiguration, 'code'> }) | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    if (!from?.configuration.code || !to?.configuration.code || from.tree === to.tree) return;
    await carryFiles(
      this.#context,
      layout,
      { name: from.tree, blob: from.configuration.code.blob },
      { name: to.tree, blob: to.configuration.code.blob },
      signal,
    );
  }

  /** Starts nginx with `live`, if it does not run. @returns whether it is a new process, which has read its file */
  async #runNginx(layout: Layout, live: PoolPlan, signal: AbortSignal): Promise<boolean> {
    if (this.#nginx?.state.kind === 'running') return false;
    const path = await this.#writeNginx(layout, live);
    this.#nginx = await startNginx(
      this.#context,
      {
        configuration: path,
        log: join(layout.logs, 'nginx.log'),
        temporary: layout.temporary,
        address: this.#context.address,
        port: this.#port ?? 0,
      },
      {
        writable: [layout.temporary, this.#accessLog],
        readable: [layout.conf, layout.code, layout.sockets],
      },
    );
    await this.#nginx.ready(signal);
    const now: Supervised['state'] = this.#nginx.state;
    return now.kind === 'running' && !now.adopted;
  }

  #writeNginx(layout: Layout, live: PoolPlan): Promise<string> {
    return writeConfiguration(
      this.#context,
      layout,
      'nginx.conf',
      backendNginx({
        node: this.#context.node,
        address: this.#context.address,
        port: this.#port ?? 0,
        temporary: layout.temporary,
        accessLog: this.#accessLog,
        pidFile: join(layout.temporary, 'nginx.pid'),
        php: live.configuration.php,
        debug: live.configuration.debug,
        live: poolTarget(layout, live),
        candidateHost: this.#known().candidateHost,
      }),
    );
  }

  /** @returns nginx's old workers, which finish requests of the pool before */
  async #reload(layout: Layout, live: PoolPlan, signal: AbortSignal): Promise<readonly ProcessIdentity[]> {
    if (!this.#nginx) throw new ConpaasError('internal', 'nginx was not started.');
    await this.#writeNginx(layout, live);
    const workers = await reloadNginx(this.#nginx, join(layout.logs, 'nginx.log'), signal);
    await this.#save({ ...this.#known(), loaded: true });
    return workers;
  }

  /** Removes a candidate that came to nothing. */
  async #discard(layout: Layout, plan: PoolPlan, old: PoolPlan | undefined): Promise<void> {
    // Also where the change was broken off, whose own signal is of no more use.
    const signal = AbortSignal.timeout(discardMs);
    await this.#pools.get(plan.id)?.stop();
    this.#pools.delete(plan.id);
    await forgetPool(layout, plan);
    if (!old && this.#nginx) await this.#nginx.stop();
    if (!old) this.#nginx = undefined;
    if (plan.tree !== welcomeTree && plan.tree !== old?.tree) {
      await removeTree(this.#context, layout, plan.tree, signal).catch((error: unknown) => {
        this.#context.log(`${plan.tree} could not be removed: ${String(error)}`);
      });
    }
  }

  /** Ends an old pool after its last request, in the background. */
  #retire(layout: Layout, plan: PoolPlan, workers: readonly ProcessIdentity[]): void {
    if (this.#retirements.has(plan.id)) return;
    const { signal } = this.#stopping;
    const work = this.#retireNow(layout, plan, workers, signal)
      .catch((error: unknown) => {
        // Taken up again by the next life of the agent, as it is still on the list.
        if (!signal.aborted) this.#context.log(`An old pool could not be ended: ${String(error)}`);
      })
      .finally(() => {
        this.#retirements.delete(plan.id);
        this.#context.changed();
      });
    this.#retirements.set(plan.id, work);
  }

  async #retireNow(
    layout: Layout,
    plan: PoolPlan,
    workers: readonly ProcessIdentity[],
    signal: AbortSignal,
  ): Promise<void> {
    // While one of nginx's old workers lives, a request of its may still be waiting at the pool's socket.
    await waitForEnd(workers, signal);
    await this.#pools.get(plan.id)?.stop();
    this.#pools.delete(plan.id);
    await forgetPool(layout, plan);
    const live = this.#known().live;
    const used = [live, ...this.#known().retiring.filter((other) => other.id !== plan.id)].some(
      (other) => other?.tree === plan.tree,
    );
    if (!used && plan.tree !== welcomeTree) {
      await this.#carry(layout, plan, live, signal);
      await removeTree(this.#context, layout, plan.tree, signal);
    }
    await this.#save({ ...this.#known(), retiring: this.#known().retiring.filter((other) => other.id !== plan.id) });
  }

  async stop(signal: AbortSignal): Promise<void> {
    this.#stopping.abort();
    this.#serving = false;
    await Promise.allSettled(this.#retirements.values());
    // nginx first: it finishes its requests, for which it needs the pool.
    await this.#nginx?.stop();
    this.#nginx = undefined;
    await Promise.all([...this.#pools.values()].map((pool) => pool.stop()));
    this.#pools.clear();
    await this.#context.endLeftovers();
    const layout = this.#layout ?? (await prepareLayout(this.#context));
    const state = this.#state ?? (await loadBackendState(layout));
    for (const plan of state.retiring) await forgetPool(layout, plan);
    for (const plan of state.retiring) await this.#carry(layout, plan, state.live, signal);
    await this.#save({ ...state, retiring: [] });
    await removeOtherTrees(this.#context, layout, new Set([welcomeTree, state.live?.tree ?? welcomeTree]), signal);
    await removeSockets(layout);
  }

  report(): { ports: Record<string, number>; detail: BackendDetail } {
    const live = this.#state?.live;
    return {
      ports: this.#serving && this.#port !== undefined ? { http: this.#port } : {},
      detail: {
        version: live?.configuration.code?.version,
        session: live?.configuration.session.node,
        retiring: this.#state?.retiring.length ?? 0,
      },
    };
  }

  async measure(signal: AbortSignal): Promise<NodeMeasurement> {
    const nginx = await this.#measureNginx();
    const live = this.#state?.live;
    if (!this.#layout || !live || !this.#isRunning(live.id)) return { figures: nginx };
    // Counts of a pool: one that takes over from another begins anew, as does an engine that restarts.
    return { figures: { ...nginx, ...(await fpmFigures(poolTarget(this.#layout, live).statusSocket, signal)) } };
  }

  logs(): Record<string, string> {
    const logs = join(this.#context.directory, 'logs');
    return {
      access: this.#accessLog,
      nginx: join(logs, 'nginx.log'),
      php: join(logs, 'php.log'),
      startup: join(logs, 'startup.log'),
    };
  }

  #isRunning(id: string): boolean {
    const kind = this.#pools.get(id)?.state.kind;
    return kind === 'running' || kind === 'starting' || kind === 'backing_off';
  }

  #known(): BackendState {
    if (!this.#state) throw new ConpaasError('internal', 'The state of the backend was not read.');
    return this.#state;
  }

  async #save(state: BackendState): Promise<void> {
    this.#state = state;
    await saveBackendState(this.#layout ?? (await prepareLayout(this.#context)), state);
  }
}
