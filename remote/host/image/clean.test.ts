import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cleanMachine } from './clean.ts';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'conpaas-clean-'));
});
afterEach(() => rm(root, { recursive: true }));

async function lay(place: string, content = 'of this machine'): Promise<void> {
  await mkdir(path.join(root, path.dirname(place)), { recursive: true });
  await writeFile(path.join(root, place), content);
}

/** All files below, with what is in them. */
async function files(): Promise<Record<string, string>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const found: Record<string, string> = {};
  for (const entry of entries.filter((one) => one.isFile())) {
    const file = path.join(entry.parentPath, entry.name);
    found[path.relative(root, file)] = await readFile(file, 'utf8');
  }
  return found;
}

test('what is a machine’s own goes, on a cloud image of Debian or Ubuntu; the system stays as it is', async () => {
  const own = [
    ...['etc/ssh/ssh_host_ed25519_key', 'etc/ssh/ssh_host_rsa_key.pub', 'var/lib/dbus/machine-id'],
    ...['var/lib/cloud/instances/i-1/user-data.txt', 'var/lib/cloud/data/instance-id', 'var/lib/cloud/seed/a/b'],
    ...['var/lib/conpaas/contact/host_key', 'var/lib/conpaas/machine/packages.log', 'var/lib/systemd/random-seed'],
    ...['etc/netplan/50-cloud-init.yaml', 'etc/systemd/network/10-cloud-init-eth0.network', 'var/lib/dhcp/lease'],
    ...['etc/systemd/system/conpaas-ssh.service', 'var/lib/apt/lists/debian_Packages', 'var/cache/apt/pkgcache.bin'],
    ...['var/cache/apt/archives/nginx.deb', 'root/.ssh/authorized_keys', 'root/.bash_history', 'root/.cache/a/b'],
    ...[
      'home/admin/.ssh/authorized_keys',
      'home/admin/.python_history',
      'home/debian/.lesshst',
      'tmp/a/b',
      'var/tmp/c',
    ],
    ...['var/log/journal/0123/system.journal', 'var/log/syslog.1', 'var/log/dpkg.log.2.gz', 'run/conpaas-user-data'],
    ...['etc/ssl/private/ssl-cert-snakeoil.key', 'var/backups/dpkg.status.0'],
  ];
  const stays = {
    'etc/ssh/sshd_config': 'settings',
    'etc/netplan/01-of-the-provider.yaml': 'settings',
    'etc/cloud/cloud.cfg.d/90_provider.cfg': 'settings',
    'etc/fstab': 'disks',
    'home/admin/.bashrc': 'settings',
    'opt/conpaas/node': 'a program',
    'opt/conpaas/node.sha256': 'a digest',
    'usr/bin/nginx': 'a program',
    'usr/sbin/policy-rc.d': 'exit 101',
    'var/lib/dpkg/status': 'packages',
  };
  for (const place of own) await lay(place);
  for (const [place, content] of Object.entries(stays)) await lay(place, content);
  for (const place of ['etc/machine-id', 'etc/hostname', 'etc/hosts', 'var/log/auth.log', 'var/log/nginx/access.log']) {
    await lay(place);
  }
  await mkdir(path.join(root, 'etc/systemd/system/multi-user.target.wants'), { recursive: true });
  const link = 'etc/systemd/system/multi-user.target.wants/conpaas-ssh.service';
  await symlink('/etc/systemd/system/conpaas-ssh.service', path.join(root, link));
  await symlink('/dev/null', path.join(root, 'etc/systemd/system/nginx.service'));

  for (const _again of [1, 2]) {
    await cleanMachine(root);
    expect(await files()).toEqual({
      ...stays,
      'etc/machine-id': '',
      'etc/hostname': 'localhost\n',
      'etc/hosts': expect.stringMatching(/^127\.0\.0\.1 localhost\n/),
      'var/log/auth.log': '',
      'var/log/nginx/access.log': '',
    });
  }
  expect(await readdir(path.join(root, 'etc/systemd/system/multi-user.target.wants'))).toEqual([]);
  expect(await readdir(path.join(root, 'etc/systemd/system'))).toContain('nginx.service');
  for (const folder of ['tmp', 'var/tmp', 'var/lib/cloud', 'var/lib/apt/lists']) {
    expect((await stat(path.join(root, folder))).isDirectory()).toBe(true);
  }
});
