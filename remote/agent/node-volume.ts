/** A node whose data is on a volume waits for it: without it a data service would begin with nothing. */
import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { ConpaasError } from '../core/contract/errors.ts';
import type { NodeContext } from '../core/service/agent.ts';

/** A cloud takes minutes to bring a volume, milliseconds. */
const longestMs = 300_000;
const lookMs = 100;

export interface VolumeOfNode {
  readonly node: string;
  readonly volume: string;
  readonly context: Pick<NodeContext, 'dataDirectory' | 'log'>;
}

/** Until the machine's host has mounted and linked it. @throws ConpaasError unreachable: it does not come */
export async function untilVolumeIsHere({ node, volume, context }: VolumeOfNode, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + longestMs;
  for (let waits = false; !existsSync(context.dataDirectory); waits = true) {
    if (!waits) context.log(`waiting for the volume ${volume}`);
    if (performance.now() > deadline) {
      const message = `The volume ${volume} with the data of ${node} has not come to its machine yet. It is waited for again.`;
      throw new ConpaasError('unreachable', message, { retry: true });
    }
    await delay(lookMs, undefined, { signal });
  }
}
