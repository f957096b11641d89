/** For tests of peers: QEMU, and the disk that its machines begin with. Node built-ins only. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { must, root, runtime } from './run.mjs';

const packages = ['qemu-system-x86', 'qemu-utils', 'mmdebstrap', 'e2fsprogs'];
/** For the deployment that is tried on them. */
const application = ['wordpress', 'wordpress-theme-twentytwentythree'];
const programs = ['/usr/bin/qemu-system-x86_64', '/usr/bin/qemu-img', '/usr/bin/mmdebstrap', '/usr/sbin/mkfs.ext4'];
/** What the disk comes of: where it has changed since, there is another to be made. */
const recipe = [
  ...['machine-disk.ts', 'debian-root.ts', 'runtime-entries.ts'].map((name) => `main/images/${name}`),
  'remote/core/clouds/machines/packages.ts',
];
/** Stays between runs: it takes minutes. */
const directory = path.join(root, '.cache/peers/qemu');
/** Says what the disk there was made of. */
const madeOf = path.join(directory, 'made-of');
const advice = 'Check the network and the sources of apt, then run this again.';

/** Makes the disk, as users do it, where it is not there or its recipe has changed. @returns the environment that says where it is */
export async function ensureMachineDisk() {
  if (![...programs, '/usr/share/wordpress/index.php'].every(existsSync)) {
    await must('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=900', 'update'], advice);
    const install = ['install', '-y', '-q', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=900'];
    await must('apt-get', [...install, ...packages, ...application], advice, {
      env: { DEBIAN_FRONTEND: 'noninteractive' },
    });
  }
  const env = { CONPAAS_QEMU_IMAGE: directory };
  if (!isFresh()) {
    rmSync(directory, { recursive: true, force: true });
    const command = [path.join(root, 'dist/main/cli.mjs'), 'image', 'build', '--cloud', 'qemu'];
    await must(runtime, command, 'The lines above say why.', { env });
    writeFileSync(madeOf, recipeDigest());
  }
  return env;
}

function isFresh() {
  return existsSync(madeOf) && readFileSync(madeOf, 'utf8') === recipeDigest();
}

/** By content: a checkout gives each file the time at which it was made. */
function recipeDigest() {
  const hash = createHash('sha256');
  for (const file of recipe) hash.update(readFileSync(path.join(root, file)));
  return hash.digest('hex');
}
