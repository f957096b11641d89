/** What a machine's apt is given on the loopback, with the director's part played by a function. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ConpaasError } from '../../core/contract/index.ts';
import { type AptGateway, type DownloadPackage, openAptGateway } from './apt-gateway.ts';

let gateway: AptGateway;
let asked: string[];
let download: DownloadPackage;
const deb = 'pool/main/n/nginx/nginx_1.0-1+b1_amd64.deb';

beforeEach(async () => {
  asked = [];
  download = async (_archive, path) => ({ stream: Readable.from([Buffer.from(path)]), size: path.length });
  gateway = await openAptGateway((archive, path, signal) => {
    asked.push(`${archive}: ${path}`);
    return download(archive, path, signal);
  });
});
afterEach(() => gateway[Symbol.asyncDispose]());

const get = (url: string, options: RequestInit = {}) => fetch(`http://127.0.0.1:${gateway.port}${url}`, options);

test('it gives whole files of archives, also where a part is asked for, and counts them', async () => {
  const answer = await get(`/debian/${deb.replace('+', '%2b')}`, { headers: { range: 'bytes=5-' } });
  expect([answer.status, await answer.text()]).toEqual([200, deb]);
  expect(asked).toEqual([`debian: ${deb}`]);
  expect(gateway.given).toEqual({ files: 1, bytes: deb.length });
});

test('requests that apt sends without waiting for answers are answered in their order', async () => {
  const waiting: (() => void)[] = [];
  download = async (_archive, path) => {
    // The first is the last that the director gives.
    if (path.includes('/one/')) await new Promise<void>((resolve) => waiting.push(resolve));
    else waiting.shift()?.();
    return { stream: Readable.from([Buffer.from(`<${path}>`)]), size: path.length + 2 };
  };
  const paths = ['dists/one/InRelease', 'dists/two/InRelease'];
  const socket = connect(gateway.port, '127.0.0.1');
  await once(socket, 'connect');
  const last = (path: string) => (path.includes('two') ? 'Connection: close\r\n' : '');
  socket.write(paths.map((path) => `GET /debian/${path} HTTP/1.1\r\nHost: x\r\n${last(path)}\r\n`).join(''));
  const all = await text(socket);
  expect(all.match(/<[^>]*>/g)).toEqual(paths.map((path) => `<${path}>`));
});

test.each([
  ['/debian/pool/../../etc/passwd', 'GET'],
  ['/debian/pool/main/n/nginx/..%2f..%2f..%2fetc/passwd.deb', 'GET'],
  ['/debian/%zz', 'GET'],
  ['/elsewhere/dists/stable/InRelease', 'GET'],
  ['/', 'GET'],
  ['/debian/dists/stable/InRelease', 'POST'],
])('%s by %s is refused without asking the director', async (url, method) => {
  expect((await get(url, { method })).status).toBe(403);
  expect(asked).toEqual([]);
});

test('what the director has not, and what it cannot get, are different answers', async () => {
  download = async () => {
    throw new ConpaasError('not_found', 'The mirror has no such file.');
  };
  expect((await get('/debian/dists/stable/InRelease')).status).toBe(404);
  expect(gateway.problem).toBeUndefined();
  download = async () => {
    throw new ConpaasError('unreachable', 'The mirror did not answer.');
  };
  const answer = await get('/debian/dists/stable/InRelease');
  expect([answer.status, await answer.text()]).toEqual([502, 'The mirror did not answer.\n']);
  expect(gateway.problem).toBe('The mirror did not answer.');
});

test('a file that breaks off is no whole file for apt', async () => {
  download = async () => ({
    stream: Readable.from(
      (function* () {
        yield Buffer.from('half');
        throw new ConpaasError('checksum_mismatch', 'What arrived is not what was sent.');
      })(),
    ),
    size: 8,
  });
  await expect(get('/debian/dists/stable/InRelease').then((answer) => answer.text())).rejects.toThrow();
  expect(gateway.problem).toBe('What arrived is not what was sent.');
});
