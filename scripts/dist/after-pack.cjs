/** After electron-builder has laid a package out: what is Electron's own sample goes, and what must be there is there. */
const { existsSync, rmSync } = require('node:fs');
const path = require('node:path');

/** @param {import('electron-builder').AfterPackContext} context */
exports.default = async ({ appOutDir, packager, electronPlatformName }) => {
  const resources =
    electronPlatformName === 'darwin'
      ? path.join(appOutDir, `${packager.appInfo.productFilename}.app/Contents/Resources`)
      : path.join(appOutDir, 'resources');
  rmSync(path.join(resources, 'default_app.asar'), { force: true });
  const needed = [
    ...['host', 'director', 'manager', 'agent'].map((name) => `remote/${name}.mjs`),
    ...['linux-x64', 'linux-arm64'].map((name) => `runtimes/${name}/node`),
    'command/conpaas.mjs',
    electronPlatformName === 'win32' ? 'conpaas.cmd' : 'conpaas',
  ];
  const missing = needed.filter((file) => !existsSync(path.join(resources, file)));
  if (missing.length > 0) throw new Error(`The package lacks ${missing.join(', ')} in its resources.`);
};
