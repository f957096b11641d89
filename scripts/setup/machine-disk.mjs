/** For tests of peers: QEMU, and the disk that its machines begin with. Node built-ins only. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { must, root, runtime } from './run.mjs';

const packages = ['qemu-system-x86', 'qemu-utils', 'mmdebstrap', 'e2fsprogs'];
const programs = ['/usr/bin/qemu-system-x86_64', '/usr/bin/qemu-img', '/usr/bin/mmdebstrap', '/usr/sbin/mkfs.ext4'];
/** Stays between runs: it takes minutes. */
const directory = path.join(root, '.cache/peers/qemu');
const advice = 'Check the network and the sources of apt, then run this again.';

/** Makes the disk, as users do it, where it is not there. @returns the environment that says where it is */
export async function ensureMachineDisk() {
  if (!programs.every(existsSync)) {
    await must('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=900', 'update'], advice);
    const install = ['install', '-y', '-q', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=900'];
    await must('apt-get', [...install, ...packages], advice, { env: { DEBIAN_FRONTEND: 'noninteractive' } });
  }
  const env = { CONPAAS_QEMU_IMAGE: directory };
  if (!existsSync(path.join(directory, 'image.json'))) {
    const command = [path.join(root, 'dist/main/cli.mjs'), 'image', 'build', '--cloud', 'qemu'];
    await must(runtime, command, 'The lines above say why.', { env });
  }
  return env;
}
