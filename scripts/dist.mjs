/**
 * `npm run dist`: what can be built without a download, for Linux on x64: a directory, a tar.gz and a .deb in release/.
 * `npm run dist -- deb` builds only that (and the directory it is made of), `-- dir` and `-- tar.gz` likewise;
 * `-- all` builds every target of electron-builder.yml for this platform (needs GitHub for its tools).
 *
 * The Electron that is packed is the one in node_modules. Where that is the one for tests, everything built is marked
 * `-test`, and scripts/dist/check-release.mjs refuses it.
 */
import { chmodSync, existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { build, Platform } from 'electron-builder';
import { buildDebian } from './dist/debian.mjs';
import { electronInstalled } from './dist/electron-version.mjs';
import { ensureRuntimes, machineRuntimes } from './dist/runtimes.mjs';
import { must, root, runtime } from './setup/run.mjs';
import { say } from './setup/terminal.mjs';

const release = path.join(root, 'release');
const asked = process.argv.slice(2);
const all = asked.includes('all');
const wants = (target) => asked.length === 0 || asked.includes(target);

const about = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const electron = electronInstalled();
const version = electron.official ? about.version : `${about.version}-test`;
if (!electron.official) say(`Electron ${electron.version} is the one for tests: packages are marked -test`);

/** Where the packages will look for updates: a directory on the web with what `npm run dist -- all` makes. */
const feed = process.env['CONPAAS_UPDATE_URL'];

await must(runtime, ['scripts/build.mjs'], 'The lines above say where the source is wrong.');
await ensureRuntimes([
  ...machineRuntimes,
  ...(process.platform === 'linux' ? [] : [`${process.platform}-${process.arch}`]),
]);
rmSync(release, { recursive: true, force: true });

// Its own copy comes from GitHub; the one of the npm package is the same program.
const archiver = path.join(root, 'node_modules/7zip-bin/linux/x64/7za');
if (process.platform === 'linux' && existsSync(archiver)) {
  chmodSync(archiver, 0o755);
  process.env['ELECTRON_BUILDER_7ZIP_PATH'] ??= archiver;
}
process.env['ELECTRON_BUILDER_COMPRESSION_LEVEL'] ??= '3';

say('Packing');
await build({
  projectDir: root,
  ...(all ? {} : { targets: Platform.LINUX.createTarget(wants('tar.gz') ? ['dir', 'tar.gz'] : ['dir']) }),
  publish: 'never',
  config: {
    extends: path.join(root, 'electron-builder.yml'),
    extraMetadata: { version },
    // Without a place to look for updates, a package says that it has none.
    publish: feed === undefined ? null : { provider: 'generic', url: feed },
    electronVersion: electron.version,
    electronDist: 'node_modules/electron/dist',
  },
});
if (!all && wants('deb')) {
  say('Making the Debian package');
  const made = await buildDebian({ source: path.join(release, 'linux-unpacked'), destination: release, version });
  renameSync(made, path.join(release, `${about.name}-${version}-linux-x64.deb`));
}
say(`Done: ${release}`);
