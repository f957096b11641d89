/** Which Electron is in node_modules: the official one that package.json names, or the one for tests. */
import { readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { root } from '../setup/run.mjs';

/** @returns {{ version: string, official: boolean }} */
export function electronInstalled() {
  const folder = path.join(root, 'node_modules/electron');
  const wanted = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')).version;
  const version = readFileSync(path.join(folder, 'dist/version'), 'utf8').trim();
  // The one for tests is a link into our own cache (scripts/electron/provision.mjs).
  const linked = realpathSync(path.join(folder, 'dist')).includes(`${path.sep}.cache${path.sep}`);
  return { version, official: version === wanted && !linked };
}
