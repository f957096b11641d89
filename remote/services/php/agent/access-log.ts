/** nginx's access log: a file of its own beside the engine's output, so it needs a keeper of its own. */

import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { NodeContext } from '../../../core/service/agent.ts';
import { createLogKeeper } from '../../../core/supervisor/index.ts';
import { makeLog } from './engine.ts';

export interface AccessLog {
  readonly path: string;
  /** Makes the file and begins to stamp and rotate it. Idempotent. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

const lookEveryMs = 500;

export function createAccessLog(context: NodeContext, path: string): AccessLog {
  const keeper = createLogKeeper({ path, maxBytes: 20_000_000, keep: 3 });
  let timer: NodeJS.Timeout | undefined;
  const look = () => {
    keeper.look().catch((error: unknown) => context.log(`${path} could not be kept: ${String(error)}`));
  };
  return {
    path,
    async start() {
      await mkdir(dirname(path), { recursive: true, mode: 0o755 });
      await makeLog(context, path);
      timer ??= setInterval(look, lookEveryMs).unref();
    },
    async stop() {
      if (timer) clearInterval(timer);
      timer = undefined;
      await keeper.look();
    },
  };
}
