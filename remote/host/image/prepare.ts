/**
 * `host.mjs --prepare-image <directory> <bundles>`, on a machine that nothing else of ours runs on: installs packages as
 * hosts do, keeps the Node that it runs on, and takes from the machine all that it must not share with others. The machine
 * is shut down next; nobody gets in any more.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { contactDirectory } from '../../core/clouds/machines/contact.ts';
import { ConpaasError, toFailure } from '../../core/contract/index.ts';
import { ImageContent } from '../../core/contract/machine-host.ts';
import { writeFileAtomic } from '../../core/files/index.ts';
import { installPackages, missingPackages } from '../packages/install.ts';
import { cleanMachine } from './clean.ts';

/** Of what was said last. */
const kept = 15;
/** One that has not come to its end by then does not run here, milliseconds. */
const settleMs = 5 * 60_000;

/** Reads what is wanted from standard input, and ends the process: with an error's text on standard error where it fails. */
export async function prepareImage(directory: string, bundles: string): Promise<void> {
  const said: string[] = [];
  try {
    const content = ImageContent.parse(JSON.parse(await text(process.stdin)));
    await prepare(content, { directory, bundles, log: (line) => said.push(line) });
    process.exitCode = 0;
  } catch (error) {
    console.error([...said, toFailure(error).message].slice(-kept).join('\n'));
    process.exitCode = 1;
  }
}

interface Place {
  readonly directory: string;
  readonly bundles: string;
  log(line: string): void;
}

async function prepare({ packages, runtime }: ImageContent, { directory, bundles, log }: Place): Promise<void> {
  const { signal } = new AbortController();
  // No computer but one that was made for it loses what it has.
  if (!existsSync(contactDirectory) || existsSync(path.join(directory, 'machine.json'))) {
    throw new ConpaasError('conflict', 'This machine was not made to be an image.');
  }
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await installPackages({ packages, directory, signal, log });
  const missing = await missingPackages(packages, signal);
  if (missing.length > 0) {
    throw new ConpaasError('cloud_failed', `These packages could not be installed: ${missing.join(', ')}.`);
  }
  // What the first script of a machine looks for (`clouds/machines/user-data.ts`); the rest of the release comes with that.
  await writeFileAtomic(path.join(bundles, 'node.sha256'), runtime, 0o644);
  for (const name of await readdir(bundles)) {
    if (name !== 'node' && name !== 'node.sha256') await rm(path.join(bundles, name), { recursive: true });
  }
  // Whatever else writes down what the machine is comes to its end first. From then on the journal is in memory alone.
  await attempt('cloud-init', ['status', '--wait'], AbortSignal.timeout(settleMs));
  await attempt('journalctl', ['--relinquish-var'], signal);
  await cleanMachine('/');
  await attempt('sync', [], signal);
}

/** Has no effect where there is no such program, or nothing for it to do. */
async function attempt(program: string, words: readonly string[], signal: AbortSignal): Promise<void> {
  const child = spawn(program, words, { stdio: 'ignore', signal });
  await new Promise<void>((resolve) => child.once('error', () => resolve()).once('close', () => resolve()));
}
