/** A terminal is passed on to the agent that runs the node. */
import type { Duplex } from 'node:stream';
import type { z } from 'zod';
import { ConpaasError } from '../core/contract/errors.ts';
import type { OpenChannel } from '../core/contract/method.ts';
import type { TerminalParams } from '../core/contract/terminal.ts';
import { joinChannels } from '../core/rpc/index.ts';
import type { Manager } from './manager.ts';

/** @throws ConpaasError not_found, unreachable, and what the agent answers */
export async function relayTerminal(
  manager: Manager,
  params: z.infer<typeof TerminalParams>,
  open: OpenChannel,
  signal: AbortSignal,
): Promise<void> {
  const node = manager.desired.state.nodes.find(({ id }) => id === params.node);
  const vm = node && manager.observed.vmOfSlot(node.slot);
  if (!node) {
    const there = manager.desired.state.nodes.map(({ id }) => id).join(', ');
    throw new ConpaasError('not_found', `There is no node "${params.node}".${there && ` There are: ${there}.`}`);
  }
  if (!vm) throw new ConpaasError('unreachable', `The machine of ${node.id} is not there yet.`, { retry: true });
  const far = await manager.agents.client(vm.id).duplex('open_terminal', params, { signal });
  await joinChannels(openBeside(open, far), far);
}

/** Where the client has gone meanwhile, nobody is there for the shell. */
function openBeside(open: OpenChannel, far: Duplex): Duplex {
  try {
    return open();
  } catch (error) {
    far.destroy();
    throw error;
  }
}
