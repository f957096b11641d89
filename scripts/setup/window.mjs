/** `npm start`: opens the window. Node built-ins only. */
import { spawn } from 'node:child_process';
import { electronPath } from './electron.mjs';
import { environment, root } from './run.mjs';
import { SetupError, say } from './terminal.mjs';

/** Whether programs can open a window here. */
const hasDisplay = Boolean(process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY']);

/** A program and its arguments, on a virtual display where there is no real one. */
export function onDisplay(program, args) {
  return hasDisplay
    ? [program, args]
    : ['xvfb-run', ['--auto-servernum', '--server-args', '-screen 0 1400x900x24', program, ...args]];
}

/** Opens the window and waits until it is closed. @returns {Promise<number>} exit code */
export function openWindow() {
  const executable = electronPath();
  if (!executable) throw new SetupError('Electron is not there. Run `node scripts/setup.mjs prepare`.');
  if (!hasDisplay) say('No display here: the window opens on a virtual one (xvfb-run)');
  // Chromium reports every D-Bus service that a machine lacks as an error; only what ends it is for a user.
  // It refuses its sandbox to root; for anybody else the sandbox stays on.
  const switches = ['--log-level=3', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])];
  const [program, args] = onDisplay(executable, [root, ...switches]);
  say('Opening the window');
  return new Promise((resolve, reject) => {
    // A group of its own: xvfb-run does not pass signals on to what it runs.
    const child = spawn(program, args, {
      cwd: root,
      env: environment(),
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: true,
    });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      process.on(signal, () => {
        if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, signal);
      });
    }
    child.once('error', (error) => reject(new SetupError(`${program} could not be started: ${error.message}`)));
    child.once('exit', (code) => resolve(code ?? 0));
  });
}
