/** Debian packages: the engines, the sandbox, and what Electron links to. Node built-ins only. */
import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { ask, must, run } from './run.mjs';
import { SetupError, say } from './terminal.mjs';

const engines = [
  'nginx-light',
  ...['fpm', 'cli', 'mysql', 'redis', 'curl', 'gd', 'mbstring', 'xml'].map((part) => `php8.2-${part}`),
  'haproxy',
  'redis-server',
  'mariadb-server',
  'mariadb-client',
];
const tools = ['bubblewrap', 'util-linux', 'xz-utils', 'bzip2', 'git', 'procps', 'ca-certificates'];
const desktop = ['xvfb', 'xauth', 'libgtk-3-0', 'libnss3', 'libgbm1', 'libasound2'];
const keyring = ['gnome-keyring', 'libsecret-tools', 'dbus'];
const forTests = [
  ...keyring,
  'wordpress',
  'wordpress-theme-twentytwentythree',
  'wrk',
  'curl',
  'zip',
  'python3-venv',
  'openssh-server',
  'qemu-system-x86',
  'qemu-utils',
];

/** Services that Debian would start by itself, each with the package that brings it. ConPaaS runs engines of its own. */
const services = {
  'nginx-light': 'nginx',
  'php8.2-fpm': 'php8.2-fpm',
  haproxy: 'haproxy',
  'redis-server': 'redis-server',
  'mariadb-server': 'mariadb',
};
/** Of what tests want: nobody is advised to stop one that was there. */
const testServices = { 'openssh-server': 'ssh' };

const policyFile = '/usr/sbin/policy-rc.d';

/** @param {readonly string[]} wanted */
function missing(wanted) {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own notation
  const listed = ask('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\n', ...wanted]) ?? '';
  const installed = new Set(
    listed
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  );
  return wanted.filter((name) => !installed.has(name));
}

/**
 * Installs what is missing where we are root, else says the one command that does.
 * @param {{ tests: boolean }} options
 */
export async function ensurePackages({ tests }) {
  if (process.platform !== 'linux') throw new SetupError('The embedded local cloud needs Linux.');
  const wanted = [...engines, ...tools, ...desktop, ...(tests ? forTests : [])];
  if (!existsSync('/usr/bin/dpkg-query')) {
    say(
      'This is not a Debian system: please see to the engines yourself (nginx, PHP-FPM 8.2, HAProxy, Redis, MariaDB).',
    );
    return;
  }
  const lacking = missing(wanted);
  if (lacking.length === 0) return;
  const install = ['-y', '-o', 'DPkg::Lock::Timeout=900', 'install', '--no-install-recommends', ...lacking];
  if (process.getuid?.() !== 0) {
    throw new SetupError(
      `Some system packages are missing. Install them with this command, then run this again:\n\n` +
        `  sudo apt-get update && sudo apt-get install --no-install-recommends ${lacking.join(' ')}\n\n` +
        `(ConPaaS starts its own engines; you may switch the distribution's off with\n` +
        `  sudo systemctl disable --now ${Object.values(services).join(' ')} )`,
    );
  }
  say(`Installing ${lacking.length} system packages: ${lacking.join(' ')}`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  // A machine that was never updated has no package lists; one with old lists asks for files that are gone.
  const advice = 'Check the network and the sources of apt, then run this again.';
  await must('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=900', 'update'], advice, { env });
  await withoutServiceStarts(() => must('apt-get', ['-q', ...install], advice, { env }));
  await disableServices(lacking);
}

/** Runs `work` while packages may not start services; a policy that was there before is left alone. */
async function withoutServiceStarts(work) {
  if (existsSync(policyFile)) return work();
  writeFileSync(
    policyFile,
    '#!/bin/sh\n# Written by the set-up of ConPaaS while it installs engines; removed afterwards.\nexit 101\n',
  );
  chmodSync(policyFile, 0o755);
  const remove = () => rmSync(policyFile, { force: true });
  // Also where the user interrupts: a policy left behind would keep every later package from starting its service.
  const interrupted = (signal) => {
    remove();
    process.exit(signal === 'SIGINT' ? 130 : 143);
  };
  process.once('SIGINT', interrupted);
  process.once('SIGTERM', interrupted);
  try {
    return await work();
  } finally {
    process.off('SIGINT', interrupted);
    process.off('SIGTERM', interrupted);
    remove();
  }
}

/** What we installed must not come up at the next boot either; services that were there before are the user's. */
async function disableServices(installed) {
  const units = installed.map((name) => ({ ...services, ...testServices })[name]).filter((unit) => unit !== undefined);
  if (units.length === 0 || !existsSync('/usr/bin/systemctl')) return;
  await run('systemctl', ['--quiet', 'disable', ...units.map((unit) => `${unit}.service`)]);
}
