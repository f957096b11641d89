/** For tests: a service type whose one role runs a real Redis, and does what its configuration says. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { NodeAssignment } from '../core/contract/agent.ts';
import { ConpaasError } from '../core/contract/errors.ts';
import { method } from '../core/contract/method.ts';
import type { NodeContext, ServiceAgentNode } from '../core/service/agent.ts';
import type { ServiceSpec } from '../core/service/spec.ts';
import type { Supervised } from '../core/supervisor/index.ts';

const role = { doc: 'A test.', count: 1, min: 1, max: 9, packages: ['redis-server'], logs: [] };

export const testSpec: ServiceSpec = {
  type: 'test',
  title: 'Test',
  doc: 'A test.',
  roles: {
    store: { ...role, title: 'Store', executables: ['redis-server'] },
    odd: { ...role, title: 'Odd', packages: ['no-such-package'], executables: ['no-such-engine'] },
  },
  defaultRole: 'store',
  code: false,
  dump: false,
  configuration: z.object({}),
  managerMethods: {},
  agentMethods: {
    echo: method({
      kind: 'query',
      params: z.strictObject({ node: z.string(), text: z.string() }),
      result: z.object({ text: z.string() }),
      callers: ['manager'],
      since: 1,
      doc: 'Says it again.',
    }),
  },
};

/** What a test puts into an assignment's `configuration`. */
interface TestConfiguration {
  readonly port?: number;
  readonly exact?: boolean;
  readonly blob?: string;
  /** Work before the engine starts, ms. */
  readonly slowMs?: number;
  readonly fail?: string;
  readonly script?: string;
  /** Further words for the engine's command line. */
  readonly words?: readonly string[];
}

export class TestNode implements ServiceAgentNode {
  readonly #context: NodeContext;
  #engine: Supervised | undefined;
  #ports: Record<string, number> = {};
  #detail: Record<string, unknown> = {};

  constructor(context: NodeContext) {
    this.#context = context;
  }

  readonly handlers = {
    echo: async (params: Record<string, unknown>) => ({ text: `${this.#context.node}: ${params['text']}` }),
  };

  async apply(assignment: NodeAssignment, signal: AbortSignal): Promise<void> {
    const context = this.#context;
    const wanted = assignment.configuration as TestConfiguration;
    context.log(`applying ${assignment.hash}`);
    if (wanted.slowMs !== undefined) await delay(wanted.slowMs, undefined, { signal });
    if (wanted.fail !== undefined) throw new ConpaasError('engine_failed', wanted.fail);
    if (wanted.blob !== undefined) {
      this.#detail = { blob: await readFile(await context.blob(wanted.blob, signal), 'utf8') };
    }
    const sandbox = { writable: [context.directory], readable: [] };
    await context.own(context.directory);
    if (wanted.script !== undefined) {
      const { code, lastLines } = await context.run(
        {
          executable: '/bin/bash',
          arguments: ['-c', wanted.script],
          directory: context.directory,
          environment: {},
          sandbox,
          log: join(context.directory, 'script.log'),
          timeoutMs: 10_000,
        },
        signal,
      );
      this.#detail = { code, lastLines };
    }
    const port = await context.port('redis', wanted.port ?? 6379, wanted.exact ?? false);
    this.#engine = await context.start({
      name: 'redis',
      executable: '/usr/bin/redis-server',
      arguments: [
        '--bind',
        context.address,
        '--port',
        String(port),
        '--dir',
        context.directory,
        '--appendonly',
        'yes',
        ...(wanted.words ?? []),
      ],
      directory: context.directory,
      environment: {},
      sandbox,
      ready: { kind: 'tcp', host: context.address, port, timeoutMs: 5_000 },
      stop: { signal: 'SIGTERM', timeoutMs: 5_000 },
      log: { path: this.logs().redis, maxBytes: 1_000_000, keep: 1 },
      restart: { firstMs: 10, maxMs: 100, limit: 3, windowMs: 5_000 },
    });
    await this.#engine.ready(signal);
    await context.endLeftovers();
    this.#ports = { redis: port };
  }

  async stop(): Promise<void> {
    await this.#engine?.stop();
    this.#engine = undefined;
    this.#ports = {};
  }

  report() {
    return { ports: this.#ports, detail: this.#detail };
  }

  logs() {
    return { redis: join(this.#context.directory, 'redis.log'), script: join(this.#context.directory, 'script.log') };
  }
}
