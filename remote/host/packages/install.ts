/**
 * Installs the packages that the agents of this machine need: by the director, which keeps what others have asked for, and
 * where that fails from wherever this machine's own sources of apt lead. Engines are ours to start: nothing starts when its
 * package is installed, nor at a boot.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, open, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { alternatives, usualPackage } from '../../core/service/engines.ts';
import { type DownloadPackage, openAptGateway } from './apt-gateway.ts';
import { hasCandidate } from './policy.ts';
import { sourcesOf } from './sources.ts';

export interface InstallOptions {
  readonly packages: readonly string[];
  /** How the director gives a file; absent: there is none. */
  readonly download?: DownloadPackage | undefined;
  /** Of the host; what apt says goes into `packages.log` there. */
  readonly directory: string;
  readonly signal: AbortSignal;
  log(line: string): void;
}

/** Of ours, for apt: readable by the user that it fetches as. */
const aptDirectory = '/var/lib/conpaas/apt';
const keyrings = '/usr/share/keyrings';
const units = '/lib/systemd/system';
const masked = '/etc/systemd/system';
/** Asked by packages before they start anything. */
const policy = '/usr/sbin/policy-rc.d';
const ownAttempts = 3;
const pauseMs = 10_000;
/** Another installation may be under way: seconds. */
const lockWait = 'DPkg::Lock::Timeout=300';
const quietly = ['-q', '-y', '-o', lockWait];

/**
 * Where they cannot be had the machine starts all the same, and its agents say what lacks.
 * @throws whatever the signal was aborted with
 */
export async function installPackages(options: InstallOptions): Promise<void> {
  if (options.packages.length === 0) return;
  try {
    await installMissing(options);
  } catch (error) {
    options.signal.throwIfAborted();
    options.log(`packages: could not be installed: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function installMissing(options: InstallOptions): Promise<void> {
  const { packages, directory, signal, log } = options;
  if ((await missingPackages(packages, signal)).length === 0) return;
  await nothingStarts();
  const before = new Set(await unitFiles());
  const started = Date.now();
  await using said = await open(path.join(directory, 'packages.log'), 'a', 0o600);
  const apt = (...words: readonly string[]): Promise<boolean> => run('apt-get', words, said.fd, signal);
  try {
    // What was interrupted before stands in the way of everything else.
    await run('dpkg', ['--configure', '-a'], said.fd, signal);
    if (await byDirector(options, apt)) return;
    for (let attempt = 1; attempt <= ownAttempts; attempt += 1) {
      if (attempt > 1) await delay(pauseMs, undefined, { signal });
      const done = (await apt(...quietly, 'update')) && (await install(apt, packages, [], signal));
      if (done) return log(`packages: installed from this machine's own sources in ${since(started)}`);
      log(`packages: could not be installed from this machine's own sources (attempt ${attempt}); see packages.log`);
    }
    log(
      `packages: these lack, so services that need them cannot run here: ${(await missingPackages(packages, signal)).map(usualPackage).join(' ')}`,
    );
  } finally {
    await mask((await unitFiles()).filter((name) => !before.has(name)));
  }
}

type Apt = (...words: readonly string[]) => Promise<boolean>;

async function install(
  apt: Apt,
  packages: readonly string[],
  more: readonly string[],
  signal: AbortSignal,
): Promise<boolean> {
  const names = await Promise.all(packages.map((entry) => chosen(entry, more, signal)));
  return apt(...quietly, ...more, '--no-install-recommends', 'install', ...names);
}

/** Of the names of a package the first that apt can install here. */
async function chosen(entry: string, more: readonly string[], signal: AbortSignal): Promise<string> {
  const names = alternatives(entry);
  if (names.length === 1) return entry;
  const told = await output('apt-cache', [...more, 'policy', ...names], signal);
  return names.find((name) => hasCandidate(told, name)) ?? usualPackage(entry);
}

/** @returns whether it worked */
async function byDirector({ packages, download, signal, log }: InstallOptions, apt: Apt): Promise<boolean> {
  if (!download) return false;
  const started = Date.now();
  await using gateway = await openAptGateway(download);
  const keys = existsSync(keyrings) ? (await readdir(keyrings)).map((name) => path.join(keyrings, name)) : [];
  const text = sourcesOf(await readFile('/etc/os-release', 'utf8'), process.arch, gateway.port, keys);
  if (text === undefined) {
    log("packages: the director has no archive of this machine's distribution; its own sources are asked");
    return false;
  }
  const sources = path.join(aptDirectory, 'sources.list');
  await mkdir(path.join(aptDirectory, 'lists'), { recursive: true, mode: 0o755 });
  await writeFile(sources, text);
  const ours = [
    `Dir::Etc::SourceList=${sources}`,
    'Dir::Etc::SourceParts=-',
    `Dir::State::Lists=${aptDirectory}/lists`, // those of the machine's own sources are left alone
    'Acquire::http::Proxy::127.0.0.1=DIRECT',
    'Acquire::Languages=none',
    'Acquire::PDiffs=false',
    'Acquire::Retries=1',
    'Acquire::http::Timeout=120', // the director may have to fetch it first
    'APT::Update::Error-Mode=any',
  ].flatMap((option) => ['-o', option]);
  const done = (await apt(...quietly, ...ours, 'update')) && (await install(apt, packages, ours, signal));
  const { files, bytes } = gateway.given;
  if (done) log(`packages: installed by the director in ${since(started)}: ${files} files, ${bytes} bytes`);
  else {
    const why = gateway.problem ?? 'see packages.log';
    log(`packages: not all came by the director (${why}); this machine's own sources are asked`);
  }
  return done;
}

const since = (started: number): string => `${((Date.now() - started) / 1000).toFixed(1)} s`;

/** Those that are not installed under any of their names. */
export async function missingPackages(packages: readonly string[], signal: AbortSignal): Promise<string[]> {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is dpkg that fills these in
  const words = ['-W', '-f', '${Package} ${db:Status-Status}\n', ...packages.flatMap(alternatives)];
  const installed = new Set((await output('dpkg-query', words, signal)).split('\n'));
  return packages.filter((entry) => !alternatives(entry).some((name) => installed.has(`${name} installed`)));
}

/** Standard output of a program, however it ends. */
async function output(program: string, words: readonly string[], signal: AbortSignal): Promise<string> {
  const env = { ...process.env, LC_ALL: 'C' };
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'ignore'], env, signal });
  let told = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    told += text;
  });
  await new Promise<void>((resolve, reject) => child.once('error', reject).once('close', () => resolve()));
  return told;
}

async function nothingStarts(): Promise<void> {
  if (!existsSync(policy)) await writeFile(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
}

async function unitFiles(): Promise<string[]> {
  return existsSync(units) ? (await readdir(units)).filter((name) => name.endsWith('.service')) : [];
}

async function mask(names: readonly string[]): Promise<void> {
  await mkdir(masked, { recursive: true });
  for (const name of names) {
    const link = path.join(masked, name);
    if (!existsSync(link)) await symlink('/dev/null', link);
  }
}

/** Whether a program ended well. What it says goes into a file. */
async function run(program: string, words: readonly string[], output: number, signal: AbortSignal): Promise<boolean> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' };
  const child = spawn(program, words, { stdio: ['ignore', output, output], env, signal });
  const code = await new Promise<number | null>((resolve, reject) =>
    child.once('error', reject).once('close', resolve),
  );
  return code === 0;
}
