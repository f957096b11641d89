/** Fetches one commit of a git repository, without history, submodules, hooks or filters, as an archive. */
import { spawn } from 'node:child_process';
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { packDirectory } from '../../core/archive/index.ts';
import { ConpaasError } from '../../core/contract/errors.ts';
import { shown } from './download.ts';
import type { FetchLimits, FetchOptions } from './fetch-options.ts';
import { type Resolved, resolveChecked } from './resolve.ts';

/**
 * Fetches `ref` of the repository at `url` and packs its files to `path` (tar.gz).
 * @param url https: or ssh:
 * @param ref branch, tag or commit; the default branch where undefined
 * @returns a name for the archive
 * @throws ConpaasError source_unreachable (with git's own last lines), invalid_request, too_large, missing_package
 */
export async function fetchGit(
  url: URL,
  ref: string | undefined,
  path: string,
  limits: FetchLimits,
  options: FetchOptions,
): Promise<string> {
  if (url.protocol !== 'https:' && url.protocol !== 'ssh:')
    throw new ConpaasError('invalid_request', `git fetches by https: and ssh: only, not by ${url.protocol}`);
  // Git and ssh read what starts with a hyphen as an option.
  if ([ref ?? '', url.hostname, url.username, decodeURIComponent(url.username)].some((text) => text.startsWith('-')))
    throw new ConpaasError('invalid_request', `${shown(url)}: user, host and branch may not start with a hyphen.`);
  if (ref !== undefined && !/^(?!.*\.\.)[\w./-]{1,200}$/.test(ref))
    throw new ConpaasError('invalid_request', `"${ref}" is no name of a branch, tag or commit.`);
  const addresses = await resolveChecked(url.hostname, options);
  const repository = join(options.directory, 'repository');
  const work = join(options.directory, 'git');
  try {
    await mkdir(repository, { recursive: true, mode: 0o700 });
    await mkdir(work, { recursive: true, mode: 0o700 });
    await writeFile(join(work, 'ssh-config'), sshConfiguration(url, addresses[0], work));
    const run = (...parameters: string[]) =>
      runGit([...settings(url, addresses, limits), '-C', repository, ...parameters], {
        url,
        work,
        repository,
        limits,
        options,
      });
    await run('init', '--quiet', '--template=');
    await run('fetch', '--quiet', '--depth=1', '--no-tags', '--no-recurse-submodules', '--', url.href, ref ?? 'HEAD');
    await run('checkout', '--quiet', '--force', 'FETCH_HEAD');
    await rm(join(repository, '.git'), { recursive: true, force: true });
    await packDirectory(repository, path, { signal: options.signal });
  } finally {
    await rm(repository, { recursive: true, force: true });
    await rm(work, { recursive: true, force: true });
  }
  const name = url.pathname
    .replace(/\/+$/, '')
    .split('/')
    .at(-1)
    ?.replace(/\.git$/, '')
    .replaceAll(/[^\w.-]+/g, '_');
  return `${name || 'repository'}.tar.gz`;
}

function settings(url: URL, addresses: readonly Resolved[], { idleMs }: FetchLimits): string[] {
  const host = url.hostname;
  const checked = addresses.map(({ address, family }) => (family === 6 ? `[${address}]` : address)).join(',');
  const pairs: [string, string][] = [
    // A redirect could lead to an address that nobody has checked.
    ['http.followRedirects', 'false'],
    ['http.lowSpeedLimit', '1'],
    ['http.lowSpeedTime', String(Math.ceil(idleMs / 1000))],
    ['http.proxy', ''],
    ['core.hooksPath', '/dev/null'],
    ['core.fsmonitor', 'false'],
    ['core.symlinks', 'true'],
    ['credential.helper', ''],
    ['protocol.allow', 'never'],
    ['protocol.https.allow', 'always'],
    ['protocol.ssh.allow', 'always'],
    ['submodule.recurse', 'false'],
  ];
  if (isIP(host.replace(/^\[(.*)\]$/, '$1')) === 0)
    pairs.push(['http.curloptResolve', `${host}:${url.port === '' ? 443 : url.port}:${checked}`]);
  return pairs.flatMap(([key, value]) => ['-c', `${key}=${value}`]);
}

/** Makes ssh connect to the checked address, ask nothing, and use no key or settings of this machine's users. */
function sshConfiguration(url: URL, { address }: Resolved, work: string): string {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return [
    'Host *',
    `  HostName ${address}`,
    `  HostKeyAlias ${host}`,
    '  BatchMode yes',
    '  StrictHostKeyChecking accept-new',
    `  UserKnownHostsFile "${join(work, 'known_hosts')}"`,
    '  ProxyCommand none',
    '  PermitLocalCommand no',
    '  ForwardAgent no',
    '  ConnectTimeout 30',
    '',
  ].join('\n');
}

interface Run {
  readonly url: URL;
  readonly work: string;
  readonly repository: string;
  readonly limits: FetchLimits;
  readonly options: FetchOptions;
}

async function runGit(parameters: readonly string[], { url, work, repository, limits, options }: Run): Promise<void> {
  options.signal.throwIfAborted();
  const child = spawn('git', parameters, {
    cwd: work,
    detached: true, // a group of its own: git-remote-https and ssh end with it
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      HOME: work,
      LC_ALL: 'C',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_TERMINAL_PROMPT: '0',
      GIT_ALLOW_PROTOCOL: 'https:ssh',
      // A fixed text: git gives it to a shell. The path is relative to `work`, whatever -C says.
      GIT_SSH_COMMAND: 'ssh -F "$HOME/ssh-config"',
      GIT_SSH_VARIANT: 'ssh',
      ...(options.ca === undefined ? {} : { GIT_SSL_CAINFO: await caFile(work, options.ca) }),
    },
  });
  let errors = '';
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (text: string) => {
    errors = `${errors}${text}`.slice(-20_000);
  });
  const kill = () => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // it has ended already
    }
  };
  const closed = new Promise<number | 'missing'>((resolve) => {
    child.once('error', () => resolve('missing'));
    child.once('close', (code) => resolve(code ?? -1));
  });
  const over = new AbortController();
  options.signal.addEventListener('abort', kill, { once: true });
  const tooLarge = watchSize(repository, limits.maxBytes, over.signal, kill, options.onProgress);
  try {
    const code = await closed;
    over.abort();
    options.signal.throwIfAborted();
    if (await tooLarge)
      throw new ConpaasError(
        'too_large',
        `${shown(url)} is larger than the ${Math.floor(limits.maxBytes / 1024 ** 2)} MB allowed.`,
      );
    if (code === 'missing')
      throw new ConpaasError(
        'missing_package',
        'git is not installed on the machine of the manager. Install it with: apt-get install git',
      );
    if (code !== 0) throw gitFailure(url, errors);
  } finally {
    over.abort();
    options.signal.removeEventListener('abort', kill);
    kill();
  }
}

async function caFile(work: string, ca: string): Promise<string> {
  const path = join(work, 'ca.pem');
  await writeFile(path, ca);
  return path;
}

const lookEveryMs = 500;

/** Ends git by `kill` when its files grow beyond the limit; true then. */
async function watchSize(
  directory: string,
  maxBytes: number,
  signal: AbortSignal,
  kill: () => void,
  onProgress: FetchOptions['onProgress'],
): Promise<boolean> {
  while (!signal.aborted) {
    await delay(lookEveryMs, undefined, { signal }).catch(() => undefined); // git has ended
    const bytes = await sizeOf(directory);
    onProgress?.(bytes, undefined);
    if (bytes > maxBytes) {
      kill();
      return true;
    }
  }
  return false;
}

async function sizeOf(directory: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(directory, { withFileTypes: true, recursive: true }).catch(() => [])) {
    if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name)).catch(() => undefined))?.size ?? 0;
  }
  return bytes;
}

function gitFailure(url: URL, errors: string): ConpaasError {
  const lines = errors
    .split('\n')
    .map((line) => line.replaceAll(/\/\/[^/@\s]+@/g, '//').trim())
    .filter((line) => line !== '')
    .slice(-20);
  const said = (pattern: RegExp) => lines.some((line) => pattern.test(line));
  let why = 'git says why in the log';
  if (said(/couldn't find remote ref|not our ref/i)) why = 'it has no such branch, tag or commit';
  else if (said(/could not read Username|Authentication failed|Permission denied|Host key verification/i))
    why = 'it wants a login that the manager does not have; public repositories are fetched by git+https://';
  else if (said(/requested URL returned error: 30\d|unable to update url base from redirection/i))
    why = 'it redirects to another address; write that one';
  else if (said(/not found|does not appear to be a git repository/i)) why = 'there is no such repository';
  else if (said(/SSL certificate|certificate verif/i)) why = 'its certificate cannot be verified';
  else if (said(/Could ?n.t connect|Connection refused|timed out|Could not resolve/i)) why = 'nothing answers there';
  return new ConpaasError('source_unreachable', `${shown(url)} could not be fetched: ${why}.`, {
    retry: true,
    log: lines,
  });
}
