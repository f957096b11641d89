/** npm packages as the lock file names them. Node built-ins only. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { must, root, runtime } from './run.mjs';
import { SetupError, say } from './terminal.mjs';

const advice = 'Check the network and `npm config get registry`, then run this again.';

/** `npm ci` where node_modules is not what package-lock.json says. */
export async function ensureDependencies() {
  if (!installedAsLocked()) {
    say('Installing npm packages (about 1 GB with Electron and Node)');
    // No script of a package is run: none is needed (ssh2 would build native parts that no bundle can hold).
    await must('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], advice);
  }
  if (!existsSync(runtime)) {
    throw new SetupError(
      process.arch === 'x64'
        ? 'The Node runtime is missing although npm is done. Delete node_modules and run this again.'
        : `There is no Node runtime for ${process.arch} in this checkout: the local cloud needs Linux on x64.`,
    );
  }
}

/** npm keeps what it has installed in node_modules/.package-lock.json, written last: compare it with the lock file. */
function installedAsLocked() {
  const wanted = packagesOf(path.join(root, 'package-lock.json'));
  const present = packagesOf(path.join(root, 'node_modules/.package-lock.json'));
  if (!wanted) throw new SetupError('package-lock.json cannot be read. Restore it from git.');
  if (!present) return false;
  for (const [name, entry] of Object.entries(wanted)) {
    // What no package asks for may lie there or not.
    if (name === '' || entry.extraneous) continue;
    const found = present[name];
    // Packages for other platforms are in the lock file only.
    if (found ? found.version !== entry.version || found.integrity !== entry.integrity : !entry.optional) return false;
  }
  return true;
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}
