/** For tests: a server of the EC2 API that nobody here wrote (moto, from PyPI), in a Python environment of its own. */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { must, root } from './run.mjs';
import { say } from './terminal.mjs';

const version = '5.2.5';
const folder = path.join(root, `.cache/moto-${version}`);
const advice = 'Check the network and `pip config list`, then run this again.';

/** Makes `.cache/moto-<version>/bin/moto_server`. A second run does nothing. */
export async function ensureMoto() {
  if (existsSync(path.join(folder, 'ready'))) return;
  say('Installing a server of the EC2 API for tests (moto, from PyPI)');
  rmSync(folder, { recursive: true, force: true });
  // Debian's Python: another one first in PATH may come without what a virtual environment needs.
  await must('/usr/bin/python3', ['-m', 'venv', folder], advice);
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `moto[server,ec2]==${version}`];
  await must(path.join(folder, 'bin/python'), pip, advice);
  writeFileSync(path.join(folder, 'ready'), ''); // last: an installation that was cut short is done anew
}
