/** QEMU's own monitor (QMP) of one machine: a line of JSON each way. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { ConpaasError } from '../../contract/errors.ts';
import { hostSocket } from '../local/socket-path.ts';
import { files } from './record.ts';

const Answer = z.object({ return: z.unknown().optional(), error: z.object({ desc: z.string() }).optional() });
const timeoutMs = 10_000;

/** Of QEMU's own reference: https://www.qemu.org/docs/master/interop/qemu-qmp-ref.html */
export interface MonitorCommand {
  readonly execute:
    | 'blockdev-add'
    | 'blockdev-del'
    | 'device_add'
    | 'device_del'
    | 'qom-list'
    | 'query-named-block-nodes'
    | 'query-status'
    | 'quit'
    | 'system_powerdown'
    | 'system_reset';
  readonly arguments?: Readonly<Record<string, unknown>>;
}

/**
 * @param directory of the machine
 * @returns what QEMU answers
 * @throws ConpaasError `unreachable`: its process has ended, or does not answer; `cloud_failed` in QEMU's own words
 */
export async function tellMonitor(directory: string, command: MonitorCommand, signal: AbortSignal): Promise<unknown> {
  using place = hostSocket(directory, files.monitor);
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const socket = connect(place.path);
  const abort = (): void => void socket.destroy(new Error('QEMU does not answer'));
  limit.addEventListener('abort', abort, { once: true });
  try {
    await once(socket, 'connect', { signal: limit });
    const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
    await lines.next(); // its greeting
    let answered: unknown;
    for (const each of [{ execute: 'qmp_capabilities' }, command]) {
      socket.write(`${JSON.stringify(each)}\n`);
      const { error, return: value } = await answer(lines);
      if (error) throw new ConpaasError('cloud_failed', `QEMU refuses ${each.execute}: ${error.desc}`);
      answered = value;
    }
    return answered;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ConpaasError) throw error;
    throw new ConpaasError('unreachable', 'The process of the machine does not answer.', { retry: true });
  } finally {
    limit.removeEventListener('abort', abort);
    socket.destroy();
  }
}

/** The next answer; events of the machine may come before it. */
async function answer(lines: AsyncIterator<string>): Promise<z.infer<typeof Answer>> {
  for (;;) {
    const { value, done } = await lines.next();
    if (done) return {}; // told to quit, it may be gone before it answers
    const parsed: unknown = JSON.parse(value);
    if (typeof parsed === 'object' && parsed !== null && 'event' in parsed) continue;
    return Answer.parse(parsed);
  }
}
