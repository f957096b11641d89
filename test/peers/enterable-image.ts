/**
 * A disk for machines of QEMU whose root can be asked what there is on them: the same as its users', and an sshd of this
 * test's own, which listens where the desktop's way in does on the director's machine, and so not there.
 */
import { execFile } from 'node:child_process';
import { copyFile, link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { type Connection, openConnection } from '../../main/contact/connection.ts';
import { createKeyPair, type KeyPair } from '../../main/contact/keys.ts';
import { sshd, sshdConfig } from '../../remote/core/clouds/machines/contact.ts';
import { imageFile, readImage } from '../../remote/core/clouds/qemu/image.ts';

const run = promisify(execFile);
const there = '/etc/intruder';
const unit = `[Unit]
After=network.target cloud-init-local.service
ConditionHost=!director
[Service]
RuntimeDirectory=sshd
RuntimeDirectoryPreserve=yes
ExecStart=${sshd} -D -f ${there}/sshd_config
Restart=always
`;
const units = '/etc/systemd/system';

interface Keys {
  readonly client: KeyPair;
  readonly host: KeyPair;
}

export interface EnterableImage {
  /** Of the disk, as `CONPAAS_QEMU_IMAGE` names it. */
  readonly directory: string;
  readonly keys: Keys;
  /** Gets in as root. @param host where port 22 of the machine is forwarded from */
  enter(host: string, signal: AbortSignal): Promise<Connection>;
}

/**
 * Makes it of another disk, which stays as it is.
 * @param directory where; made by this
 */
export async function makeEnterableImage(from: string, directory: string): Promise<EnterableImage> {
  const image = await readImage(from);
  const keys = { client: await createKeyPair(), host: await createKeyPair() };
  await mkdir(directory, { recursive: true });
  for (const name of image.kernel ? [image.kernel.file, image.kernel.initrd] : []) {
    await place(path.join(from, name), path.join(directory, name));
  }
  const raw = path.join(directory, 'raw');
  await run('qemu-img', ['convert', '-O', 'raw', path.join(from, image.disk), raw]);
  await addTo(raw, directory, keys);
  await run('qemu-img', ['convert', '-O', 'qcow2', raw, path.join(directory, image.disk)]);
  await rm(raw);
  await copyFile(path.join(from, imageFile), path.join(directory, imageFile));
  return { directory, keys, enter: (machine, signal) => enter(machine, keys, signal) };
}

/** Gets in as root. @param host where port 22 of the machine is forwarded from */
export const enter = (host: string, { client, host: its }: Keys, signal: AbortSignal): Promise<Connection> =>
  openConnection({ host, port: 22, user: 'root', key: client.private, accepted: [its.public] }, signal);

/** As debugfs does it: nothing is mounted. */
async function addTo(raw: string, directory: string, keys: Keys): Promise<void> {
  const files: Readonly<Record<string, string>> = {
    [`${there}/host_key`]: keys.host.private,
    [`${there}/authorized_keys`]: `${keys.client.public}\n`,
    [`${there}/sshd_config`]: sshdConfig({ directory: there, user: 'root', pam: true }),
    [`${units}/intruder.service`]: unit,
  };
  const requests = [`mkdir ${there}`];
  for (const [name, content] of Object.entries(files)) {
    const source = path.join(directory, path.basename(name));
    await writeFile(source, content, { mode: 0o600 });
    requests.push(`cd ${path.dirname(name)}`, `write ${source} ${path.basename(name)}`);
    requests.push(`set_inode_field ${name} mode 0100600`);
  }
  requests.push(`cd ${units}/multi-user.target.wants`, `symlink intruder.service ${units}/intruder.service`);
  const script = path.join(directory, 'requests');
  await writeFile(script, `${requests.join('\n')}\n`);
  await run('debugfs', ['-w', '-f', script, raw]);
  for (const name of Object.keys(files)) await rm(path.join(directory, path.basename(name)));
  await rm(script);
  const { stdout } = await run('debugfs', ['-R', `cat ${units}/intruder.service`, raw]);
  if (!stdout.includes(there)) throw new Error(`debugfs did not write to ${raw}`);
}

/** Without a copy where both are on one file system. */
const place = (from: string, to: string): Promise<void> =>
  link(from, to).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EXDEV') throw error;
    await writeFile(to, await readFile(from));
  });
