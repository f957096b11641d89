/** The services' processes, in a process namespace of their own that ends them all at once. Node built-ins only. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { SetupError } from '../terminal.mjs';
import { root } from './install.mjs';

/** A service that has not answered by then will not, milliseconds. */
const patienceMs = 600_000;

/** What is said of a service that has ended and should not have: nobody waits for what it was to do. */
let ended;

/** @returns how programs are run in there, and what ends all of them */
export async function openProcesses() {
  // The first process of the namespace: with it all others end, whatever they have become.
  const namespaces = ['unshare', '--mount', '--pid', '--fork', '--kill-child', 'sleep', 'infinity'];
  // It also ends with us, however we do.
  const holder = spawn('setpriv', ['--pdeathsig=KILL', ...namespaces], { stdio: 'ignore' });
  const first = await childOf(holder.pid);
  const enter = ['nsenter', `--target=${first}`, '--mount', '--pid'];
  const started = [];
  let stopping = false;
  ended = undefined;

  function open(command, { env = {}, log }) {
    const file = openSync(path.join(root, 'os/log', log), 'a');
    const [name, ...args] = [...enter, 'chroot', root, ...command];
    const child = spawn(name, args, {
      stdio: ['ignore', file, file],
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/os', LANG: 'C.UTF-8', ...env },
    });
    closeSync(file);
    started.push(child);
    return child;
  }

  /**
   * Starts one that is to stay.
   * @param {{ env?: Record<string, string>, log: string }} options log: where it writes, in /os/log
   */
  function start(command, options) {
    open(command, options).once('exit', (code, signal) => {
      if (!stopping) ended ??= `${command[0]} has ended (${code ?? signal}); see ${logOf(options.log)}`;
    });
  }

  /** Runs one to its end. */
  async function complete(command, { env = {}, log = 'setup.log' } = {}) {
    const [code] = await once(open(command, { env, log }), 'exit');
    if (code !== 0) throw new SetupError(`${command[0]} ${command[1]} failed (exit code ${code}); see ${logOf(log)}`);
  }

  const mount = async (...args) => {
    const [name, ...rest] = [...enter, 'mount', ...args];
    const [code] = await once(spawn(name, rest, { stdio: 'inherit' }), 'exit');
    if (code !== 0) throw new SetupError(`mount ${args.join(' ')} failed.`);
  };
  await mount('-t', 'proc', 'proc', path.join(root, 'proc'));
  await mount('--rbind', '/dev', path.join(root, 'dev'));

  return {
    start,
    complete,
    async stop() {
      stopping = true;
      holder.kill('SIGKILL');
      await Promise.all(
        [holder, ...started].map((child) =>
          child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined,
        ),
      );
    },
  };
}

const logOf = (name) => path.join(root, 'os/log', name);

async function childOf(pid) {
  for (const end = performance.now() + 10_000; performance.now() < end; await delay(20)) {
    const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
    if (child) return child;
  }
  throw new SetupError('A process namespace could not be made.');
}

/** Asks until the question has an answer that is not undefined. */
export async function until(what, question) {
  let last;
  for (const end = performance.now() + patienceMs; performance.now() < end; await delay(200)) {
    if (ended !== undefined) throw new SetupError(ended);
    try {
      const answer = await question();
      if (answer !== undefined) return answer;
    } catch (error) {
      last = error;
    }
  }
  throw new SetupError(
    `Not in ${patienceMs / 1000} s: ${what} (${last ?? 'no answer'}); see ${path.join(root, 'os/log')}`,
  );
}
