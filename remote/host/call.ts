/**
 * `host.mjs --call <directory> <method>`: one call of this machine's host, parameters as a line of JSON on standard
 * input (which need not end: not every way into a machine can say so), the answer as JSON on standard output. It is what
 * whoever may run a program on the machine reaches the host by.
 */
import { createInterface } from 'node:readline';
import { hostSocket } from '../core/clouds/local/socket-path.ts';
import type { HostAnswer } from '../core/clouds/machines/host-call.ts';
import { toFailure } from '../core/contract/index.ts';
import { machineHostMethods } from '../core/contract/machine-host.ts';
import { connect } from '../core/rpc/index.ts';

/** Milliseconds: ending a process that does not want to may take a while. */
const timeoutMs = 60_000;

export async function callHost(directory: string, method: string): Promise<void> {
  const text = JSON.stringify(await answer(directory, method));
  await new Promise((resolve) => process.stdout.write(text, resolve));
  process.exit();
}

async function firstLine(): Promise<string> {
  for await (const line of createInterface({ input: process.stdin })) return line;
  return '';
}

async function answer(directory: string, method: string): Promise<HostAnswer> {
  try {
    const params = JSON.parse(await firstLine());
    using socket = hostSocket(directory);
    await using client = connect(machineHostMethods, { address: { socket: socket.path } });
    // Method and parameters are checked by the host, as of every client.
    const name = method as 'get_machine';
    return { result: await client.call(name, params, { timeoutMs }) };
  } catch (error) {
    return { failure: toFailure(error) };
  }
}
