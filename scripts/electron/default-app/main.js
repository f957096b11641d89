// A small stand-in for Electron's own default_app, which the repackaged Electron lacks:
//   electron [-r module] [--switches] <directory | main file> [arguments]
// After Electron's default_app/main.ts (MIT). `-r` is what Playwright's loader comes by.

import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
// biome-ignore lint/style/noRestrictedImports: this file is a part of Electron, not of our program
import { app } from 'electron';

function readArguments(args) {
  const modules = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i];
    if (arg === '-r' || arg === '--require') modules.push(args[++i]);
    else if (arg === '-v' || arg === '--version') return { print: `v${process.versions.electron}` };
    else if (arg === '-a' || arg === '--abi') return { print: process.versions.modules };
    else if (!arg.startsWith('-')) return { modules, target: path.resolve(arg) };
  }
  return { modules };
}

function mainFileOf(target) {
  const manifest = path.join(target, 'package.json');
  if (!existsSync(manifest)) {
    const folder = statSync(target).isDirectory();
    app.setAppPath(folder ? target : path.dirname(target));
    return folder ? path.join(target, 'index.js') : target;
  }
  const about = JSON.parse(readFileSync(manifest, 'utf8'));
  if (about.version) app.setVersion(about.version);
  if (about.productName || about.name) app.setName(about.productName || about.name);
  app.setDesktopName?.(about.desktopName || `${app.getName()}.desktop`);
  app.setAppPath(target);
  return path.join(target, about.main || 'index.js');
}

const { modules = [], target, print } = readArguments(process.argv.slice(1));
if (print) {
  console.log(print);
  process.exit(0);
}
if (!target) {
  console.error('usage: electron [-r module] <app directory | main file>');
  process.exit(2);
}
Object.defineProperty(process, 'defaultApp', { configurable: false, enumerable: true, value: true });
try {
  const require = createRequire(path.join(process.cwd(), 'here.js'));
  for (const module of modules) require(module);
  await import(pathToFileURL(mainFileOf(target)).href);
} catch (error) {
  console.error(`The app could not be loaded: ${error?.stack || error}`);
  process.exit(1);
}
