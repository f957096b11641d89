/** For tests: a real sshd on a loopback address, with what user-data lays down on a machine. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type ContactKeys, rotationScript, sshd, sshdConfig } from '../../remote/core/clouds/machines/contact.ts';
import { freePort } from '../../remote/core/free-port.fixture.ts';

const startMs = 20_000;

export interface Sshd extends AsyncDisposable {
  readonly port: number;
  /** As {@link contactDirectory} on a machine. */
  readonly directory: string;
  readonly user: string;
  /** Ends it with all its connections, and starts it again. */
  restart(): Promise<void>;
  /** The public half of its host key, as that is on disk. */
  hostKey(): Promise<string>;
}

/** @throws where it does not start in time, with what it said */
export async function startSshd(keys: ContactKeys, host: string): Promise<Sshd> {
  const user = os.userInfo().username;
  const root = process.getuid?.() === 0;
  if (root) await mkdir('/run/sshd', { recursive: true });
  const directory = await mkdtemp(path.join(os.tmpdir(), 'conpaas-sshd-'));
  const port = await freePort(host);
  const file = (name: string): string => path.join(directory, name);
  await writeFile(file('host_key'), keys.hostKey, { mode: 0o600 });
  await writeFile(file('authorized_keys'), `${keys.authorizedKey}\n`, { mode: 0o600 });
  await writeFile(file('rotate'), rotationScript(directory), { mode: 0o700 });
  // StrictModes wants no folder above that others may write in, as the one for temporary files is.
  const config = `${sshdConfig({ directory, user, listen: { host, port }, pam: root })}StrictModes no\n`;
  await writeFile(file('sshd_config'), config);
  let child: ChildProcess | undefined;
  let said = '';

  async function start(): Promise<void> {
    const started = spawn(sshd, ['-D', '-e', '-f', file('sshd_config')], { stdio: ['ignore', 'ignore', 'pipe'] });
    child = started;
    started.stderr.on('data', (data: Buffer) => {
      said = (said + data.toString()).slice(-4000);
    });
    const deadline = performance.now() + startMs;
    while (!(await answers(host, port))) {
      if (started.exitCode !== null || performance.now() > deadline) throw new Error(`sshd does not start: ${said}`);
      await delay(20);
    }
  }

  async function stop(): Promise<void> {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  }

  await start();
  return {
    port,
    directory,
    user,
    async restart() {
      await stop();
      await start();
    },
    hostKey: () => publicHalf(file('host_key')),
    async [Symbol.asyncDispose]() {
      await stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function publicHalf(key: string): Promise<string> {
  const { stdout } = await promisify(execFile)('ssh-keygen', ['-y', '-f', key]);
  return stdout;
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host);
    socket.once('data', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
    socket.once('data', () => socket.destroy());
  });
}
