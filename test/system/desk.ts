/**
 * A desk: a user's data directory of its own, the `conpaas` command as they would type it, and what only a test does:
 * looking for all processes of its deployments, and killing them.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { z } from 'zod';
import { checkout, command, node } from './paths.ts';
import { type FoundProcess, kill9, type ProcessKind, processesOf } from './processes.ts';
import { until } from './until.ts';

export interface Ended {
  /** Exit code; null: a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  /** Standard input; none: empty. */
  readonly input?: string;
  /** Added to the environment. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly directory?: string;
}

export interface Desk extends AsyncDisposable {
  /** CONPAAS_HOME; everything that its deployments start mentions this path. */
  readonly home: string;
  /** Runs the command to its end, whatever that is. */
  run(words: readonly string[], options?: CommandOptions): Promise<Ended>;
  /** Runs the command; its standard output. @throws with all it wrote unless it exits with 0 */
  conpaas(...words: readonly string[]): Promise<string>;
  /** As `conpaas`, with --json, checked against the contract. */
  json<T extends z.ZodType>(schema: T, ...words: readonly string[]): Promise<z.output<T>>;
  /** Starts the command and leaves it to the caller. */
  start(words: readonly string[], options?: CommandOptions): ChildProcess;
  /** All living processes of its deployments, the command's own too. */
  processes(kind?: ProcessKind): FoundProcess[];
  /** The only process of a kind. */
  process(kind: ProcessKind): FoundProcess;
  /** kill -9 of every process of its deployments, as a reboot would: control processes, engines, commands. */
  killAll(): Promise<void>;
  /** Destroys its deployments, and fails if any process or file of them is left. */
  [Symbol.asyncDispose](): Promise<void>;
}

export interface DeskOptions {
  /** An ordinary user and group to run the command, and so the whole deployment, as (the test must be root). */
  readonly uid?: number;
  /** Added to the environment of every command. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Programs that are not there for the deployment, by path, as on a machine without their packages (root only). */
  readonly lacking?: readonly string[];
}

/** Runs the rest of its arguments in a mount namespace where the first, a list of paths, cannot be run. */
const withoutPrograms = path.join(checkout, 'test/support/without-programs.mjs');

export async function openDesk({ uid, environment: always, lacking = [] }: DeskOptions = {}): Promise<Desk> {
  const home = await mkdtemp(path.join(os.tmpdir(), 'conpaas-desk-'));
  await chmod(home, 0o700);
  if (uid !== undefined) await chown(home, uid, uid);

  const start: Desk['start'] = (words, options = {}) => {
    const { PATH = '/usr/bin:/bin', LANG = 'C.UTF-8' } = process.env;
    const environment = { PATH, LANG, HOME: home, CONPAAS_HOME: home, ...always, ...options.environment };
    const plain = [node, command, ...words];
    const [executable = node, ...rest] = [
      ...(lacking.length > 0 ? ['unshare', '--mount', node, withoutPrograms, lacking.join(':')] : []),
      ...(uid === undefined ? [] : ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups']),
      ...plain,
    ];
    const child = spawn(executable, rest, { cwd: options.directory ?? checkout, env: environment, stdio: 'pipe' });
    child.stdin.on('error', () => undefined); // it may end without having read
    child.stdin.end(options.input ?? '');
    return child;
  };

  const desk: Desk = {
    home,
    start,
    run: (words, options) =>
      new Promise((resolve, reject) => {
        const child = start(words, options);
        const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
        child.once('error', reject);
        child.once('close', (code) => resolve({ code, stdout: stdout(), stderr: stderr() }));
      }),
    async conpaas(...words) {
      const { code, stdout, stderr } = await desk.run(words);
      if (code === 0) return stdout;
      throw new Error(`conpaas ${words.join(' ')}\nexit code ${code}\n${stderr}${stdout}${await logs(home)}`);
    },
    async json(schema, ...words) {
      return schema.parse(JSON.parse(await desk.conpaas('--json', ...words)));
    },
    processes(kind) {
      const all = processesOf(home);
      return kind === undefined ? all : all.filter((one) => one.kind === kind);
    },
    process(kind) {
      const [found, ...more] = desk.processes(kind);
      if (found && more.length === 0) return found;
      throw new Error(`There are ${found ? more.length + 1 : 0} processes of kind ${kind}:\n${overview(desk)}`);
    },
    async killAll() {
      await until('the end of all processes', () => {
        const found = desk.processes();
        for (const { pid } of found) kill9(pid);
        return found.length === 0;
      });
    },
    async [Symbol.asyncDispose]() {
      try {
        const outside = socketDirectories(desk);
        const { stdout } = await desk.run(['--json', 'status']);
        for (const { id } of JSON.parse(stdout || '[]') as { id: string }[]) {
          await desk.conpaas('--deployment', id, 'destroy', '--yes');
        }
        const left = desk.processes();
        if (left.length > 0) throw new Error(`Processes are left after destroy:\n${overview(desk)}`);
        const directories = await readdir(path.join(home, 'deployments')).catch(() => []);
        if (directories.length > 0) throw new Error(`Directories are left after destroy: ${directories.join(', ')}`);
        const sockets = outside.filter((one) => existsSync(one));
        if (sockets.length > 0) throw new Error(`Directories are left after destroy: ${sockets.join(', ')}`);
      } finally {
        await desk.killAll();
        await rm(home, { recursive: true, force: true, maxRetries: 5 });
      }
    },
  };
  return desk;
}

function collect(stream: NodeJS.ReadableStream | null): () => string {
  let text = '';
  stream?.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  return () => text;
}

/** Short directories for unix sockets, the only thing of a deployment outside its directory. */
function socketDirectories(desk: Desk): string[] {
  const words = desk
    .processes()
    .flatMap(({ commandLine }) => commandLine.match(/\/tmp\/conpaas-\d+-[0-9a-f]{16}/g) ?? []);
  return [...new Set(words)];
}

function overview(desk: Desk): string {
  return desk
    .processes()
    .map(({ pid, kind, commandLine }) => `  ${pid} ${kind}: ${commandLine.slice(0, 200)}`)
    .join('\n');
}

/** The ends of all logs of a desk's control processes and engines: a failure in a test should say all there is to know. */
export async function logs(home: string): Promise<string> {
  const parts: string[] = [];
  const names = await readdir(home, { recursive: true }).catch(() => []);
  const wanted = /(^|\/)(log|host\.log|agent\/nodes\/[^/]+\/logs?\/[^/]+\.log)$/;
  for (const name of names.filter((one) => wanted.test(one))) {
    const text = await readFile(path.join(home, name), 'utf8').catch(() => '');
    parts.push(`\n--- ${name}\n${text.trimEnd().split('\n').slice(-25).join('\n')}`);
  }
  return parts.join('');
}
