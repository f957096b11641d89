/** What goes wrong is said clearly, with the engine's own last lines, and the application keeps serving what it served. */

import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm, statfs, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { pack } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Desk, openDesk } from './desk.ts';
import { ask, probeCode, probeManifest } from './probe.ts';
import { until } from './until.ts';

let desk: Desk;
let folder: string;
let address: string;

beforeAll(async () => {
  desk = await openDesk();
  folder = await mkdtemp(path.join(os.tmpdir(), 'conpaas-test-'));
  await desk.conpaas('up');
  address = (await desk.conpaas('apply', await probeManifest(folder, { database: true }), '--wait')).trim();
});
afterAll(async () => {
  await desk[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** The old version answers, and nothing is left that still tries. */
async function servesAsBefore(): Promise<void> {
  expect((await ask(address)).version).toBe('one');
  expect((await ask(address, '/posts')).version).toBe('one');
  expect(await desk.conpaas('op', 'list', '--state', 'running')).toBe('');
}

describe('what goes wrong', () => {
  it('a PHP syntax error in the health page', async () => {
    const broken = await probeCode(folder, 'broken');
    await writeFile(path.join(broken, 'version.php'), '<?php this is no PHP\n');
    const { code, stderr } = await desk.run(['code', 'upload', 'Probe', broken]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/went back to v1/);
    expect(stderr).toMatch(/PHP Parse error|syntax error/);
    await servesAsBefore();
  });

  it('a command that is interrupted says that the operation goes on, and how to end it', async () => {
    const slow = await probeCode(folder, 'slow');
    await writeFile(path.join(slow, 'version.php'), "<?php const VERSION = 'slow'; sleep(600);\n");
    const upload = desk.start(['code', 'upload', 'Probe', slow]);
    let said = '';
    upload.stderr?.setEncoding('utf8').on('data', (part: string) => {
      said += part;
    });
    await until('its progress', () => said.includes('Switch node by node'));
    const ended = new Promise((resolve) => upload.once('close', resolve));
    upload.kill('SIGINT');
    expect(await ended).toBe(130);
    const [, operation = said] = /goes on .* conpaas op cancel (op-\w+)/.exec(said) ?? [];
    await desk.conpaas('op', 'cancel', operation);
    expect((await desk.run(['op', 'show', operation, '--wait'])).code).toBe(130);
    await servesAsBefore();
  });

  it('a dump that is no SQL', async () => {
    const dump = path.join(folder, 'wrong.sql');
    await writeFile(dump, 'CREATE TABLE a (id INT);\nINSERT INTO nowhere VALUES (1);\n');
    const { stdout } = await desk.run(['--json', 'call', 'Probe/db', 'load_dump', '--file', dump]);
    const { operation } = JSON.parse(stdout) as { operation: string };
    const { code, stderr } = await desk.run(['op', 'show', operation, '--wait']);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/nowhere/);
    await servesAsBefore();
  });

  it('a URL that cannot be reached', async () => {
    const file = path.join(folder, 'unreachable.json');
    const services = [{ Type: 'php', ServiceName: 'web', Start: 1, Archive: 'http://127.0.0.1:9/code.tar.gz' }];
    await writeFile(file, JSON.stringify({ Application: 'Elsewhere', Services: services }));
    const { code, stderr } = await desk.run(['apply', file, '--wait']);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/127\.0\.0\.1:9/);
    expect(await desk.conpaas('op', 'list', '--state', 'running')).toBe('');
    await desk.conpaas('app', 'delete', 'Elsewhere', '--yes');
    await servesAsBefore();
  });

  it('the public port is in use: the holder is named', async () => {
    // The next application's machine gets the next address.
    const [a = 0, b = 0, c = 0, d = 0] = new URL(address).hostname.split('.').map(Number);
    const port = Number(new URL(address).port || 80);
    const holders = await Promise.all(
      [1, 2, 3].map(async (offset) => {
        const server = createServer();
        await new Promise<void>((resolve, reject) => {
          server.once('error', reject);
          server.listen(port, `${a}.${b}.${c}.${d + offset}`, resolve);
        });
        return server;
      }),
    );
    try {
      const other = await probeManifest(path.join(folder, 'taken'));
      const { code, stderr } = await desk.run(['apply', other, '--name', 'Taken', '--wait']);
      expect(code).not.toBe(0);
      expect(stderr).toContain(`${port}`);
      expect(stderr).toContain(`${process.pid}`);
      await servesAsBefore();
    } finally {
      await Promise.all(holders.map((server) => new Promise((resolve) => server.close(resolve))));
    }
    await desk.conpaas('app', 'delete', 'Taken', '--yes');
  });

  it('a startup script that fails, with its last words', async () => {
    const script = path.join(folder, 'startup.sh');
    await writeFile(script, '#!/bin/sh\necho "cannot find the thing"\nexit 3\n');
    const other = await probeManifest(path.join(folder, 'script'), { more: { StartupScript: script } });
    const { code, stderr } = await desk.run(['apply', other, '--name', 'Script', '--wait']);
    expect(code).toBe(1);
    expect(stderr).toContain('cannot find the thing');
    await desk.conpaas('app', 'delete', 'Script', '--yes');
    await servesAsBefore();
  });

  it('hostile archives are refused with the reason', async () => {
    const archives: [string, Parameters<ReturnType<typeof pack>['entry']>[0], RegExp][] = [
      ['parent.tar', { name: '../outside.php' }, /outside\.php/],
      ['absolute.tar', { name: '/etc/outside.php' }, /outside\.php/],
      ['link.tar', { name: 'out', type: 'symlink', linkname: '/etc' }, /out/],
      ['device.tar', { name: 'disk', type: 'block-device', devmajor: 8, devminor: 0 }, /disk/],
    ];
    for (const [name, header, reason] of archives) {
      const tar = pack();
      tar.entry({ name: 'index.php' }, '<?php echo 1;');
      if (header.type === undefined) tar.entry(header, 'x');
      else tar.entry(header);
      tar.finalize();
      const file = path.join(folder, name);
      await pipeline(tar, createWriteStream(file));
      const { code, stderr } = await desk.run(['code', 'upload', 'Probe', file]);
      expect(code, name).toBe(2);
      expect(stderr, name).toMatch(reason);
    }
    await servesAsBefore();
  });

  it('a folder with a link out of it is refused before anything is sent', async () => {
    const code = path.join(folder, 'link-out');
    await mkdir(code);
    await symlink('/etc/passwd', path.join(code, 'passwd'));
    const refused = await desk.run(['code', 'upload', 'Probe', code]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('passwd');
  });
});

describe('a full disk', () => {
  it('is named, nothing is lost, and all goes on when there is room again', async () => {
    const disk = await mkdtemp(path.join(os.tmpdir(), 'conpaas-disk-'));
    const run = (command: string, ...args: string[]): void => {
      const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
      if (status !== 0) throw new Error(`${command}: ${stderr}`);
    };
    run('mount', '-t', 'tmpfs', '-o', 'size=48m', 'tmpfs', disk);
    const before = process.env['TMPDIR'];
    process.env['TMPDIR'] = disk;
    try {
      await using small = await openDesk();
      await small.conpaas('up');
      const own = (await small.conpaas('apply', await probeManifest(path.join(folder, 'small')), '--wait')).trim();
      const two = await probeCode(path.join(folder, 'small'), 'two');
      await writeFile(path.join(two, 'large.bin'), randomBytes(4 * 1024 ** 2));
      const { bavail, bsize } = await statfs(disk);
      const filler = path.join(disk, 'filler');
      await writeFile(filler, Buffer.alloc(bavail * bsize - 1024 ** 2));

      const { code, stderr } = await small.run(['code', 'upload', 'Probe', two]);
      expect(code).not.toBe(0);
      expect(stderr).toMatch(/disk is full/i);
      expect((await ask(own)).version).toBe('one');

      await rm(filler);
      await small.conpaas('code', 'upload', 'Probe', two);
      expect((await ask(own)).version).toBe('two');
    } finally {
      if (before === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = before;
      run('umount', disk);
      await rm(disk, { recursive: true });
    }
  });
});
