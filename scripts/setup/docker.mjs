/**
 * For the tests of `npm run test:peers`: a Docker of their own (Debian's docker.io), as `engine.mjs` has a Podman: in a network
 * namespace, with its own images. Node built-ins only.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { installed, served } from './engine.mjs';
import { openNamespace } from './namespace.mjs';
import { ask, root, run } from './run.mjs';
import { SetupError } from './terminal.mjs';

const packages = ['docker.io', 'iptables', 'mmdebstrap'];
const programs = ['/usr/sbin/dockerd', '/usr/bin/containerd', '/usr/sbin/iptables', '/usr/bin/mmdebstrap'];
/** Images stay between runs. */
const store = path.join(root, '.cache/peers/docker');

/** @returns as `startEngine` */
export async function startDocker() {
  if (process.getuid?.() !== 0) throw new SetupError('These tests make network namespaces: run them as root.');
  await installed(programs, packages);
  const directory = mkdtempSync(path.join(tmpdir(), 'conpaas-docker-'));
  mkdirSync(store, { recursive: true });
  const { inside, close } = await openNamespace();
  const socket = path.join(directory, 'docker.sock');
  const log = path.join(directory, 'log');
  const output = openSync(log, 'a');
  const [program, ...words] = [
    ...[...inside, '/usr/sbin/dockerd', '--host', `unix://${socket}`, '--data-root', store],
    ...['--exec-root', path.join(directory, 'run'), '--pidfile', path.join(directory, 'pid')],
    // The default limits may be above ours.
    ...['--exec-opt', 'native.cgroupdriver=cgroupfs', '--default-ulimit', 'nofile=20000:20000'],
  ];
  const service = spawn(program, words, { stdio: ['ignore', output, output] });
  const ended = new Promise((resolve) => service.once('exit', resolve));
  const docker = (...args) => run('/usr/bin/docker', ['--host', `unix://${socket}`, ...args]);
  const stop = async () => {
    // Unlike Podman's, its networks and containers are kept in the store: what tests have left is nothing to begin with.
    const left = ask('/usr/bin/docker', ['--host', `unix://${socket}`, 'ps', '--all', '--quiet']);
    const ids = left?.split('\n').filter((id) => id !== '') ?? [];
    if (ids.length > 0) await docker('rm', '--force', '--volumes', ...ids);
    for (const kind of ['network', 'volume']) await docker(kind, 'prune', '--force');
    // It ends its containerd before it ends.
    service.kill();
    await ended;
    await close();
    rmSync(directory, { recursive: true, force: true });
  };
  await served({ name: 'Docker', service, socket, log, stop });
  const hasImage = async (name, file) => {
    const check = ['run', '--rm', '--pull=never', '--network=none', name, '/usr/bin/test', '-e', file];
    const known = ask('/usr/bin/docker', ['--host', `unix://${socket}`, 'image', 'ls', '--quiet', name]);
    return known !== undefined && known.trim() !== '' && (await docker(...check)) === 0;
  };
  return { inside, socket, stop, hasImage };
}
