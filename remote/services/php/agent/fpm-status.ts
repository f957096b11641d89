/**
 * PHP-FPM's status page, asked for over its unix socket by FastCGI.
 * Sources: https://fastcgi-archives.github.io/FastCGI_Specification.html, https://www.php.net/manual/en/fpm.status.php
 */
import { connect } from 'node:net';
import { z } from 'zod';
import { statusPath } from './fpm-configuration.ts';

const Status = z.object({
  'accepted conn': z.number(),
  'listen queue': z.number(),
  'idle processes': z.number(),
  'active processes': z.number(),
  'max children reached': z.number(),
  'slow requests': z.number(),
});

const longestAnswer = 64 * 1024;
const type = { begin: 1, end: 3, params: 4, stdin: 5, stdout: 6 } as const;

/** Figures of a pool. @throws Error where it does not answer, or with something else */
export async function fpmFigures(socket: string, signal: AbortSignal): Promise<Record<string, number>> {
  const answer = await ask(socket, signal);
  const status = Status.parse(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)));
  return {
    // It counts each look for a request. nginx asks it to keep the connection, so that after a page it looks for another
    // one, and finds that nginx has closed: two looks a page.
    fpm_pages: Math.floor(status['accepted conn'] / 2),
    fpm_queue: status['listen queue'],
    fpm_idle: status['idle processes'],
    fpm_active: status['active processes'],
    fpm_limit: status['max children reached'],
    fpm_slow: status['slow requests'],
  };
}

function ask(path: string, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path, signal });
    let received = Buffer.alloc(0);
    let answer = '';
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('PHP-FPM closed the connection without an answer.')));
    socket.on('data', (data: Buffer) => {
      received = Buffer.concat([received, data]);
      if (received.length > longestAnswer) return void socket.destroy(new Error('PHP-FPM says too much.'));
      while (received.length >= 8) {
        const length = received.readUInt16BE(4);
        const whole = 8 + length + received.readUInt8(6);
        if (received.length < whole) return undefined;
        if (received.readUInt8(1) === type.stdout) answer += received.toString('utf8', 8, 8 + length);
        if (received.readUInt8(1) === type.end) {
          resolve(answer);
          socket.destroy();
          return undefined;
        }
        received = received.subarray(whole);
      }
      return undefined;
    });
    const parameters = {
      SCRIPT_NAME: statusPath,
      SCRIPT_FILENAME: statusPath,
      REQUEST_METHOD: 'GET',
      QUERY_STRING: 'json',
    };
    socket.write(
      Buffer.concat([
        record(type.begin, Buffer.from([0, 1, 0, 0, 0, 0, 0, 0])),
        record(type.params, Buffer.concat(Object.entries(parameters).map(([name, value]) => pair(name, value)))),
        record(type.params, Buffer.alloc(0)),
        record(type.stdin, Buffer.alloc(0)),
      ]),
    );
  });
}

function record(kind: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([1, kind, 0, 1, content.length >> 8, content.length & 0xff, 0, 0]), content]);
}

/** Names and values are shorter than 128 bytes. */
function pair(name: string, value: string): Buffer {
  return Buffer.concat([Buffer.from([name.length, value.length]), Buffer.from(name + value)]);
}
