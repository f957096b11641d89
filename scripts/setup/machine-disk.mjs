/** For tests of peers: QEMU, and the disk that its machines begin with. Node built-ins only. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { must, root, runtime } from './run.mjs';
import { SetupError } from './terminal.mjs';

const packages = ['qemu-system-x86', 'qemu-utils', 'mmdebstrap', 'e2fsprogs'];
/** Beside them, for machines of the other kind of processor: QEMU for them, and for what runs as their disk is made. */
const packagesForArm = ['qemu-system-arm', 'qemu-user-static'];
const programsForArm = ['/usr/bin/qemu-system-aarch64', '/usr/bin/qemu-aarch64-static'];
/** By which Linux runs programs of ARM with the latter. Source: kernel documentation, admin-guide/binfmt-misc */
const armPrograms = '/proc/sys/fs/binfmt_misc/qemu-aarch64';
/** For the deployment that is tried on them. */
const application = ['wordpress', 'wordpress-theme-twentytwentythree'];
const programs = ['/usr/bin/qemu-system-x86_64', '/usr/bin/qemu-img', '/usr/bin/mmdebstrap', '/usr/sbin/mkfs.ext4'];
/** What the disk comes of: where it has changed since, there is another to be made. */
const recipe = [
  ...['machine-disk.ts', 'debian-root.ts', 'runtime-entries.ts'].map((name) => `main/images/${name}`),
  'remote/core/clouds/machines/packages.ts',
];
const advice = 'Check the network and the sources of apt, then run this again.';

/**
 * Makes the disk, as users do it, where it is not there or its recipe has changed.
 * @param {string} [architecture] of its processors, where that is not this computer's: `arm64`
 * @returns the environment that says where it is
 */
export async function ensureMachineDisk(architecture) {
  const isArm = architecture === 'arm64';
  const needed = [...programs, ...(isArm ? programsForArm : []), '/usr/share/wordpress/index.php'];
  if (!needed.every(existsSync)) {
    await must('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=900', 'update'], advice);
    const install = ['install', '-y', '-q', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=900'];
    const wanted = [...packages, ...(isArm ? packagesForArm : []), ...application];
    await must('apt-get', [...install, ...wanted], advice, { env: { DEBIAN_FRONTEND: 'noninteractive' } });
  }
  if (isArm && !existsSync(armPrograms)) {
    throw new SetupError(
      'Linux here does not run programs of ARM yet. Have it do so with: systemctl restart systemd-binfmt',
    );
  }
  // Stays between runs: it takes minutes.
  const directory = path.join(root, '.cache/peers', isArm ? 'qemu-arm64' : 'qemu');
  /** Says what the disk there was made of. */
  const madeOf = path.join(directory, 'made-of');
  const env = { CONPAAS_QEMU_IMAGE: directory };
  if (!existsSync(madeOf) || readFileSync(madeOf, 'utf8') !== recipeDigest()) {
    rmSync(directory, { recursive: true, force: true });
    const settings = isArm ? ['--set', `architecture=${architecture}`] : [];
    const command = [path.join(root, 'dist/main/cli.mjs'), 'image', 'build', '--cloud', 'qemu', ...settings];
    await must(runtime, command, 'The lines above say why.', { env });
    writeFileSync(madeOf, recipeDigest());
  }
  return env;
}

/** By content: a checkout gives each file the time at which it was made. */
function recipeDigest() {
  const hash = createHash('sha256');
  for (const file of recipe) hash.update(readFileSync(path.join(root, file)));
  return hash.digest('hex');
}
