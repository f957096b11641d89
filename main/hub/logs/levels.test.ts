import { expect, test } from 'vitest';
import { everyLevel, levelMask, levelNames, levelOf } from './levels.ts';

test.each([
  // nginx
  ['2026/11/25 14:01:07 [error] 123#123: *7 FastCGI sent in stderr: "PHP message: PHP Warning: x"', 'error'],
  ['2026/11/25 14:01:07 [notice] 9#9: signal process started', 'info'],
  ['2026/11/25 14:01:07 [emerg] 9#9: bind() failed', 'error'],
  ['127.0.0.1 - - [25/Nov/2026:14:01:07 +0000] "GET / HTTP/1.1" 200 5 "-" "curl"', 'info'],
  ['127.0.0.1 - - [25/Nov/2026:14:01:07 +0000] "GET /error HTTP/1.1" 404 5 "-" "curl"', 'warning'],
  ['127.0.0.1 - - [25/Nov/2026:14:01:07 +0000] "POST /x HTTP/1.1" 502 5', 'error'],
  // PHP-FPM and PHP
  ['[25-Nov-2026 14:01:07] NOTICE: fpm is running, pid 7', 'info'],
  ['[25-Nov-2026 14:01:07] WARNING: [pool www] server reached max_children', 'warning'],
  ['[25-Nov-2026 14:01:07] ERROR: unable to bind', 'error'],
  ['PHP Fatal error:  Uncaught Error: Class "Foo" not found in /index.php:12', 'error'],
  ['[25-Nov-2026 14:01:07 UTC] PHP Parse error:  syntax error', 'error'],
  ['PHP Deprecated:  Return type', 'warning'],
  ['PHP Notice:  Undefined index', 'info'],
  // MariaDB
  ['2026-11-25 14:01:07 0 [Note] InnoDB: Buffer pool loaded', 'info'],
  ["2026-11-25 14:01:07 5 [Warning] Aborted connection 5 to db: 'x'", 'warning'],
  ['2026-11-25 14:01:07 0 [ERROR] Aborting', 'error'],
  // HAProxy
  ['[NOTICE]   (71) : New worker (73) forked', 'info'],
  ['[ALERT]    (71) : Cannot bind', 'error'],
  [
    '127.0.0.1:5 [25/Nov/2026:14:01:07.1] http-in web/backend-1 0/0/0/4/4 503 900 - - ---- 1/1/0/0/0 0/0 "GET / HTTP/1.1"',
    'error',
  ],
  [
    '127.0.0.1:5 [25/Nov/2026:14:01:07.1] http-in web/backend-1 0/0/0/4/4 200 900 - - ---- 1/1/0/0/0 0/0 "GET /"',
    'info',
  ],
  // Redis
  ['123:M 25 Nov 2026 14:01:07.112 * Ready to accept connections', 'info'],
  ['123:M 25 Nov 2026 14:01:07.112 # WARNING overcommit_memory is set to 0', 'warning'],
  ['123:M 25 Nov 2026 14:01:07.112 - DB 0: 1 keys', 'debug'],
  // others
  ['{"time":"2026","level":"error","message":"no"}', 'error'],
  ['time=2026 level=warn msg="slow"', 'warning'],
  ['2026-11-25T14:01:07.112Z DEBUG starting', 'debug'],
  ['ERROR: it broke', 'error'],
  ['the error of my ways', 'other'],
  ['information wants to be free', 'other'],
  ['', 'other'],
])('%s is %s', (line, level) => expect(levelNames[levelOf(line)]).toBe(level));

test('gaps and events are shown whatever levels are chosen', () => {
  expect(levelMask(undefined)).toBe(everyLevel);
  expect(levelMask(['error'])).toBe(0b111_0000);
});
