/**
 * For the tests of `npm run test:peers`: a Podman of their own, in a network namespace of its own, so that its bridges
 * and firewall rules are none of the machine's. Node built-ins only.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openNamespace } from './namespace.mjs';
import { ask, must, root, run } from './run.mjs';
import { SetupError, say } from './terminal.mjs';

const packages = ['podman', 'runc', 'netavark', 'aardvark-dns', 'iptables', 'nftables', 'mmdebstrap'];
const programs = [
  '/usr/bin/podman',
  '/usr/sbin/runc',
  '/usr/lib/podman/netavark',
  '/usr/sbin/nft',
  '/usr/bin/mmdebstrap',
];
/** Images stay between runs: the Debian root takes minutes. */
const store = path.join(root, '.cache/peers/graph');
/** The store remembers where it ran first, and insists on it. */
const running = path.join(root, '.cache/peers/run');
const advice = 'Check the network and the sources of apt, then run this again.';

/**
 * Starts it. Returns the words that run a program in its namespace, its socket, and what ends it with all it runs.
 * Three traps, each cured in containers.conf: crun refuses hybrid cgroups (so runc); the default limits may be above
 * ours (so limits of our own); its API swaps soft and hard ones (so both are equal).
 */
export async function startEngine() {
  if (process.getuid?.() !== 0) throw new SetupError('These tests make network namespaces: run them as root.');
  await installed(programs, packages);
  const directory = mkdtempSync(path.join(tmpdir(), 'conpaas-peers-'));
  mkdirSync(store, { recursive: true });
  const file = (name, content) => {
    writeFileSync(path.join(directory, name), content);
    return path.join(directory, name);
  };
  const configuration = {
    CONTAINERS_CONF: file(
      'containers.conf',
      [
        '[containers]',
        'default_ulimits = ["nofile=20000:20000","nproc=8192:8192"]',
        'log_driver = "k8s-file"',
        '[engine]',
        'cgroup_manager = "cgroupfs"',
        'events_logger = "file"',
        'exit_command_delay = 10', // seconds that a process stays behind for each program run in a container; else 300
        'runtime = "runc"',
        '[network]',
        'network_backend = "netavark"',
        `network_config_dir = "${directory}/networks"`,
        '',
      ].join('\n'),
    ),
    CONTAINERS_STORAGE_CONF: file(
      'storage.conf',
      `[storage]\ndriver = "overlay"\nrunroot = "${running}"\ngraphroot = "${store}"\n`,
    ),
  };
  const { inside, close } = await openNamespace();
  let second;
  const socket = path.join(directory, 'podman.sock');
  const log = openSync(path.join(directory, 'log'), 'a');
  const [program, ...words] = [...inside, 'podman', 'system', 'service', '--time=0', `unix://${socket}`];
  const service = spawn(program, words, { stdio: ['ignore', log, log], env: { ...process.env, ...configuration } });
  const ended = new Promise((resolve) => service.once('exit', resolve));
  const podman = (...args) => run(inside[0], [...inside.slice(1), 'podman', ...args], { env: configuration });
  const stop = async () => {
    await second?.stop();
    await podman('rm', '--all', '--force', '--time', '0');
    service.kill();
    await ended;
    await close();
    await unmount(store);
    rmSync(directory, { recursive: true, force: true });
  };
  await served({ name: 'Podman', service, socket, log: `${directory}/log`, stop });
  /** Whether there is an image of that name with that file in it: one of an earlier version may lack it. */
  const hasImage = async (name, file) => {
    const words = ['run', '--rm', '--pull=never', '--network=none', name, '/usr/bin/test', '-e', file];
    return (await podman('image', 'exists', name)) === 0 && (await podman(...words)) === 0;
  };
  return {
    inside,
    socket,
    stop,
    hasImage,
    /** A second one beside it, with machines, networks and volumes of its own: another cloud. @returns its socket */
    async beside() {
      second ??= await startSecond({ inside, directory, configuration });
      return second.socket;
    },
  };
}

/** It has the images of the first, which it only reads; both are in one namespace, so their bridges are in reach of each other. */
async function startSecond({ inside, directory, configuration }) {
  const own = mkdtempSync(path.join(directory, 'second-'));
  const file = (name, content) => {
    writeFileSync(path.join(own, name), content);
    return path.join(own, name);
  };
  // What Podman keeps in fixed places of the machine would be that of the first.
  const engine = [`tmp_dir = "${own}/tmp"`, `static_dir = "${own}/static"`, 'lock_type = "file"'];
  const first = readFileSync(configuration.CONTAINERS_CONF, 'utf8');
  const env = {
    CONTAINERS_CONF: file(
      'containers.conf',
      first
        .replace('[engine]', ['[engine]', ...engine].join('\n'))
        .replace(`"${directory}/networks"`, `"${own}/networks"`),
    ),
    CONTAINERS_STORAGE_CONF: file(
      'storage.conf',
      [
        '[storage]',
        'driver = "overlay"',
        `runroot = "${own}/run"`,
        `graphroot = "${own}/graph"`,
        '[storage.options]',
        `additionalimagestores = ["${store}"]`,
        '',
      ].join('\n'),
    ),
  };
  const socket = path.join(own, 'podman.sock');
  const log = openSync(path.join(own, 'log'), 'a');
  const [program, ...words] = [...inside, 'podman', 'system', 'service', '--time=0', `unix://${socket}`];
  const service = spawn(program, words, { stdio: ['ignore', log, log], env: { ...process.env, ...env } });
  const ended = new Promise((resolve) => service.once('exit', resolve));
  const stop = async () => {
    await run(inside[0], [...inside.slice(1), 'podman', 'rm', '--all', '--force', '--time', '0'], { env });
    service.kill();
    await ended;
    await unmount(path.join(own, 'graph'));
  };
  while (!(await answers(socket))) {
    if (service.exitCode !== null) throw new SetupError(`The second Podman did not start; see ${own}/log.`);
    await delay(50);
  }
  say(`A second Podman serves ${socket}`);
  return { socket, stop };
}

/** Has packages installed unless all programs are there. */
export async function installed(programs, packages) {
  if (programs.every(existsSync)) return;
  await must('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=900', 'update'], advice);
  const install = ['install', '-y', '-q', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=900'];
  await must('apt-get', [...install, ...packages], advice, { env: { DEBIAN_FRONTEND: 'noninteractive' } });
}

/** Waits until an engine takes connections; one that has ended instead is stopped, and said. */
export async function served({ name, service, socket, log, stop }) {
  try {
    while (!(await answers(socket))) {
      if (service.exitCode !== null) throw new SetupError(`${name} did not start; see ${log}.`);
      await delay(50);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  say(`${name} serves ${socket}`);
}

/** Podman leaves its store mounted on itself. */
async function unmount(folder) {
  const mounted = path.join(folder, 'overlay');
  if (ask('mountpoint', ['-q', mounted]) !== undefined) await run('umount', [mounted]);
}

function answers(socket) {
  return new Promise((resolve) => {
    const connection = connect(socket);
    connection.once('connect', () => {
      connection.destroy();
      resolve(true);
    });
    connection.once('error', () => resolve(false));
  });
}
