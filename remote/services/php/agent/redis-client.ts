/** As much of Redis's protocol (RESP2) as the session node needs. Source: https://redis.io/docs/reference/protocol-spec */
import { connect } from 'node:net';
import { ConpaasError } from '../../../core/contract/errors.ts';

const answerMs = 3_000;

/**
 * Runs commands on one connection, one after the other, after logging in.
 * @returns the answers, as text (arrays are not understood)
 * @throws ConpaasError engine_failed with Redis's own error
 */
export function redisCommands(
  target: { address: string; port: number; password: string },
  commands: readonly (readonly string[])[],
): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const socket = connect(target.port, target.address);
    const answers: string[] = [];
    let buffer = Buffer.alloc(0);
    const fail = (message: string) => {
      socket.destroy();
      reject(new ConpaasError('engine_failed', 'The session store (Redis) refused a command.', { log: [message] }));
    };
    socket.setTimeout(answerMs, () => fail('no answer'));
    socket.on('error', (error) => fail(error.message));
    socket.on('close', () => fail('the connection was closed'));
    socket.on('data', (data) => {
      buffer = Buffer.concat([buffer, data]);
      for (let answer = readAnswer(buffer); answer; answer = readAnswer(buffer)) {
        buffer = buffer.subarray(answer.length);
        if (answer.error) return fail(answer.text);
        answers.push(answer.text);
        if (answers.length > commands.length) {
          socket.removeAllListeners('close');
          socket.destroy();
          return resolve(answers.slice(1));
        }
      }
    });
    for (const command of [['AUTH', target.password], ...commands]) {
      socket.write(
        `*${command.length}\r\n${command.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`,
      );
    }
  });
}

/** One whole answer at the beginning of a buffer, or undefined. */
function readAnswer(buffer: Buffer): { text: string; error: boolean; length: number } | undefined {
  const end = buffer.indexOf('\r\n');
  if (end < 0) return undefined;
  const line = buffer.toString('utf8', 1, end);
  if (buffer[0] !== 0x24 /* $ */) return { text: line, error: buffer[0] === 0x2d /* - */, length: end + 2 };
  const size = Number(line);
  if (size < 0) return { text: '', error: false, length: end + 2 };
  if (buffer.length < end + 2 + size + 2) return undefined;
  return { text: buffer.toString('utf8', end + 2, end + 2 + size), error: false, length: end + 2 + size + 2 };
}

/** The fields of an INFO answer. */
export function infoFields(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    text
      .split('\r\n')
      .filter((line) => line.includes(':'))
      .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
  );
}
