/**
 * Tries a script that a user wants to give to a service: on a copy of the directory that such scripts work in, in the
 * role's sandbox and as the role's user, within limits of time and output. Nothing of the node is touched; the copy and
 * what the script made of it are thrown away.
 */
import { chmod, lstat, mkdir, open, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as delay } from 'node:timers/promises';
import { ConpaasError } from '../core/contract/errors.ts';
import { newId } from '../core/contract/ids.ts';
import { dryRunLimits, type ScriptOutput } from '../core/contract/scripts.ts';
import { directorySize } from '../core/metrics/index.ts';
import type { ScriptPlace } from '../core/service/agent.ts';
import { runOnce } from '../core/supervisor/index.ts';
import { ownTree } from './own.ts';

export interface DryRun {
  readonly node: string;
  /** The node's own directory, of which the agent owns the top. */
  readonly directory: string;
  /** Records of its processes: what is left of a run when the agent dies is ended by the next one. */
  readonly records: string;
  readonly uid: number | undefined;
  readonly place: ScriptPlace;
  readonly script: string;
  readonly network: boolean;
}

const pollMs = 100;
/** So much output at once, bytes. */
const pieceBytes = 64 * 1024;
const copyMs = 60_000;
/** Files that are compared to tell what changed, at most. */
const mostFiles = 20_000;

/** @throws ConpaasError too_large when the directory is too large to be copied; engine_failed when it cannot be */
export async function* dryRun(options: DryRun, signal: AbortSignal): AsyncIterable<ScriptOutput> {
  const { node, records, uid, place, network } = options;
  const size = await directorySize(place.directory, signal);
  if (size > dryRunLimits.copyBytes) {
    const megabytes = (bytes: number) => `${Math.round(bytes / 1024 / 1024)} MB`;
    throw new ConpaasError(
      'too_large',
      `The working directory of ${node} holds ${megabytes(size)}; at most ${megabytes(dryRunLimits.copyBytes)} are copied for a dry run.`,
    );
  }
  const work = path.join(options.directory, 'dry-run', newId('run'));
  const copy = path.join(work, 'copy');
  const bin = path.join(work, 'bin');
  const log = path.join(work, 'output');
  const over = new AbortController();
  let ended: Promise<void> = Promise.resolve();
  try {
    for (const directory of [work, bin]) await mkdir(directory, { recursive: true, mode: 0o755 });
    await mkdir(copy, { mode: 0o700 });
    if (uid !== undefined) ownTree(copy, uid);
    await copyDirectory(options, copy, path.join(work, 'copying'), signal);
    const before = await files(copy);
    const script = path.join(bin, 'script');
    await writeFile(script, options.script, { mode: 0o700 });
    await chmod(script, 0o700);
    if (uid !== undefined) ownTree(script, uid);

    yield { kind: 'started', node, network };
    const started = performance.now();
    const words = options.script.startsWith('#!') ? [script] : ['/bin/sh', script];
    const within = AbortSignal.any([signal, over.signal]);
    const running = runOnce(
      {
        executable: words[0] ?? script,
        arguments: words.slice(1),
        directory: copy,
        environment: {
          HOME: copy,
          TMPDIR: copy,
          ...place.environment,
          CONPAAS_NODE: node,
          CONPAAS_DRY_RUN: '1',
        },
        uid,
        sandbox: { writable: [copy], readable: [bin], network },
        records,
        log,
        timeoutMs: dryRunLimits.timeoutMs,
        maxLogBytes: dryRunLimits.outputBytes,
      },
      within,
    );
    let isOver = false;
    ended = running.then(
      () => {
        isOver = true;
      },
      () => {
        isOver = true; // told where it is awaited
      },
    );
    for await (const text of output(log, () => isOver)) yield { kind: 'output', text };
    const { code, ended: how } = await running;
    const took = performance.now() - started;
    const changed = differences(before, await files(copy)).slice(0, dryRunLimits.changes);
    yield { kind: 'ended', ended: how, ...(code === undefined ? {} : { code }), took, changed };
  } finally {
    over.abort(new ConpaasError('cancelled', 'The dry run was given up.'));
    // Whoever reads no further ends it too; only when nothing runs in there any more, its files are removed.
    await ended;
    await rm(work, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** As the role's user: the agent's own rights are not used on what hosted code may have made. */
async function copyDirectory(options: DryRun, copy: string, log: string, signal: AbortSignal): Promise<void> {
  const { place, uid, records } = options;
  const { code, lastLines } = await runOnce(
    {
      executable: '/usr/bin/cp',
      arguments: ['-R', '-P', '--preserve=mode,timestamps', '--', `${place.directory}/.`, copy],
      directory: copy,
      environment: {},
      uid,
      sandbox: { writable: [copy], readable: [place.directory], network: false },
      records,
      log,
      timeoutMs: copyMs,
    },
    signal,
  );
  if (code !== 0)
    throw new ConpaasError('engine_failed', 'The working directory could not be copied.', { log: lastLines });
}

/** What is added to a file, until the program has ended and all of it was read; at most the limit. */
async function* output(log: string, isOver: () => boolean): AsyncIterable<string> {
  const decoder = new StringDecoder('utf8');
  const buffer = Buffer.alloc(pieceBytes);
  let at = 0;
  for (;;) {
    // Asked before the file is read: what was written before the end is then seen for certain.
    const last = isOver();
    const file = await open(log, 'r').catch(() => undefined); // not there before the program has started
    if (file) {
      try {
        while (at < dryRunLimits.outputBytes) {
          const length = Math.min(pieceBytes, dryRunLimits.outputBytes - at);
          const { bytesRead } = await file.read(buffer, 0, length, at);
          if (bytesRead === 0) break;
          at += bytesRead;
          yield decoder.write(buffer.subarray(0, bytesRead));
        }
      } finally {
        await file.close();
      }
    }
    if (last) return;
    await delay(pollMs);
  }
}

/** Files by path, each with what tells that it was changed. Links are not followed. */
async function files(directory: string): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const waiting = [''];
  for (let inside = waiting.pop(); inside !== undefined; inside = waiting.pop()) {
    // What the script has closed to everybody is not looked into.
    const entries = await readdir(path.join(directory, inside), { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const name = inside === '' ? entry.name : `${inside}/${entry.name}`;
      if (entry.isDirectory()) waiting.push(name);
      const about = await lstat(path.join(directory, name)).catch(() => undefined);
      if (about) found.set(entry.isDirectory() ? `${name}/` : name, entry.isDirectory() ? '' : mark(about));
      if (found.size >= mostFiles) return found;
    }
  }
  return found;
}

function mark(about: { size: number; mtimeMs: number; mode: number }): string {
  return `${about.size} ${about.mtimeMs} ${about.mode}`;
}

function differences(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  const changed = [...after].filter(([name, what]) => before.get(name) !== what).map(([name]) => name);
  const removed = [...before.keys()].filter((name) => !after.has(name)).map((name) => `${name} (removed)`);
  return [...changed, ...removed].sort();
}
