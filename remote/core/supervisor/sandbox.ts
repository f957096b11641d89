/**
 * How an engine is started contained (design §8): bubblewrap with a root of its own in memory, where only the engines
 * (read-only) and the named paths are, in a pid and an ipc namespace of its own.
 *
 * As root: bubblewrap makes the sandbox with root's rights and setpriv inside gives them all up (no user namespace, so
 * CAP_NET_BIND_SERVICE counts outside too, and a 0700 home is no obstacle to the mounts). The other order, setpriv
 * outside, cannot mount what the role's user cannot reach. As an ordinary user: bubblewrap makes a user namespace.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Failure } from '../contract/errors.ts';
import type { ProcessSpec } from './types.ts';

/** What engines and interpreters need of /etc; nothing that holds a secret. Missing ones are skipped. */
const etc = [
  'alternatives',
  'ca-certificates',
  'fonts',
  'gai.conf',
  'host.conf',
  'hosts',
  'ImageMagick-6',
  'java-17-openjdk',
  'java-21-openjdk',
  'ld.so.cache',
  'ld.so.conf',
  'ld.so.conf.d',
  'localtime',
  'magic',
  'magic.mime',
  'mime.types',
  'nginx',
  'nsswitch.conf',
  'php',
  'protocols',
  'resolv.conf',
  'services',
  'ssl',
  'timezone',
  'tomcat10',
].map((name) => `/etc/${name}`);

export type Contained = Pick<ProcessSpec, 'executable' | 'arguments' | 'directory' | 'uid' | 'lowPorts' | 'sandbox'> & {
  /** Ends with us, whatever ends us (engines live on). */
  readonly endsWithUs?: boolean | undefined;
};

/** A command line as it is really started. */
export interface Command {
  readonly executable: string;
  readonly arguments: readonly string[];
}

const isRoot = () => process.getuid?.() === 0;

/**
 * The command that starts `spec` with the rights and the view it should have.
 * @param scratch directory of ours for the small files that a sandbox shows as /etc/passwd and /etc/group
 * @param infoFd descriptor on which bubblewrap tells the pid of the engine
 */
export function containedCommand(spec: Contained, scratch: string, infoFd: number): Command {
  const plain = [spec.executable, ...spec.arguments];
  const inner = isRoot() && spec.uid !== undefined ? [...givingUpRights(spec.uid, spec.lowPorts), ...plain] : plain;
  if (!spec.sandbox) return split(inner);
  return { executable: '/usr/bin/bwrap', arguments: [...sandboxArguments(spec, scratch, infoFd), '--', ...inner] };
}

/** setpriv(1): another user, no groups, no capability but (where asked) binding low ports, none to be gained again. */
function givingUpRights(uid: number, lowPorts: boolean | undefined): string[] {
  const kept = lowPorts ? '-all,+net_bind_service' : '-all';
  return [
    '/usr/bin/setpriv',
    `--reuid=${uid}`,
    `--regid=${uid}`,
    '--clear-groups',
    '--no-new-privs',
    `--inh-caps=${kept}`,
    `--ambient-caps=${kept}`,
    `--bounding-set=${kept}`,
  ];
}

function sandboxArguments(spec: Contained, scratch: string, infoFd: number): string[] {
  const user = spec.uid !== undefined && isRoot() ? spec.uid : (process.getuid?.() ?? 0);
  const { passwd, group } = writeUserFiles(scratch, user);
  return [
    '--unshare-pid',
    '--unshare-ipc',
    ...(spec.sandbox?.network === false ? ['--unshare-net'] : []),
    ...(isRoot() ? [] : ['--unshare-user']),
    // Rights that nobody gives up below are taken here.
    ...(isRoot() && spec.uid === undefined ? ['--cap-drop', 'ALL'] : []),
    // The engine itself is the first process: its death ends all others of the sandbox at once. What ends with us has
    // bubblewrap as its first process: the kernel does not let one user's death end another's process, but bubblewrap's
    // two are of one user, and the first takes all others with it.
    spec.endsWithUs ? '--die-with-parent' : '--as-pid-1',
    '--info-fd',
    String(infoFd),
    ...['--perms', '0755', '--tmpfs', '/'],
    ...['--ro-bind', '/usr', '/usr'],
    ...['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32'].flatMap(systemDirectory),
    ...['--proc', '/proc', '--dev', '/dev'],
    // bubblewrap gives parents that it makes by itself the mode 0700: closed to the role's user.
    ...['/etc', '/var'].flatMap((path) => ['--perms', '0755', '--dir', path]),
    ...['/dev/shm', '/tmp', '/var/tmp', '/run'].flatMap((path) => ['--perms', '1777', '--tmpfs', path]),
    ...etc.flatMap((path) => ['--ro-bind-try', path, path]),
    ...['--ro-bind', passwd, '/etc/passwd', '--ro-bind', group, '/etc/group'],
    ...binds(spec),
    ...['--chdir', spec.directory],
  ];
}

/** /bin and its like are links into /usr on a merged system, directories on an old one. */
function systemDirectory(name: string): string[] {
  if (!existsSync(`/${name}`)) return [];
  return existsSync(`/usr/${name}`) ? ['--symlink', `usr/${name}`, `/${name}`] : ['--ro-bind', `/${name}`, `/${name}`];
}

/** Parents first, so that a path inside another is laid over it. */
function binds(spec: Contained): string[] {
  const wanted = [
    ...(spec.sandbox?.readable ?? []).map((path) => ({ path, option: '--ro-bind' })),
    ...(spec.sandbox?.writable ?? []).map((path) => ({ path, option: '--bind' })),
  ].sort((a, b) => a.path.length - b.path.length);
  const made = ['/usr', '/tmp', '/run', '/var/tmp', '/dev/shm', '/etc', '/var'];
  const bound = new Set<string>();
  return wanted.flatMap(({ path, option }) => {
    const parents: string[] = [];
    const within = [...bound].some((outer) => path.startsWith(`${outer}/`));
    for (let parent = dirname(path); !within && parent !== '/' && !made.includes(parent); parent = dirname(parent)) {
      parents.unshift('--perms', '0755', '--dir', parent);
      made.push(parent);
    }
    bound.add(path);
    return [...parents, option, path, path];
  });
}

/** A passwd and a group file with the one user there is: some engines insist on being somebody. */
function writeUserFiles(scratch: string, uid: number): { passwd: string; group: string } {
  const passwd = join(scratch, `passwd-${uid}`);
  const group = join(scratch, `group-${uid}`);
  if (!existsSync(passwd) || !existsSync(group)) {
    mkdirSync(scratch, { recursive: true, mode: 0o700 });
    const nobody = uid === 65_534 ? '' : 'nobody:x:65534:65534:nobody:/:/usr/sbin/nologin\n';
    writeFileSync(passwd, `conpaas:x:${uid}:${uid}:ConPaaS:/tmp:/usr/sbin/nologin\n${nobody}`, { mode: 0o644 });
    writeFileSync(group, `conpaas:x:${uid}:\n${uid === 65_534 ? '' : 'nogroup:x:65534:\n'}`, { mode: 0o644 });
  }
  return { passwd, group };
}

function split(words: readonly string[]): Command {
  const [executable = '', ...rest] = words;
  return { executable, arguments: rest };
}

/** Root can always have what a sandbox needs, and code that is not contained must never be root's. */
const acceptance =
  ' Who trusts the code as much as their own programs can run it all the same: conpaas app accept-uncontained APP';

let checked: Promise<Failure | undefined> | undefined;

/** Whether programs can be contained on this machine; tried once per process. The failure says what is missing. */
export function sandboxWorks(scratch: string): Promise<Failure | undefined> {
  checked ??= trySandbox(scratch);
  return checked;
}

async function trySandbox(scratch: string): Promise<Failure | undefined> {
  const uid = isRoot() ? 65_534 : undefined;
  const command = containedCommand(
    {
      executable: '/usr/bin/true',
      arguments: [],
      directory: '/tmp',
      uid,
      lowPorts: true,
      sandbox: { writable: [], readable: [] },
    },
    scratch,
    3,
  );
  const { code, output } = await new Promise<{ code: number | null | 'ENOENT'; output: string }>((resolve) => {
    let output = '';
    // A real descriptor for bubblewrap's word: 'ignore' means closed from 3 on, and bubblewrap dies of that.
    const child = spawn(command.executable, command.arguments, {
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
      timeout: 10_000,
      killSignal: 'SIGKILL',
    });
    child.stdio[3]?.on('error', () => undefined).on('data', () => undefined);
    child.stderr?.on('data', (data) => {
      output += data;
    });
    child.on('error', () => resolve({ code: 'ENOENT', output }));
    child.on('close', (code) => resolve({ code, output }));
  });
  if (code === 0) return undefined;
  const why =
    code === 'ENOENT'
      ? 'bubblewrap is not installed. Install it with: sudo apt-get install bubblewrap'
      : 'bubblewrap cannot make a sandbox here. Allow user namespaces on this machine (sysctl user.max_user_namespaces, ' +
        'kernel.apparmor_restrict_unprivileged_userns=0), or run as root';
  return {
    code: 'sandbox_unavailable',
    message: `Hosted programs cannot be kept apart from ConPaaS on this machine: ${why}.${isRoot() ? '' : acceptance}`,
    log: output.trim().split('\n').filter(Boolean),
  };
}
