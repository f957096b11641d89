/** A web node: nginx with the static files of the live version, straight from the unchanged code. */
import { join } from 'node:path';
import type { NodeAssignment } from '../../../core/contract/agent.ts';
import { createLogSampler } from '../../../core/metrics/log-sample.ts';
import type { NodeContext, NodeMeasurement, ServiceAgentNode } from '../../../core/service/agent.ts';
import type { Supervised } from '../../../core/supervisor/types.ts';
import { WebConfiguration } from '../configuration.ts';
import { sharedTree } from './code-trees.ts';
import { makeLog, writeConfiguration } from './engine.ts';
import { type Layout, prepareLayout, removeSockets } from './layout.ts';
import { reloadNginx, startNginx } from './nginx.ts';
import { webNginx } from './nginx-configuration.ts';
import { createNginxMeasure } from './nginx-figures.ts';
import { runStartupScript } from './startup-script.ts';

const preferredPort = 8081;

export class WebNode implements ServiceAgentNode {
  readonly handlers = {};
  readonly #context: NodeContext;
  readonly #accessLog: string;
  readonly #measureNginx: ReturnType<typeof createNginxMeasure>;
  #layout: Layout | undefined;
  #nginx: Supervised | undefined;
  #port: number | undefined;
  #loaded = '';
  #version: string | undefined;

  constructor(context: NodeContext) {
    this.#context = context;
    this.#accessLog = join(context.directory, 'logs', 'access.log');
    this.#measureNginx = createNginxMeasure(createLogSampler(this.#accessLog).look);
  }

  async apply(assignment: NodeAssignment, signal: AbortSignal): Promise<void> {
    const configuration = WebConfiguration.parse(assignment.configuration);
    const layout = await prepareLayout(this.#context);
    this.#layout = layout;
    if (configuration.startupScript !== undefined) {
      await runStartupScript(this.#context, layout, configuration.startupScript, configuration.environment, signal);
    }
    this.#port ??= await this.#context.port('http', preferredPort);
    await makeLog(this.#context, this.#accessLog);
    const trees: string[] = [];
    for (const { blob } of configuration.versions) trees.push(await sharedTree(this.#context, blob, signal));
    const text = webNginx({
      address: this.#context.address,
      port: this.#port,
      temporary: layout.temporary,
      accessLog: this.#accessLog,
      pidFile: join(layout.temporary, 'nginx.pid'),
      trees,
    });
    const path = await writeConfiguration(this.#context, layout, 'nginx.conf', text);
    // A reload is a restart without its gap, and for nginx as good as one.
    const wanted = `${assignment.restarts}\n${text}`;
    if (this.#nginx?.state.kind !== 'running') {
      const nginx = await this.#start(layout, path, signal);
      if (nginx.state.kind === 'running' && !nginx.state.adopted) this.#loaded = wanted;
    }
    if (this.#loaded !== wanted && this.#nginx) {
      await reloadNginx(this.#nginx, join(layout.logs, 'nginx.log'), signal);
    }
    this.#loaded = wanted;
    this.#version = configuration.versions[0]?.version;
    await this.#context.endLeftovers();
    this.#context.changed();
  }

  async #start(layout: Layout, configuration: string, signal: AbortSignal): Promise<Supervised> {
    const nginx = await startNginx(
      this.#context,
      {
        configuration,
        log: join(layout.logs, 'nginx.log'),
        temporary: layout.temporary,
        address: this.#context.address,
        port: this.#port ?? 0,
      },
      {
        writable: [layout.temporary, this.#accessLog],
        readable: [layout.conf, this.#context.codeDirectory],
      },
    );
    this.#nginx = nginx;
    await nginx.ready(signal);
    return nginx;
  }

  async stop(): Promise<void> {
    await this.#nginx?.stop();
    this.#nginx = undefined;
    this.#loaded = '';
    await this.#context.endLeftovers();
    if (this.#layout) await removeSockets(this.#layout);
  }

  report() {
    const running = this.#nginx !== undefined && this.#loaded !== '';
    return {
      ports: running && this.#port !== undefined ? { http: this.#port } : {},
      detail: { version: this.#version },
    };
  }

  async measure(): Promise<NodeMeasurement> {
    return { figures: await this.#measureNginx() };
  }

  logs(): Record<string, string> {
    const logs = join(this.#context.directory, 'logs');
    return {
      access: this.#accessLog,
      nginx: join(logs, 'nginx.log'),
      startup: join(logs, 'startup.log'),
    };
  }
}
