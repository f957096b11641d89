/** A real keyring (gnome-keyring on a message bus of its own) for one test, thrown away afterwards. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { expect } from '@playwright/test';
import { ofThisRun, started } from './ending.ts';

export interface Keyring extends AsyncDisposable {
  /** For what is to find it. */
  readonly environment: Readonly<Record<string, string>>;
}

export async function startKeyring(): Promise<Keyring> {
  const directory = await mkdtemp(path.join(os.tmpdir(), ofThisRun()));
  const data = path.join(directory, 'data');
  const runtime = path.join(directory, 'run');
  for (const each of [data, runtime]) await mkdir(each, { mode: 0o700 });
  const children: ChildProcess[] = [];
  const end = async (): Promise<void> => {
    for (const child of children.toReversed()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill();
      await once(child, 'exit');
    }
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const bus = spawn('dbus-daemon', ['--session', '--print-address', '--nofork', '--nopidfile'], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, XDG_DATA_HOME: data, XDG_RUNTIME_DIR: runtime },
    });
    children.push(bus);
    const lines = createInterface({ input: bus.stdout });
    const [address] = (await once(lines, 'line')) as [string];
    const environment = {
      DBUS_SESSION_BUS_ADDRESS: address,
      XDG_DATA_HOME: data,
      XDG_RUNTIME_DIR: runtime,
      XDG_CURRENT_DESKTOP: 'GNOME',
    };
    const keyring = spawn('gnome-keyring-daemon', ['--unlock', '--foreground', '--components=secrets'], {
      stdio: ['pipe', 'ignore', 'ignore'],
      env: { ...process.env, ...environment },
    });
    children.push(keyring);
    keyring.stdin.end('test-password\n');
    await untilThere({ ...process.env, ...environment });
    return { environment, [Symbol.asyncDispose]: started(end) };
  } catch (error) {
    await end();
    throw error;
  }
}

/** Until somebody on the bus keeps secrets. */
async function untilThere(environment: NodeJS.ProcessEnv): Promise<void> {
  const question = ['--session', '--print-reply', '--dest=org.freedesktop.DBus', '/org/freedesktop/DBus'];
  const ask = async (): Promise<boolean> => {
    const words = [...question, 'org.freedesktop.DBus.GetNameOwner', 'string:org.freedesktop.secrets'];
    return promisify(execFile)('dbus-send', words, { env: environment }).then(
      () => true,
      () => false, // nobody yet
    );
  };
  await expect.poll(ask, { timeout: 30_000 }).toBe(true);
}
