/**
 * A pool: one PHP-FPM master with the code, the configuration and the environment of one moment, which never change.
 * A new version or configuration is a new pool beside the old one. (A master that reloads, or code that is swapped by a
 * link, would go on giving old answers for seconds out of its caches.)
 */

import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { NodeContext } from '../../../core/service/agent.ts';
import type { Supervised } from '../../../core/supervisor/types.ts';
import { BackendConfiguration } from '../configuration.ts';
import { installed, phpFpm } from '../engines.ts';
import { restartPolicy, writeConfiguration } from './engine.ts';
import { fpmConfiguration, pageLimit } from './fpm-configuration.ts';
import type { Layout } from './layout.ts';
import type { PoolTarget } from './nginx-configuration.ts';

/** What a pool is made of; kept on disk, so that a new agent process finds its pools again. */
export const PoolPlan = z.object({
  /** Never used twice on a node: a change that is taken back makes a new pool, whatever the old one still does. */
  id: z.string(),
  /** What it was made from, see `poolKey`. */
  key: z.string(),
  /** Directory in `layout.code`; several pools may share one. */
  tree: z.string(),
  configuration: BackendConfiguration,
});
export type PoolPlan = z.infer<typeof PoolPlan>;

/** Equal keys: the same pool will do. `restarts` is part of it: a restart is a new pool, too. */
export function poolKey(configuration: BackendConfiguration, restarts: number): string {
  const { health: _health, startupScript: _script, ...rest } = configuration;
  const text = JSON.stringify([rest, restarts], (_key, value: unknown) =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

/** Where the pool listens and what it serves. */
export function poolTarget(layout: Layout, plan: PoolPlan): PoolTarget {
  return {
    tree: join(layout.code, plan.tree),
    socket: join(layout.sockets, `${plan.id}.sock`),
    statusSocket: join(layout.sockets, `${plan.id}-s.sock`),
  };
}

/** Starts (or adopts) the pool's master; resolves when it is started, not yet when it answers. */
export async function startPool(context: NodeContext, layout: Layout, plan: PoolPlan): Promise<Supervised> {
  const { configuration } = plan;
  const target = poolTarget(layout, plan);
  const path = await writeConfiguration(
    context,
    layout,
    `${plan.id}.conf`,
    fpmConfiguration({
      php: configuration.php,
      debug: configuration.debug,
      session: configuration.session,
      socket: target.socket,
      statusSocket: target.statusSocket,
      temporary: layout.work,
    }),
  );
  return context.start({
    name: `fpm-${plan.id}`,
    executable: installed(phpFpm),
    // Errors of pages go to PHP-FPM's own output rather than through nginx, so that they have a log of their own.
    arguments: ['-F', '-O', '-d', 'fastcgi.logging=0', '-y', path],
    directory: target.tree,
    // Never in the arguments, which all users of a machine can read.
    environment: {
      HOME: layout.work,
      TMPDIR: layout.work,
      ...configuration.environment,
      CONPAAS_NODE: context.node,
    },
    sandbox: { writable: [target.tree, layout.work, layout.sockets], readable: [path] },
    ready: { kind: 'unix', path: target.socket, timeoutMs: 15_000 },
    stop: { signal: 'SIGQUIT', timeoutMs: ((pageLimit(configuration.php) ?? 600) + 5) * 1000 },
    log: { path: join(layout.logs, 'php.log'), maxBytes: 10_000_000, keep: 3 },
    restart: restartPolicy,
  });
}

/** Removes what a pool that has ended leaves, but its tree. */
export async function forgetPool(layout: Layout, plan: PoolPlan): Promise<void> {
  const target = poolTarget(layout, plan);
  for (const path of [join(layout.conf, `${plan.id}.conf`), target.socket, target.statusSocket]) {
    await rm(path, { force: true });
  }
}
