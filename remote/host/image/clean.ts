/**
 * What a machine has to itself, and no other machine may have: keys, names, what it was told at its boot, what it has noted
 * down. Each machine that is made of the image gets its own again: from cloud-init, systemd, and our first script.
 */
import type { Dirent } from 'node:fs';
import { readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Gone as a whole; the last part may begin or end with a `*`. Folders that end with `/*` stay, empty. */
const removed: readonly string[] = [
  // Who the machine is.
  'etc/ssh/ssh_host_*',
  'var/lib/dbus/machine-id',
  'var/lib/systemd/random-seed',
  'var/lib/systemd/credential.secret',
  'etc/ssl/private/ssl-cert-snakeoil.key',
  'etc/ssl/certs/ssl-cert-snakeoil.pem',
  // What cloud-init and the cloud have told it, and the network that it was in.
  'var/lib/cloud/*',
  'run/cloud-init',
  'run/conpaas-user-data',
  'run/one-context',
  'etc/netplan/50-cloud-init.yaml',
  'etc/network/interfaces.d/50-cloud-init*',
  'etc/systemd/network/10-cloud-init-*',
  'etc/udev/rules.d/70-persistent-net.rules',
  'var/lib/dhcp/*',
  'var/lib/dhcpcd/*',
  'var/lib/NetworkManager/*',
  'var/lib/systemd/timesync/*',
  // What apt has fetched, and what was done here.
  'var/lib/apt/lists/*',
  'var/cache/apt/*.bin',
  'var/cache/apt/archives/*.deb',
  'var/cache/apt/archives/partial/*',
  'var/cache/debconf/*-old',
  'var/backups/*',
  'var/crash/*',
  'var/lib/systemd/coredump/*',
  'var/mail/*',
  'var/spool/mail/*',
  'tmp/*',
  'var/tmp/*',
  // Of ours. What runs by them now goes on until the machine is switched off.
  'etc/systemd/system/conpaas-*',
  'etc/systemd/system/multi-user.target.wants/conpaas-*',
];

/** In the home of everybody. */
const ofUsers: readonly string[] = [
  '.ssh',
  '.cache',
  '.*_history',
  '.lesshst',
  '.viminfo',
  '.wget-hsts',
  '.sudo_as_admin_successful',
];

/** Stay, and say nothing: systemd makes a new id where this one is empty. */
const emptied: readonly string[] = ['etc/machine-id'];

/** Has a way in in it: last, so that whoever lost the connection before can come again. */
const last: readonly string[] = ['root/.ssh', 'var/lib/conpaas'];

/**
 * Idempotent. What is not there is no error.
 * @param root of the file system: `/`
 */
export async function cleanMachine(root: string): Promise<void> {
  const at = (place: string): string => path.join(root, place);
  for (const place of removed) await removeAll(at(place));
  for (const home of [at('root'), ...(await foldersOf(at('home')))]) {
    for (const place of ofUsers) if (place !== '.ssh' || home !== at('root')) await removeAll(path.join(home, place));
  }
  await emptyLogs(at('var/log'));
  for (const place of emptied) if (await isThere(at(place))) await truncate(at(place));
  for (const [place, content] of Object.entries(renewed)) {
    if (await isThere(at(place))) await writeFile(at(place), content);
  }
  for (const place of last) await removeAll(at(place));
}

/** Names that the machine was given; cloud-init gives others. */
const renewed: Readonly<Record<string, string>> = {
  'etc/hostname': 'localhost\n',
  'etc/hosts': '127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n',
  // Made anew before it is first used.
  'etc/iscsi/initiatorname.iscsi': 'GenerateName=yes\n',
};

async function removeAll(pattern: string): Promise<void> {
  const [before, after] = path.basename(pattern).split('*');
  const folder = path.dirname(pattern);
  const names =
    after === undefined
      ? [path.basename(pattern)]
      : (await entriesOf(folder))
          .map(({ name }) => name)
          .filter((name) => name.startsWith(before ?? '') && name.endsWith(after));
  for (const name of names) await removeOne(path.join(folder, name));
}

/** What something else is mounted on is of no file system that goes into an image: only what is in it is removed. */
async function removeOne(place: string): Promise<void> {
  try {
    await rm(place, { recursive: true, force: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EBUSY') throw error;
    for (const { name } of await entriesOf(place)) await removeOne(path.join(place, name));
  }
}

/** Logs of programs stay as empty files, with the owners that these need; older ones and the journal go. */
async function emptyLogs(folder: string): Promise<void> {
  for (const entry of await entriesOf(folder)) {
    const place = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name === 'journal') await removeAll(path.join(place, '*'));
      else await emptyLogs(place);
    } else if (!entry.isFile() || /[.](gz|xz|\d+|old)$/.test(entry.name)) await rm(place, { force: true });
    else await truncate(place);
  }
}

async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
}

async function foldersOf(folder: string): Promise<readonly string[]> {
  const found = (await entriesOf(folder)).filter((entry) => entry.isDirectory());
  return found.map(({ name }) => path.join(folder, name));
}

async function isThere(place: string): Promise<boolean> {
  return stat(place).then(
    () => true,
    () => false,
  );
}
