/** A Debian root with Debian's OpenStack in it, so that this machine's own /etc stays as it is. Node built-ins only. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root as checkout, must } from '../run.mjs';
import { say } from '../terminal.mjs';

/** 2.3 GB; stays between runs. */
export const root = path.join(checkout, '.cache/peers/openstack');
const release = 'bookworm';
const packages = [
  'mariadb-server',
  'rabbitmq-server',
  'keystone',
  'placement-api',
  'glance-api',
  'nova-api',
  'nova-conductor',
  'nova-scheduler',
  'nova-compute',
  'neutron-server',
  'neutron-plugin-ml2',
  'cinder-api',
  'cinder-scheduler',
  'cinder-volume',
  'python3-pymysql',
  'uwsgi-plugin-python3',
];
const advice = 'Check the network and the sources of apt, then run this again.';
const quiet = { env: { DEBIAN_FRONTEND: 'noninteractive' } };

/** Makes it, unless it is there. */
export async function install() {
  const done = path.join(root, 'installed');
  if (existsSync(done)) return;
  say("Installing Debian's OpenStack into a root of its own (3 minutes, 2.3 GB, once)");
  if (!existsSync('/usr/sbin/debootstrap')) {
    await must('apt-get', ['install', '-y', '-q', '-o', 'DPkg::Lock::Timeout=900', 'debootstrap'], advice, quiet);
  }
  mkdirSync(root, { recursive: true });
  if (!existsSync(path.join(root, 'etc/debian_version'))) {
    await must('debootstrap', ['--variant=minbase', release, root, mirror()], advice);
  }
  // Services are ours to start.
  writeFileSync(path.join(root, 'usr/sbin/policy-rc.d'), '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  const inRoot = (...words) => {
    const mounts = ['--mount', '--pid', '--fork', '--kill-child', `--mount-proc=${path.join(root, 'proc')}`];
    return must('unshare', [...mounts, 'chroot', root, ...words], advice, quiet);
  };
  await inRoot('apt-get', '-q', 'update');
  await inRoot('apt-get', 'install', '-y', '-q', '--no-install-recommends', ...packages);
  writeFileSync(done, '');
}

/** Where this machine gets the packages of the release from, as its own sources of apt say. */
function mirror() {
  const format = '$(REPO_URI) $(CODENAME)';
  const { stdout } = spawnSync('apt-get', ['indextargets', '--format', format, 'Created-By: Packages'], {
    encoding: 'utf8',
  });
  const found = stdout.split('\n').find((line) => line.endsWith(` ${release}`));
  if (found === undefined) throw new Error(`The sources of apt name no mirror of ${release}. ${advice}`);
  return found.slice(0, -release.length - 1);
}
