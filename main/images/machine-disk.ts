/**
 * The disk that machines of QEMU begin with, and the kernel beside it: a Debian root, made ready for a machine that has its
 * name, its network and its first script from cloud-init. Needs no root: `fakeroot` keeps who owns what meanwhile.
 */
import { spawn } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { machinePackages } from '../../remote/core/clouds/machines/packages.ts';
import { type Image, imageFile } from '../../remote/core/clouds/qemu/image.ts';
import { ConpaasError } from '../../remote/core/contract/errors.ts';
import type { Architecture } from '../../remote/core/contract/runtimes.ts';
import { writeFileAtomic } from '../../remote/core/files/index.ts';
import { debianArchitecture } from './debian-root.ts';

/** What such machines need beside engines. */
export const diskPackages = (architecture: Architecture): readonly string[] => [
  ...machinePackages,
  'cloud-init',
  'dbus', // a machine ends when its power button is pressed
  'e2fsprogs', // its file system grows to the size of its disk
  'initramfs-tools',
  `linux-image-cloud-${debianArchitecture[architecture]}`,
  'openssh-server',
  'systemd-sysv',
  'udev',
  'zstd',
];

/** Of the file system as it is made, MiB; below the smallest disk of a machine. */
const sizeMb = 3584;

/** cloud-init does what a machine of ours needs and nothing else: each module costs an emulated processor a second. */
const cloudConfiguration = {
  datasource_list: ['NoCloud'],
  cloud_init_modules: ['seed_random', 'resizefs', 'set_hostname', 'update_hostname', 'update_etc_hosts'],
  cloud_final_modules: ['scripts-user', 'final-message'],
  manage_etc_hosts: true,
  system_info: { network: { renderers: ['networkd'] } },
};

/**
 * Nobody logs in at a console; all that cloud-init does is done before there is a network, or at the end, and what is in
 * between takes seconds to find that out. The others are for hardware, file systems and records that machines here do not have.
 */
const masked = [
  'getty@tty1.service',
  'serial-getty@ttyS0.service',
  'cloud-config.service',
  'cloud-init.service',
  'cloud-init-hotplugd.socket',
  'dev-hugepages.mount',
  'dev-mqueue.mount',
  ...['configfs', 'dm_mod', 'drm', 'efi_pstore', 'fuse', 'loop'].map((module) => `modprobe@${module}.service`),
  'proc-sys-fs-binfmt_misc.automount',
  'sys-fs-fuse-connections.mount',
  'sys-kernel-config.mount',
  'sys-kernel-debug.mount',
  'sys-kernel-tracing.mount',
  'systemd-binfmt.service',
  'systemd-pcrphase-sysinit.service',
  'systemd-pcrphase.service',
  'systemd-update-utmp-runlevel.service',
  'systemd-update-utmp.service',
];

/**
 * Programs that make units at each boot, and each time that systemd reads units anew. What they look for is not here, and
 * cloud-init's asks where it is running, which is known.
 */
const maskedGenerators = [
  'cloud-init-generator',
  ...[
    'cryptsetup',
    'debug',
    'getty',
    'gpt-auto',
    'hibernate-resume',
    'integritysetup',
    'rc-local',
    'run',
    'system-update',
  ]
    .concat('sysv', 'veritysetup')
    .map((name) => `systemd-${name}-generator`),
];

/** Not all that a kernel knows needs a look at each boot: of the terminals alone it has seventy, and no module is for them. */
const coldplug = `[Service]
ExecStart=
ExecStart=-udevadm trigger --action=add ${['block', 'input', 'net', 'pci', 'virtio'].map((name) => `--subsystem-match=${name}`).join(' ')}
`;

/** Whatever packages have start at a boot, or from time to time. Engines are ours to start, and nothing updates itself. */
const packagesOwn = ['multi-user.target.wants', 'timers.target.wants'];

export interface DiskOptions {
  /** A tar archive; where it ends with an error nothing is made. */
  readonly root: NodeJS.ReadableStream;
  /** Of the processors that it is for. */
  readonly architecture: Architecture;
  /** Where the disk is to be; what is there stays for the machines that were made of it. */
  readonly directory: string;
  readonly signal: AbortSignal;
}

/** @throws ConpaasError `missing_package`; `cloud_failed` with what a program says */
export async function makeMachineDisk({ root, architecture, directory, signal }: DiskOptions): Promise<Image> {
  await mkdir(directory, { recursive: true });
  const work = await mkdtemp(path.join(directory, 'making-'));
  const tree = path.join(work, 'root');
  const owners = ownersKept(path.join(work, 'owners'));
  try {
    await mkdir(tree);
    await run([...owners, 'tar', '-xp', '--numeric-owner', '-f', '-', '-C', tree], signal, root);
    await makeReady(tree);
    const raw = path.join(work, 'raw');
    await writeFile(raw, '');
    await truncate(raw, sizeMb * 1024 ** 2);
    await run([...owners, '/usr/sbin/mkfs.ext4', '-q', '-m', '1', '-d', tree, raw], signal);
    const madeAt = Date.now();
    const disk = `disk-${madeAt}.qcow2`;
    const kernel = { file: `vmlinuz-${madeAt}`, initrd: `initrd-${madeAt}.img` };
    await run(['qemu-img', 'convert', '-O', 'qcow2', raw, path.join(work, disk)], signal);
    await rename(path.join(work, disk), path.join(directory, disk));
    await copyFile(path.join(tree, 'boot', await newest(tree, 'vmlinuz-')), path.join(directory, kernel.file));
    await copyFile(path.join(tree, 'boot', await newest(tree, 'initrd.img-')), path.join(directory, kernel.initrd));
    const image: Image = { madeAt, disk, kernel, ...(architecture !== 'x64' && { architecture }) };
    await writeFileAtomic(path.join(directory, imageFile), `${JSON.stringify(image, undefined, 2)}\n`, 0o644);
    return image;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** As root files have the owners that they should have; else fakeroot remembers them from one program to the next. */
function ownersKept(file: string): string[] {
  return process.getuid?.() === 0 ? [] : ['fakeroot', '-i', file, '-s', file, '--'];
}

/** Started at a boot. */
const enabled = {
  'cloud-init.target': 'multi-user.target',
  'systemd-networkd.service': 'multi-user.target',
  'systemd-networkd-wait-online.service': 'network-online.target',
};

async function makeReady(tree: string): Promise<void> {
  const at = (file: string): string => path.join(tree, file);
  await writeFile(at('etc/cloud/cloud.cfg.d/90_conpaas.cfg'), `${JSON.stringify(cloudConfiguration)}\n`);
  await writeFile(at('etc/fstab'), '/dev/vda / ext4 errors=remount-ro 0 0\n');
  // Of the computer that this is made on.
  for (const file of ['etc/resolv.conf', 'etc/hostname']) await rm(at(file), { force: true });
  // Every machine has keys of its own, which it is given or makes.
  for (const name of await readdir(at('etc/ssh'))) {
    if (name.startsWith('ssh_host_')) await rm(at(`etc/ssh/${name}`));
  }
  const started = await Promise.all(packagesOwn.map((folder) => readdir(at(`etc/systemd/system/${folder}`))));
  for (const unit of [...masked, ...started.flat().filter((name) => /[.](service|timer)$/.test(name))]) {
    await rm(at(`etc/systemd/system/${unit}`), { force: true });
    await symlink('/dev/null', at(`etc/systemd/system/${unit}`));
  }
  for (const generator of maskedGenerators) {
    await mkdir(at('etc/systemd/system-generators'), { recursive: true });
    await symlink('/dev/null', at(`etc/systemd/system-generators/${generator}`));
  }
  await mkdir(at('etc/systemd/system/systemd-udev-trigger.service.d'), { recursive: true });
  await writeFile(at('etc/systemd/system/systemd-udev-trigger.service.d/conpaas.conf'), coldplug);
  await symlink('/lib/systemd/system/multi-user.target', at('etc/systemd/system/default.target'));
  for (const [unit, target] of Object.entries(enabled)) {
    await mkdir(at(`etc/systemd/system/${target}.wants`), { recursive: true });
    await symlink(`/lib/systemd/system/${unit}`, at(`etc/systemd/system/${target}.wants/${unit}`));
  }
}

async function newest(tree: string, prefix: string): Promise<string> {
  const names = (await readdir(path.join(tree, 'boot'))).filter((name) => name.startsWith(prefix)).sort();
  const last = names.at(-1);
  if (last === undefined) throw new ConpaasError('internal', 'The Debian root has no kernel.');
  return last;
}

async function run(command: readonly string[], signal: AbortSignal, input?: NodeJS.ReadableStream): Promise<void> {
  const [program = '', ...words] = command;
  const child = spawn(program, words, { stdio: [input ? 'pipe' : 'ignore', 'ignore', 'pipe'], signal });
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4000);
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => reject(explained(error, program)));
    child.once('close', resolve);
  });
  // A root that could not be made ends with its own error; a program that ends early tells by its code.
  const fed = input && child.stdin ? pipeline(input, child.stdin) : Promise.resolve();
  const [code] = await Promise.all([ended, fed.catch((error: NodeJS.ErrnoException) => ignoreClosed(error, child))]);
  if (code === 0) return;
  throw new ConpaasError('cloud_failed', `The disk for machines could not be made: ${path.basename(program)} failed.`, {
    log: said.trim().split('\n').slice(-15),
  });
}

function ignoreClosed(error: NodeJS.ErrnoException, child: { kill(): boolean }): void {
  if (error.code === 'EPIPE') return;
  child.kill();
  throw error;
}

const packagesOf: Readonly<Record<string, string>> = {
  fakeroot: 'fakeroot',
  'qemu-img': 'qemu-utils',
  '/usr/sbin/mkfs.ext4': 'e2fsprogs',
  tar: 'tar',
};

function explained(error: NodeJS.ErrnoException, program: string): Error {
  if (error.code !== 'ENOENT') return error; // aborted
  return new ConpaasError(
    'missing_package',
    `${program} is not installed. Install it with: sudo apt-get install ${packagesOf[program] ?? program}`,
  );
}
