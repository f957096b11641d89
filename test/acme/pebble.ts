/**
 * Pebble, Let's Encrypt's ACME server for tests, with its DNS server whose answers a test sets.
 * Source: https://github.com/letsencrypt/pebble (built by scripts/setup/pebble.mjs)
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { freePort } from '../../remote/core/free-port.fixture.ts';
import { checkout } from '../system/paths.ts';
import { until } from '../system/until.ts';
import { type Authority, blockedName, type LocalTls } from './kinds.ts';

const built = join(checkout, '.cache/pebble');
/** Where it was built; undefined: it was not. */
export const pebbleDirectory = existsSync(join(built, 'pebble')) ? built : undefined;

export async function openPebble(directory: string, httpPort: number, tls: LocalTls): Promise<Authority> {
  const home = await mkdtemp(join(tmpdir(), 'conpaas-pebble-'));
  const [port, management, dns, dnsManagement] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
  await writeFile(join(home, 'key.pem'), tls.key);
  await writeFile(join(home, 'certificate.pem'), tls.certificate);
  const settings = {
    pebble: {
      listenAddress: `127.0.0.1:${port}`,
      managementListenAddress: `127.0.0.1:${management}`,
      certificate: join(home, 'certificate.pem'),
      privateKey: join(home, 'key.pem'),
      httpPort,
      tlsPort: 5001,
      domainBlocklist: [blockedName],
      retryAfter: { authz: 1, order: 1 },
    },
  };
  await writeFile(join(home, 'settings.json'), JSON.stringify(settings));
  const off = ['-http01', '', '-https01', '', '-tlsalpn01', '', '-doh', '', '-defaultIPv4', '', '-defaultIPv6', ''];
  const processes = [
    start(join(directory, 'pebble-challtestsrv'), [
      ...off,
      ...['-dns01', `127.0.0.1:${dns}`, '-management', `127.0.0.1:${dnsManagement}`],
    ]),
    // It refuses some nonces on purpose, as servers do that were started again.
    start(
      join(directory, 'pebble'),
      ['-config', join(home, 'settings.json'), '-dnsserver', `127.0.0.1:${dns}`, '-strict'],
      { PEBBLE_VA_NOSLEEP: '1', PEBBLE_WFE_NONCEREJECT: '10' },
    ),
  ];
  const authority: Authority = {
    directory: `https://localhost:${port}/dir`,
    root: tls.root,
    issuer: () => get(`https://localhost:${management}/roots/0`, tls.root),
    async point(host, address) {
      const [path, body] = address === undefined ? ['clear-a', { host }] : ['add-a', { host, addresses: [address] }];
      if (address !== undefined) await authority.point(host, undefined);
      const answer = await fetch(`http://127.0.0.1:${dnsManagement}/${path}`, {
        method: 'POST',
        body: JSON.stringify(body),
      });
      if (!answer.ok) throw new Error(`The DNS server of Pebble said ${answer.status}.`);
    },
    async [Symbol.asyncDispose]() {
      for (const one of processes) {
        if (one.exitCode !== null) continue;
        const ended = once(one, 'exit');
        one.kill('SIGTERM');
        await ended;
      }
      await rm(home, { recursive: true, force: true });
    },
  };
  await until('Pebble serves', async () => {
    const ended = processes.find(({ exitCode }) => exitCode !== null);
    if (ended) throw new Error(`${ended.spawnfile} has ended by itself.`);
    // Refused until it listens.
    return authority.point('ready.test', undefined).then(
      () => get(authority.directory, tls.root).then(Boolean, () => false),
      () => false,
    );
  });
  return authority;
}

function start(program: string, words: readonly string[], environment: Record<string, string> = {}): ChildProcess {
  return spawn(program, words, { env: environment, stdio: 'ignore' });
}

function get(url: string, ca: string): Promise<string> {
  return new Promise((resolve, reject) => {
    request(url, { agent: new Agent({ ca }) }, (answer) => void text(answer).then(resolve, reject))
      .on('error', reject)
      .end();
  });
}
