/** nginx as a node's engine: start, and reload so that no answer of the old configuration is given afterwards. */
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { ConpaasError } from '../../../core/contract/errors.ts';
import type { NodeContext } from '../../../core/service/agent.ts';
import { childrenOf, identify, isAlive, type ProcessIdentity } from '../../../core/supervisor/proc.ts';
import type { Sandbox, Supervised } from '../../../core/supervisor/types.ts';
import { engineLines, restartPolicy } from './engine.ts';

export interface NginxFiles {
  readonly configuration: string;
  readonly log: string;
  readonly temporary: string;
  readonly address: string;
  readonly port: number;
}

/** Starts (or adopts) nginx with the configuration file as it is. */
export function startNginx(context: NodeContext, files: NginxFiles, sandbox: Sandbox): Promise<Supervised> {
  return context.start({
    name: 'nginx',
    executable: '/usr/sbin/nginx',
    arguments: ['-e', 'stderr', '-p', files.temporary, '-c', files.configuration, '-g', 'daemon off;'],
    directory: files.temporary,
    environment: {},
    sandbox,
    ready: { kind: 'tcp', host: files.address, port: files.port, timeoutMs: 10_000 },
    // Ends after the requests in progress.
    stop: { signal: 'SIGQUIT', timeoutMs: 15_000 },
    log: { path: files.log, maxBytes: 10_000_000, keep: 3 },
    restart: restartPolicy,
  });
}

/** A reload that nginx has not taken over after this long is taken for refused. */
const reloadMs = 15_000;

/**
 * Makes nginx take over its configuration file. Resolves when the new workers serve and no old one takes requests any
 * more: an answer to a request that begins from then on is one of the new configuration.
 * @returns the old workers, which still finish what they have
 * @throws ConpaasError engine_failed, with nginx's last lines, where it refuses the configuration
 */
export async function reloadNginx(
  engine: Supervised,
  log: string,
  signal: AbortSignal,
): Promise<readonly ProcessIdentity[]> {
  const { state } = engine;
  if (state.kind !== 'running') throw new ConpaasError('conflict', 'nginx is not running.', { retry: true });
  const before = await servingWorkers(state.pid);
  const lines = await engineLines(log);
  engine.signal('SIGHUP');
  const deadline = performance.now() + reloadMs;
  for (let pause = 5; ; pause = Math.min(pause + 5, 50)) {
    await delay(pause, undefined, { signal });
    const now = await servingWorkers(state.pid);
    const stillOld = now.filter((worker) => before.some((old) => old.pid === worker.pid));
    if (stillOld.length === 0 && now.length > 0) return before;
    if (performance.now() > deadline || engine.state.kind !== 'running') {
      throw new ConpaasError('engine_failed', 'nginx did not take over its new configuration.', {
        log: await lines.since(),
      });
    }
  }
}

/** Resolves when these processes have ended. */
export async function waitForEnd(processes: readonly ProcessIdentity[], signal: AbortSignal): Promise<void> {
  for (let pause = 10; processes.some(isAlive); pause = Math.min(pause * 1.5, 250)) {
    await delay(pause, undefined, { signal });
  }
}

/** Workers that finish what they have and take nothing new, e.g. after a reload before our own restart. */
export async function leavingWorkers(master: number): Promise<ProcessIdentity[]> {
  return workers(master, (title) => title.includes('worker process is shutting down'));
}

function servingWorkers(master: number): Promise<ProcessIdentity[]> {
  return workers(master, (title) => /worker process$/.test(title));
}

/** nginx's workers tell what they do in their titles. */
async function workers(master: number, which: (title: string) => boolean): Promise<ProcessIdentity[]> {
  const found: ProcessIdentity[] = [];
  for (const pid of childrenOf(master)) {
    const title = (await readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '')).replaceAll('\0', ' ').trim();
    const identity = which(title) ? identify(pid) : undefined;
    if (identity) found.push(identity);
  }
  return found;
}
