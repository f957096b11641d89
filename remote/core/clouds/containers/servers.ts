/** What the engine tells of a container, as the server that it is to us. */
import { z } from 'zod';
import type { Server } from '../machines/provider.ts';
import { addressLabel, fromLabels, portsLabel, sizeLabel } from './labels.ts';
import { loopback, parsePorts } from './reach.ts';

export const Labels = z
  .record(z.string(), z.string())
  .nullish()
  .transform((labels) => labels ?? {});

export const Inspected = z.object({
  Id: z.string(),
  Created: z.string(),
  Config: z.object({ Labels }),
  State: z.object({ Status: z.string(), ExitCode: z.number(), OOMKilled: z.boolean().optional() }),
  Mounts: z
    .array(z.object({ Destination: z.string() }))
    .nullish()
    .transform((mounts) => mounts ?? []),
});
export type Inspected = z.infer<typeof Inspected>;

/** Ids begin with a letter everywhere; the engine takes the beginning of its own for the whole. */
export const idOf = (container: string): string => `c-${container.slice(0, 32)}`;

/** @returns undefined for what cannot be an id of ours */
export function containerOf(id: string): string | undefined {
  return /^c-([0-9a-f]{32})$/.exec(id)?.[1];
}

export async function toServer(
  found: z.infer<typeof Inspected>,
  log: (id: string) => Promise<string>,
): Promise<Server> {
  const { Labels: labels } = found.Config;
  const state = stateOf(found.State);
  const address = labels[addressLabel];
  const forwarded = parsePorts(labels[portsLabel]);
  return {
    id: idOf(found.Id),
    ...fromLabels(labels),
    state,
    createdAt: Date.parse(found.Created),
    ...(address === undefined ? {} : { privateAddress: address }),
    ...(forwarded && { publicAddress: loopback, forwarded }),
    ...(labels[sizeLabel] === undefined ? {} : { size: labels[sizeLabel] }),
    ...(state === 'failed' ? { cause: await causeOf(found, log) } : {}),
  };
}

/** How a machine ends that is told to: by itself, or by the engine's signals. */
const wellEnded: readonly number[] = [0, 128 + 15, 128 + 9];

export function stateOf({ Status, ExitCode, OOMKilled }: z.infer<typeof Inspected>['State']): Server['state'] {
  switch (Status) {
    case 'running':
    case 'stopping':
    case 'paused':
      return 'running';
    case 'exited':
    case 'stopped':
      return wellEnded.includes(ExitCode) && OOMKilled !== true ? 'stopped' : 'failed';
    case 'removing':
    case 'dead':
      return 'gone';
    default:
      return 'creating';
  }
}

async function causeOf(
  { Id, State }: z.infer<typeof Inspected>,
  log: (id: string) => Promise<string>,
): Promise<string> {
  if (State.OOMKilled) return 'The machine ran out of memory. Choose a larger size.';
  const words = (await log(Id)).trim().split('\n').at(-1) ?? '';
  return `The machine ended with code ${State.ExitCode}${words === '' ? '.' : `: ${words}`}`;
}
