/** Finds and starts the desktop application without a window. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConpaasError } from '../../remote/core/contract/errors.ts';
import { hiddenSwitch } from './hidden-switch.ts';

interface Application {
  readonly program: string;
  readonly args: readonly string[];
}

/** In a checkout: Electron on the checkout. In a package: the executable above `resources/`. */
export function locateApplication(from = path.dirname(fileURLToPath(import.meta.url))): Application | undefined {
  for (let directory = from; ; directory = path.dirname(directory)) {
    const electron = path.join(directory, 'node_modules/electron');
    if (existsSync(path.join(electron, 'path.txt')) && existsSync(path.join(directory, 'dist/main'))) {
      const name = readFileSync(path.join(electron, 'path.txt'), 'utf8').trim();
      return { program: path.join(electron, 'dist', name), args: [directory] };
    }
    for (const name of ['conpaas-desktop', 'ConPaaS Desktop', 'ConPaaS Desktop.exe']) {
      const program = path.join(directory, name);
      if (existsSync(path.join(directory, 'resources')) && existsSync(program)) return { program, args: [] };
    }
    if (directory === path.dirname(directory)) return undefined;
  }
}

/** @throws ConpaasError unreachable: it is not here, or there is no display to start it on */
export async function startHiddenApplication(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<void> {
  const found = locateApplication();
  if (!found) {
    throw new ConpaasError(
      'unreachable',
      'The vault is protected by the keychain, and the desktop application that can open it was not found. Open it, then try again.',
    );
  }
  if (process.platform === 'linux' && !environment['DISPLAY'] && !environment['WAYLAND_DISPLAY']) {
    throw new ConpaasError(
      'unreachable',
      'The vault is protected by the keychain of your desktop session, which cannot be reached from here (no display). Run this in that session, or protect the vault by a passphrase.',
    );
  }
  // Chromium refuses its sandbox to root; for anybody else it stays on.
  const switches = [hiddenSwitch, '--log-level=3', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])];
  const child = spawn(found.program, [...found.args, ...switches], {
    detached: true,
    stdio: 'ignore',
    env: environment,
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error) =>
      reject(new ConpaasError('unreachable', `The desktop application could not be started: ${error.message}.`)),
    );
  });
  child.unref();
}
