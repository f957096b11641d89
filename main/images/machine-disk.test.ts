/** The disk for machines, made of a root as small as can be, and read again with the tools of its file system. */
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pack } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readImage } from '../../remote/core/clouds/qemu/image.ts';
import { runTool } from '../../remote/core/clouds/qemu/programs.ts';
import { extendedRoot } from './extended-root.ts';
import { diskPackages, makeMachineDisk } from './machine-disk.ts';
import { runtimeEntries } from './runtime-entries.ts';

const never = new AbortController().signal;
const units = 'etc/systemd/system';
const folders = ['etc', 'etc/cloud', 'etc/cloud/cloud.cfg.d', 'etc/ssh', 'boot', 'etc/systemd', units];
const wanted = [`${units}/multi-user.target.wants`, `${units}/timers.target.wants`];

/** What mmdebstrap makes, as far as it matters here. */
function smallRoot(): NodeJS.ReadableStream {
  const archive = pack();
  for (const name of [...folders, ...wanted]) archive.entry({ name, type: 'directory', mode: 0o755 });
  const link = (name: string, linkname: string) => archive.entry({ name, type: 'symlink', linkname });
  link(`${wanted[0]}/mariadb.service`, '/lib/systemd/system/mariadb.service');
  link(`${wanted[1]}/apt-daily.timer`, '/lib/systemd/system/apt-daily.timer');
  archive.entry({ name: 'boot/vmlinuz-6.1.0-9' }, 'an older kernel');
  archive.entry({ name: 'boot/vmlinuz-6.1.0-9a' }, 'the kernel');
  archive.entry({ name: 'boot/initrd.img-6.1.0-9a' }, 'what it begins with');
  archive.entry({ name: 'etc/ssh/ssh_host_ed25519_key', mode: 0o600 }, 'a key that all machines would share');
  archive.entry({ name: 'etc/resolv.conf' }, 'nameserver 192.0.2.1\n');
  archive.entry({ name: 'etc/shadow', mode: 0o640, uid: 0, gid: 42 }, 'root:*:1::::::\n');
  archive.finalize();
  return Readable.from(archive);
}

describe('a disk for machines', () => {
  let directory: string;
  let runtime: string;
  beforeAll(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'conpaas-disk-'));
    runtime = path.join(directory, 'node');
    await writeFile(runtime, 'the runtime', { mode: 0o755 });
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  const make = (root: NodeJS.ReadableStream) =>
    makeMachineDisk({ architecture: 'x64', root, directory: path.join(directory, 'image'), signal: never });

  test('has the root with its owners, no key of others, nothing that starts by itself, and the runtime', async () => {
    const image = await make(extendedRoot(smallRoot(), await runtimeEntries(runtime, never)));
    const at = path.join(directory, 'image');
    expect(await readImage(at)).toEqual(image);
    expect(await readFile(path.join(at, image.kernel?.file ?? ''), 'utf8')).toBe('the kernel');
    expect(await readFile(path.join(at, image.kernel?.initrd ?? ''), 'utf8')).toBe('what it begins with');
    await runTool('qemu-img', ['convert', '-O', 'raw', image.disk, 'raw'], at, never);
    const tell = async (...words: string[]): Promise<string> =>
      (await runTool('/usr/sbin/debugfs', ['-R', words.join(' '), 'raw'], at, never)).output;
    expect(await tell('stat', '/etc/shadow')).toMatch(/Mode: {2}0640[\s\S]*User: {5}0 {3}Group: {4}42/);
    expect(await tell('cat', '/opt/conpaas/node')).toBe('the runtime');
    expect(await tell('stat', '/opt/conpaas/node')).toMatch(/Mode: {2}0755[\s\S]*User: {5}0 {3}Group: {5}0/);
    const digest = createHash('sha256').update('the runtime').digest('hex');
    expect(await tell('cat', '/opt/conpaas/node.sha256')).toBe(digest);
    for (const unit of ['mariadb.service', 'apt-daily.timer', 'getty@tty1.service']) {
      expect(await tell('stat', `/${units}/${unit}`)).toContain('Fast link dest: "/dev/null"');
    }
    expect(await tell('ls', '-p', '/etc/ssh')).not.toContain('ssh_host');
    expect(await tell('ls', '-p', '/etc')).not.toContain('resolv.conf');
    expect(JSON.parse(await tell('cat', '/etc/cloud/cloud.cfg.d/90_conpaas.cfg'))).toMatchObject({
      datasource_list: ['NoCloud'],
      cloud_final_modules: ['scripts-user', 'final-message'],
    });
    await rm(path.join(at, 'raw'));
  });

  test('made again is another one, and the first stays for machines that were made of it', async () => {
    const at = path.join(directory, 'image');
    const before = await readImage(at);
    const next = await make(smallRoot());
    expect(next.disk).not.toBe(before.disk);
    expect((await stat(path.join(at, before.disk))).size).toBeGreaterThan(0);
    expect(await readImage(at)).toEqual(next);
  });

  test('of a root that was not made whole is not made, and leaves nothing', async () => {
    const at = path.join(directory, 'image');
    const before = await readdir(at);
    const broken = Readable.from(
      (async function* () {
        yield Buffer.alloc(512);
        throw new Error('the root could not be made');
      })(),
    );
    await expect(make(broken)).rejects.toThrow('the root could not be made');
    expect(await readdir(at)).toEqual(before);
  });

  test('has cloud-init, systemd and sshd, whatever engines come beside them, and the kernel of its processors', () => {
    expect(diskPackages('x64')).toEqual(
      expect.arrayContaining(['cloud-init', 'systemd-sysv', 'openssh-server', 'bubblewrap']),
    );
    const kernels = (['x64', 'arm64'] as const).map((one) =>
      diskPackages(one).filter((name) => name.startsWith('linux-')),
    );
    expect(kernels).toEqual([['linux-image-cloud-amd64'], ['linux-image-cloud-arm64']]);
  });
});
