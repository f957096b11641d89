/**
 * A proxy: HAProxy. Changes are made in the running process through its control socket and written to its file, too, so
 * that a process that starts again knows the same. HAProxy is never reloaded: no connection of a user is ever closed
 * for a change.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { NodeAssignment } from '../../../core/contract/agent.ts';
import { createLogSampler, type LogSampler } from '../../../core/metrics/log-sample.ts';
import type { NodeContext, NodeMeasurement, ServiceAgentNode } from '../../../core/service/agent.ts';
import type { Supervised } from '../../../core/supervisor/types.ts';
import { ProxyConfiguration, type ProxyDetail, type ServerReport } from '../configuration.ts';
import { restartPolicy, writeConfiguration } from './engine.ts';
import { haproxyConfiguration, holdEntries, type MapEntry, mapText, serversByGroup } from './haproxy-configuration.ts';
import { type HaproxyControl, haproxyControl, knowsMap, type LiveServer, replaceMap } from './haproxy-control.ts';
import { logFigures, statCommand, statFigures } from './haproxy-figures.ts';
import { httpsFiles, knowsHttps, synchronizeHttps, writeHttps } from './haproxy-https.ts';
import { type Layout, prepareLayout, removeSockets } from './layout.ts';
import { publicPort } from './public-port.ts';
import { planServerChanges } from './server-changes.ts';
import { runStartupScript } from './startup-script.ts';
import { staticPaths } from './static-paths.ts';

const staticEntry = (path: string): MapEntry => [path, '1'];
const maps = (layout: Layout) => ({ static: join(layout.conf, 'static.map'), hold: join(layout.conf, 'hold.map') });

/** How often HAProxy is asked about its servers: while something is pending, and otherwise. */
const pollMs = { busy: 100, calm: 1_000 };

export class ProxyNode implements ServiceAgentNode {
  readonly handlers = {};
  readonly #context: NodeContext;
  readonly #log: LogSampler;
  #layout: Layout | undefined;
  #haproxy: Supervised | undefined;
  #control: HaproxyControl | undefined;
  #port: number | undefined;
  #httpsPort: number | undefined;
  #restarts: number | undefined;
  #configuration: ProxyConfiguration | undefined;
  #servers: readonly LiveServer[] = [];
  #paths: readonly string[] = [];
  #loadedPaths: readonly string[] | undefined;
  #https: ProxyDetail['https'] = { certificates: {}, challenges: [] };
  #hasHttps = false;
  #hasHold = false;
  #loadedHold: boolean | undefined;
  /** What the running HAProxy has taken over. */
  #loadedHttps: ProxyConfiguration['https'] | undefined;
  #timer: NodeJS.Timeout | undefined;
  #reported = '';
  /** Work on the runtime API, one after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(context: NodeContext) {
    this.#context = context;
    this.#log = createLogSampler(this.logs().haproxy);
  }

  async apply(assignment: NodeAssignment, signal: AbortSignal): Promise<void> {
    const configuration = ProxyConfiguration.parse(assignment.configuration);
    const layout = await prepareLayout(this.#context);
    this.#layout = layout;
    if (configuration.startupScript !== undefined) {
      await runStartupScript(this.#context, layout, configuration.startupScript, configuration.environment, signal);
    }
    const root = this.#context.uid !== undefined;
    this.#port ??= await this.#context.port('http', publicPort('http', root), true);
    // Not exact: who has no names does not need it, and those who have are told where it is.
    this.#httpsPort = await this.#context.port('https', publicPort('https', root));
    this.#paths = await this.#readPaths(configuration, signal);
    this.#configuration = configuration;
    await this.#write(layout, configuration);
    if (this.#haproxy && this.#restarts !== undefined && this.#restarts !== assignment.restarts) {
      await this.#haproxy.stop();
      this.#haproxy = undefined;
    }
    this.#restarts = assignment.restarts;
    await this.#start(layout, signal);
    if (!(await this.#inTurn(() => this.#isCurrent(layout, configuration)))) {
      await this.#haproxy?.stop();
      this.#haproxy = undefined;
      await this.#start(layout, signal);
      this.#hasHttps = true;
      this.#hasHold = true;
    }
    await this.#inTurn(() => this.#synchronize());
    await this.#context.endLeftovers();
    this.#poll();
  }

  async #readPaths(configuration: ProxyConfiguration, signal: AbortSignal): Promise<string[]> {
    const paths = new Set<string>();
    for (const listing of configuration.listings) {
      for (const path of staticPaths(await readFile(await this.#context.blob(listing, signal), 'utf8')))
        paths.add(path);
    }
    return [...paths].sort();
  }

  async #write(layout: Layout, configuration: ProxyConfiguration): Promise<void> {
    const files = maps(layout);
    await writeConfiguration(this.#context, layout, 'static.map', mapText(this.#paths.map(staticEntry)));
    await writeConfiguration(this.#context, layout, 'hold.map', mapText(holdEntries(configuration.holdsChanges)));
    await writeHttps(this.#context, layout, configuration.https, this.#httpsPort ?? 0);
    await writeConfiguration(
      this.#context,
      layout,
      'haproxy.cfg',
      haproxyConfiguration({
        address: this.#context.address,
        port: this.#port ?? 0,
        httpsPort: this.#httpsPort ?? 0,
        https: httpsFiles(layout),
        controlSocket: join(layout.control, 'haproxy.sock'),
        staticMap: files.static,
        holdMap: files.hold,
        backends: configuration.backends,
        webs: configuration.webs,
      }),
    );
  }

  async #start(layout: Layout, signal: AbortSignal): Promise<void> {
    const kind = this.#haproxy?.state.kind;
    if (kind === 'running') return;
    const port = this.#port ?? 0;
    const control = haproxyControl(join(layout.control, 'haproxy.sock'));
    this.#haproxy = await this.#context.start({
      name: 'haproxy',
      executable: '/usr/sbin/haproxy',
      arguments: ['-db', '-f', join(layout.conf, 'haproxy.cfg')],
      directory: layout.temporary,
      environment: {},
      lowPorts: port < 1024,
      sandbox: { writable: [layout.control, layout.temporary], readable: [layout.conf] },
      // It answers there from its main loop only, when all else is bound.
      ready: {
        kind: 'custom',
        check: () =>
          control.servers().then(
            () => true,
            () => false,
          ),
        timeoutMs: 10_000,
      },
      // Soft stop: no new connections, requests in progress end.
      stop: { signal: 'SIGUSR1', timeoutMs: 15_000 },
      log: { path: join(layout.logs, 'haproxy.log'), maxBytes: 20_000_000, keep: 3 },
      restart: restartPolicy,
    });
    this.#control = control;
    this.#loadedPaths = undefined;
    this.#loadedHttps = undefined;
    this.#loadedHold = undefined;
    await this.#haproxy.ready(signal);
  }

  /**
   * Whether the running HAProxy can be brought to what it should be. One that an agent of an earlier version has started
   * may know no HTTPS and hold no changes back: it is started again when it has to, and left alone until then.
   */
  async #isCurrent(layout: Layout, { https, holdsChanges }: ProxyConfiguration): Promise<boolean> {
    const control = this.#control;
    this.#hasHttps = control !== undefined && (await knowsHttps(control, layout));
    this.#hasHold = control !== undefined && (await knowsMap(control, maps(layout).hold));
    const needsHttps = https.certificates.length + https.challenges.length > 0;
    return (this.#hasHttps || !needsHttps) && (this.#hasHold || !holdsChanges);
  }

  /** Brings the running HAProxy to what it should be. */
  async #synchronize(): Promise<void> {
    const control = this.#control;
    const configuration = this.#configuration;
    if (!control || !configuration || !this.#layout) return;
    this.#servers = await control.servers();
    for (const command of planServerChanges(serversByGroup(configuration), this.#servers)) {
      try {
        await control.run(command.text, command.expected);
      } catch (error) {
        if (!command.later) throw error;
      }
    }
    if (this.#loadedPaths !== this.#paths) {
      const paths = this.#paths;
      await replaceMap(control, maps(this.#layout).static, paths.map(staticEntry));
      this.#loadedPaths = paths;
    }
    if (this.#hasHold && this.#loadedHold !== configuration.holdsChanges) {
      await replaceMap(control, maps(this.#layout).hold, holdEntries(configuration.holdsChanges));
      this.#loadedHold = configuration.holdsChanges;
    }
    if (this.#hasHttps && this.#loadedHttps !== configuration.https) {
      this.#https = await synchronizeHttps(control, this.#layout, configuration.https, this.#httpsPort ?? 0);
      this.#loadedHttps = configuration.https;
    }
    this.#servers = await control.servers();
    this.#tell();
  }

  /** Keeps asking HAProxy, and deletes servers as soon as that can be done. */
  #poll(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => {
        this.#inTurn(() => this.#synchronize())
          .catch((error: unknown) => this.#context.log(`HAProxy: ${String(error)}`))
          .finally(() => {
            if (this.#timer) this.#poll();
          });
      },
      this.#isPending() ? pollMs.busy : pollMs.calm,
    ).unref();
  }

  /** Whether a state is still to change: something drains, is going, or is not up yet. */
  #isPending(): boolean {
    const configuration = this.#configuration;
    if (!configuration) return false;
    const wanted = serversByGroup(configuration);
    return this.#servers.some(
      (server) =>
        server.state !== 'up' ||
        !wanted[server.group].some(({ node, state }) => node === server.name && state === 'ready'),
    );
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work, work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** Tells the manager when it matters: states, and the requests of servers that drain. */
  #tell(): void {
    const facts = Object.entries(this.#detail().servers).map(([node, server]) => [
      node,
      server.state,
      server.port,
      server.state === 'drain' ? server.sessions : 0,
    ]);
    const text = JSON.stringify([facts, this.#https]);
    if (text === this.#reported) return;
    this.#reported = text;
    this.#context.changed();
  }

  async stop(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#turn;
    await this.#haproxy?.stop();
    this.#haproxy = undefined;
    this.#servers = [];
    await this.#context.endLeftovers();
    const layout = this.#layout ?? (await prepareLayout(this.#context));
    await removeSockets(layout);
  }

  report(): { ports: Record<string, number>; detail: ProxyDetail } {
    const running = this.#haproxy?.state.kind === 'running';
    const { certificates } = this.#https;
    const ports = {
      ...(this.#port === undefined ? {} : { http: this.#port }),
      ...(this.#httpsPort === undefined || Object.keys(certificates).length === 0 ? {} : { https: this.#httpsPort }),
    };
    return { ports: running ? ports : {}, detail: this.#detail() };
  }

  /** One line a node: the worse state of its two servers, the sum of their requests. */
  #detail(): ProxyDetail {
    const order: readonly ServerReport['state'][] = ['up', 'drain', 'down', 'maintenance'];
    const servers: Record<string, ServerReport> = {};
    for (const { name, address, port, state, sessions, total } of this.#servers) {
      const other = servers[name];
      const worse = other && order.indexOf(other.state) > order.indexOf(state) ? other.state : state;
      servers[name] = {
        address,
        port,
        state: worse,
        sessions: sessions + (other?.sessions ?? 0),
        total: total + (other?.total ?? 0),
      };
    }
    return { servers, staticPaths: this.#paths.length, https: this.#https };
  }

  async measure(): Promise<NodeMeasurement> {
    const control = this.#control;
    if (!control || this.#haproxy?.state.kind !== 'running') return { figures: {} };
    const { figures, parts = {} } = statFigures(await control.run(statCommand, /^# pxname/));
    return { figures: { ...figures, ...logFigures((await this.#log.look())?.lines ?? []) }, parts };
  }

  logs() {
    const logs = join(this.#context.directory, 'logs');
    return { haproxy: join(logs, 'haproxy.log'), startup: join(logs, 'startup.log') };
  }
}
