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

export type MonitorCommand = 'system_powerdown' | 'system_reset' | 'quit' | 'query-status';

/**
 * @param directory of the machine
 * @throws ConpaasError `unreachable`: its process has ended, or does not answer; `cloud_failed` in QEMU's own words
 */
export async function tellMonitor(directory: string, command: MonitorCommand, signal: AbortSignal): Promise<void> {
  using place = hostSocket(directory, files.monitor);
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const socket = connect(place.path);
  const abort = (): void => void socket.destroy(new Error('QEMU does not answer'));
  limit.addEventListener('abort', abort, { once: true });
  try {
    await once(socket, 'connect', { signal: limit });
    const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
    await lines.next(); // its greeting
    for (const execute of ['qmp_capabilities', command] as const) {
      socket.write(`${JSON.stringify({ execute })}\n`);
      const error = await answer(lines);
      if (error !== undefined) throw new ConpaasError('cloud_failed', `QEMU refuses ${execute}: ${error}`);
    }
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ConpaasError) throw error;
    throw new ConpaasError('unreachable', 'The process of the machine does not answer.', { retry: true });
  } finally {
    limit.removeEventListener('abort', abort);
    socket.destroy();
  }
}

/** The next answer; events of the machine may come before it. @returns what is wrong; undefined: it is done */
async function answer(lines: AsyncIterator<string>): Promise<string | undefined> {
  for (;;) {
    const { value, done } = await lines.next();
    if (done) return undefined; // told to quit, it may be gone before it answers
    const parsed: unknown = JSON.parse(value);
    if (typeof parsed === 'object' && parsed !== null && 'event' in parsed) continue;
    return Answer.parse(parsed).error?.desc;
  }
}
