/** The same engines, configured as one would by hand and started one beside the other: what benches compare with. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, open, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { freePort } from '../../remote/core/free-port.fixture.ts';
import { isOk, untilPage } from './http.ts';

export interface ByHand extends AsyncDisposable {
  /** e.g. `http://127.0.0.1:8080` */
  readonly address: string;
}

export interface ByHandOptions {
  /** A directory for configuration, sockets and logs; made here. */
  readonly directory: string;
  /** The code they serve; must be readable for everybody. */
  readonly code: string;
  /** PHP-FPM's `pm.max_children`. */
  readonly children: number;
  readonly signal: AbortSignal;
}

/** PHP-FPM refuses to run pages as root, and so would anybody by hand. */
const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

/** nginx in front of PHP-FPM; resolves when `/index.php` is answered. */
export function startWebServer(options: ByHandOptions): Promise<ByHand> {
  return startEngines(options, async (engines) => {
    const port = await freePort();
    await engines.phpFpm();
    await engines.nginx('nginx', port);
    return port;
  });
}

/** All that an application in PHP has here: HAProxy, nginx for files, nginx with PHP-FPM for pages, Redis. */
export function startStack(options: ByHandOptions): Promise<ByHand> {
  return startEngines(options, async (engines) => {
    const [front, pages, files] = [await freePort(), await freePort(), await freePort()];
    await engines.redis();
    await engines.phpFpm();
    await engines.nginx('pages', pages);
    await engines.nginx('files', files);
    await engines.haproxy(front, pages, files);
    return front;
  });
}

interface Engines {
  phpFpm(): Promise<void>;
  nginx(name: string, port: number): Promise<void>;
  haproxy(port: number, pages: number, files: number): Promise<void>;
  redis(): Promise<void>;
}

async function startEngines(options: ByHandOptions, start: (engines: Engines) => Promise<number>): Promise<ByHand> {
  const { directory, signal } = options;
  const running: ChildProcess[] = [];
  const own = async (file: string): Promise<string> => {
    if (nobody.uid !== undefined) await chown(file, nobody.uid, nobody.gid);
    return file;
  };
  const configuration = async (name: string, lines: readonly string[]): Promise<string> => {
    const file = path.join(directory, name);
    await writeFile(file, `${lines.join('\n')}\n`);
    return own(file);
  };
  const run = async (name: string, executable: string, args: readonly string[]): Promise<void> => {
    const log = await open(path.join(directory, `${name}.log`), 'a');
    const child = spawn(executable, args, { cwd: directory, stdio: ['ignore', log.fd, log.fd], ...nobody });
    running.push(child);
    await once(child, 'spawn');
    await log.close();
  };
  const inside = (name: string): string => path.join(directory, name);

  const engines: Engines = {
    async phpFpm() {
      const file = await configuration('fpm.conf', [
        '[global]',
        'daemonize = no',
        `error_log = ${inside('fpm-error.log')}`,
        '[www]',
        `listen = ${inside('fpm.sock')}`,
        'pm = dynamic',
        `pm.max_children = ${options.children}`,
        'pm.start_servers = 2',
        'pm.min_spare_servers = 1',
        'pm.max_spare_servers = 4',
      ]);
      await run('fpm', '/usr/sbin/php-fpm8.2', ['-F', '-y', file]);
    },
    async nginx(name, port) {
      const temporary = inside(`${name}-temporary`);
      await own(await made(temporary));
      const file = await configuration(`${name}.conf`, [
        'worker_processes auto;',
        'worker_rlimit_nofile 8192;',
        `pid ${inside(`${name}.pid`)};`,
        'events { worker_connections 4096; }',
        'http {',
        '  include /etc/nginx/mime.types;',
        '  sendfile on;',
        '  tcp_nopush on;',
        '  keepalive_requests 100000;',
        `  access_log ${inside(`${name}-access.log`)};`,
        ...['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `  ${kind}_temp_path ${temporary};`),
        '  server {',
        `    listen 127.0.0.1:${port} backlog=4096;`,
        `    root ${options.code};`,
        '    index index.php;',
        '    location / { try_files $uri $uri/ /index.php?$args; }',
        '    location ~ \\.php$ {',
        '      include /etc/nginx/fastcgi_params;',
        '      fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;',
        `      fastcgi_pass unix:${inside('fpm.sock')};`,
        '    }',
        '  }',
        '}',
      ]);
      await run(name, '/usr/sbin/nginx', ['-e', 'stderr', '-p', directory, '-c', file, '-g', 'daemon off;']);
    },
    async haproxy(port, pages, files) {
      const file = await configuration('haproxy.cfg', [
        'defaults',
        '  mode http',
        '  timeout connect 5s',
        '  timeout client 1m',
        '  timeout server 1m',
        'frontend users',
        `  bind 127.0.0.1:${port}`,
        '  use_backend files if { path_end .css .js .png }',
        '  default_backend pages',
        'backend pages',
        `  server pages 127.0.0.1:${pages} check`,
        'backend files',
        `  server files 127.0.0.1:${files} check`,
      ]);
      await run('haproxy', '/usr/sbin/haproxy', ['-db', '-f', file]);
    },
    async redis() {
      const socket = inside('redis.sock');
      await run('redis', '/usr/bin/redis-server', ['--port', '0', '--unixsocket', socket, '--appendonly', 'yes']);
    },
  };

  const stop = async (): Promise<void> => {
    const left = running.filter((child) => child.exitCode === null && child.signalCode === null);
    const ended = left.map((child) => once(child, 'exit'));
    for (const child of left) child.kill('SIGTERM');
    await Promise.all(ended);
  };

  try {
    await own(await made(directory));
    const address = `http://127.0.0.1:${await start(engines)}`;
    await untilPage(`${address}/index.php`, isOk, signal);
    return { address, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function made(directory: string): Promise<string> {
  await mkdir(directory, { recursive: true });
  await chmod(directory, 0o755);
  return directory;
}
