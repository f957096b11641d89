import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, createWriteStream, ftruncateSync, mkdirSync, openSync, symlinkSync, writeFileSync } from 'node:fs';
import { lstat, mkdtemp, readdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip, gzipSync } from 'node:zlib';
import { type Header, pack } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ZipFile } from 'yazl';
import { defaultLimits, extractArchive, inspectArchive, mergeArchives, packDirectory } from './index.ts';

let folder = '';
let count = 0;
const fresh = (name = 'file') => join(folder, `${count++}-${name}`);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'conpaas-archive-'));
});
afterAll(() => rm(folder, { recursive: true }));

type TarEntry = Partial<Header> & { name: string; content?: string };

/** Writes a tar with exactly these entries, however wrong they are. */
async function tar(entries: readonly TarEntry[], compress = false): Promise<string> {
  const path = fresh('test.tar');
  const packed = pack();
  for (const { content, ...header } of entries) packed.entry(header, content ?? '');
  packed.finalize();
  await pipeline(packed, compress ? createGzip() : new PassThrough(), createWriteStream(path));
  return path;
}

/** Writes a zip of files that are stored as they are. */
async function zip(entries: readonly { readonly name: string; readonly content: string }[]): Promise<string> {
  const path = fresh('test.zip');
  const file = new ZipFile();
  for (const { name, content } of entries) file.addBuffer(Buffer.from(content), name, { compress: false });
  file.end();
  await pipeline(file.outputStream, createWriteStream(path));
  return path;
}

/** A tree on disk: texts are files, null is an empty folder. */
function tree(files: Readonly<Record<string, string | null>>): string {
  const root = fresh('tree');
  for (const [path, content] of Object.entries(files)) {
    const full = join(root, path);
    mkdirSync(content === null ? full : join(full, '..'), { recursive: true });
    if (content !== null) writeFileSync(full, content);
  }
  return root;
}

/** Refused by both functions with this reason, and nothing is left. */
async function refused(path: string, reason: RegExp, limits = defaultLimits): Promise<void> {
  const expected = { code: 'bad_archive', message: expect.stringMatching(reason) };
  const destination = fresh('out');
  await expect(inspectArchive(path, limits)).rejects.toMatchObject(expected);
  await expect(extractArchive(path, destination, { limits })).rejects.toMatchObject(expected);
  await expect(stat(destination)).rejects.toThrow('ENOENT');
  await expect(stat(`${destination}.partial`)).rejects.toThrow('ENOENT');
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('formats', () => {
  it.each([
    ['tar', ['-cf']],
    ['tar.gz', ['-czf']],
    ['tar.bz2', ['-cjf']],
    ['tar.xz', ['-cJf']],
    ['zip', undefined],
  ] as const)('%s is told by its bytes, listed and unpacked without its enclosing folder', async (format, options) => {
    const root = tree({
      'app/index.php': '<?php',
      'app/lib/a b.txt': 'ä',
      'app/empty': null,
      'app/big': 'x'.repeat(700_000),
    });
    const path = fresh('no-extension');
    const { status } =
      options === undefined
        ? spawnSync('zip', ['-q', '-r', path, 'app'], { cwd: root })
        : spawnSync('tar', [...options, path, '-C', root, 'app']);
    expect(status).toBe(0);
    // zip adds a suffix of its own.
    const archive = options === undefined ? `${path}.zip` : path;
    const listing = await inspectArchive(archive);
    expect(listing).toMatchObject({ format, enclosing: 'app', size: 700_007 });
    expect(listing.files).toEqual([
      { path: 'big', size: 700_000, sha256: sha256('x'.repeat(700_000)), mode: 0o644 },
      { path: 'index.php', size: 5, sha256: sha256('<?php'), mode: 0o644 },
      { path: 'lib/a b.txt', size: 2, sha256: sha256('ä'), mode: 0o644 },
    ]);
    const destination = fresh('out');
    await extractArchive(archive, destination);
    expect((await readdir(destination)).sort()).toEqual(['big', 'empty', 'index.php', 'lib']);
    expect(await readFile(join(destination, 'lib/a b.txt'), 'utf8')).toBe('ä');
    expect((await stat(join(destination, 'big'))).size).toBe(700_000);
  });

  it('says what can be read when it is something else, cut off or damaged', async () => {
    const other = fresh();
    writeFileSync(other, 'hello '.repeat(200));
    await refused(other, /no archive that can be read; use tar, tar\.gz/);
    writeFileSync(other, '');
    await refused(other, /empty file/);
    writeFileSync(other, gzipSync('not a tar '.repeat(200)));
    await refused(other, /damaged/);
    const good = await readFile(await tar([{ name: 'a', content: 'x'.repeat(100_000) }]));
    writeFileSync(other, good.subarray(0, 50_000));
    await refused(other, /damaged.*end/);
    const zipped = gzipSync(good);
    writeFileSync(other, zipped.subarray(0, zipped.length / 2));
    await refused(other, /damaged.*end/);
    const xz = spawnSync('xz', ['-c'], { input: good }).stdout;
    writeFileSync(other, xz.subarray(0, xz.length - 20));
    await refused(other, /damaged: xz/);
    await refused(await tar([{ name: 'folder/', type: 'directory' }]), /holds no files/);
  });

  it('checks what a zip states of its files', async () => {
    const zip = new ZipFile();
    zip.addBuffer(Buffer.from('hello world'), 'a.txt', { compress: false });
    zip.end();
    const path = fresh('a.zip');
    await pipeline(zip.outputStream, createWriteStream(path));
    const bytes = await readFile(path);
    bytes.write('HELLO', bytes.indexOf('hello'));
    writeFileSync(path, bytes);
    await refused(path, /checksum of "a\.txt"/);
  });
});

describe('hostile archives', () => {
  it.each<[string, TarEntry[], RegExp]>([
    ['a name that leads out', [{ name: '../evil' }], /"\.\.\/evil", which leads out/],
    ['one that leads out from inside', [{ name: 'a/b/../../../evil' }], /leads out/],
    ['an absolute name', [{ name: '/etc/passwd' }], /absolute name "\/etc\/passwd"/],
    ['a drive', [{ name: 'C:/evil' }], /absolute/],
    ['a backslash', [{ name: '..\\evil' }], /backslash/],
    ['a line break', [{ name: 'a\nb' }], /control characters/],
    ['a long name', [{ name: 'x'.repeat(300) }], /too long/],
    ['a deep name', [{ name: `${'a/'.repeat(100)}b` }], /deeper than 64/],
    ['an absolute link', [{ name: 'l', type: 'symlink', linkname: '/etc' }], /link "l" to "\/etc"/],
    [
      'a link out',
      [{ name: 'd/l', type: 'symlink', linkname: '../../x' }, { name: 'f' }],
      /link "d\/l" to "\.\.\/\.\.\/x"/,
    ],
    [
      'a link out of the enclosing folder, which becomes the root',
      [{ name: 'app/l', type: 'symlink', linkname: '../x' }, { name: 'app/f' }],
      /leads out/,
    ],
    [
      'a link out through another link',
      [
        { name: 'a/b/up', type: 'symlink', linkname: '../..' },
        { name: 'x', type: 'symlink', linkname: 'a/b/up/..' },
      ],
      /link "x" .* leads out/,
    ],
    [
      'links in a circle',
      [
        { name: 'a', type: 'symlink', linkname: 'b/c' },
        { name: 'b', type: 'symlink', linkname: 'a' },
      ],
      /circle/,
    ],
    [
      'a file behind a link',
      [
        { name: 'l', type: 'symlink', linkname: 'd' },
        { name: 'l/evil', content: 'x' },
      ],
      /"l" is a link/,
    ],
    ['a link in the place of a folder', [{ name: 'd/f' }, { name: 'd', type: 'symlink', linkname: 'x' }], /"d" twice/],
    ['a hard link out', [{ name: 'f' }, { name: 'h', type: 'link', linkname: '../../etc/passwd' }], /leads out/],
    ['a hard link to nothing', [{ name: 'h', type: 'link', linkname: 'nothing' }], /hard link "h"/],
    [
      'a hard link to a link',
      [
        { name: 'l', type: 'symlink', linkname: 'f' },
        { name: 'h', type: 'link', linkname: 'l' },
      ],
      /hard link "h"/,
    ],
    ['a device', [{ name: 'sda', type: 'block-device', devmajor: 8, devminor: 0 }], /"sda", a block device/],
    ['a terminal', [{ name: 'tty', type: 'character-device' }], /character device/],
    ['a fifo', [{ name: 'pipe', type: 'fifo' }], /"pipe", a fifo/],
    ['a file twice', [{ name: 'f' }, { name: './f' }], /"f" twice/],
    ['a file that is a folder', [{ name: 'f' }, { name: 'f/g' }], /"f" is a file/],
  ])('%s', async (_, entries, reason) => {
    await refused(await tar(entries), reason);
  });

  it('zips that lead out, or are locked', async () => {
    const make = async (from: string, to: string) => {
      const zip = new ZipFile();
      zip.addBuffer(Buffer.from('x'), from);
      zip.end();
      const path = fresh('a.zip');
      await pipeline(zip.outputStream, createWriteStream(path));
      writeFileSync(path, (await readFile(path)).toString('latin1').replaceAll(from, to), 'latin1');
      return path;
    };
    await refused(await make('aa/evil', '../evil'), /\.\.\/evil/);
    await refused(await make('aetc/evil', '/etc/evil'), /\/etc\/evil/);
    await refused(await make('aaaevil', '..\\evil'), /evil/);
    const locked = fresh('locked.zip');
    writeFileSync(join(folder, 'secret.txt'), 'x');
    spawnSync('zip', ['-q', '-j', '-P', 'password', locked, join(folder, 'secret.txt')]);
    await refused(locked, /encrypted/);
  });

  it('gigabytes of zeros, whatever packed them', { timeout: 120_000 }, async () => {
    // What would follow the first 200 MiB is never reached, so it need not be there.
    const zeros = join(folder, 'zeros');
    const file = openSync(zeros, 'w');
    ftruncateSync(file, 200 * 1024 ** 2);
    closeSync(file);
    const bomb = fresh('bomb');
    for (const option of ['-z', '-j', '-J']) {
      const env = { ...process.env, XZ_OPT: '-0' }; // xz takes ten seconds at its usual best
      const made = spawnSync('tar', ['-c', option, '-f', bomb, '-C', folder, 'zeros'], { env });
      expect(made.status).toBe(0);
      await refused(bomb, /decompression bomb.*200 times/);
    }
    await refused(bomb, /unfolds to more than 10 MiB/, { ...defaultLimits, totalBytes: 10 * 1024 ** 2 });
    await refused(bomb, /"zeros" of 200 MiB; at most 1 MiB/, { ...defaultLimits, fileBytes: 1024 ** 2 });
    const zip = fresh('bomb.zip');
    spawnSync('zip', ['-q', '-j', zip, zeros]);
    await refused(zip, /decompression bomb/);
  });

  it('a million entries: the count ends the reading', async () => {
    const packed = pack();
    packed.entry({ name: 'folder/', type: 'directory' });
    const [header] = (await once(packed, 'data')) as [Buffer];
    const thousand = Buffer.concat(Array.from({ length: 1000 }, () => header));
    const ofThousands = async (count: number): Promise<string> => {
      const path = fresh(`${count}.tar`);
      await pipeline(Readable.from(Array.from({ length: count }, () => thousand)), createWriteStream(path));
      return path;
    };
    const timeToRefuse = async (path: string): Promise<number> => {
      const started = performance.now();
      await refused(path, /more than 100000 files and folders/);
      return performance.now() - started;
    };
    // Ten times as many entries as the other, which has hardly more than are allowed.
    const [few, many] = [await ofThousands(101), await ofThousands(1000)];
    expect((await timeToRefuse(many)) / (await timeToRefuse(few))).toBeLessThan(4);
    await refused(await tar([{ name: 'a/b/c/d' }]), /more than 3 files/, { ...defaultLimits, entries: 3 });
  });

  it('nothing is left when the caller gives up', async () => {
    const path = await tar([
      { name: 'a', content: 'x' },
      { name: 'b', content: 'y' },
    ]);
    const destination = fresh('out');
    await expect(extractArchive(path, destination, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: 'AbortError',
    });
    await expect(stat(destination)).rejects.toThrow('ENOENT');
    await expect(stat(`${destination}.partial`)).rejects.toThrow('ENOENT');
  });
});

describe('unpacking', () => {
  it('keeps inner links and the executable bit, and nothing else of the mode', async () => {
    const path = await tar([
      { name: 'bin/tool', content: 'x', mode: 0o4755 },
      { name: 'data', content: 'y', mode: 0o600 },
      { name: 'bin/data', type: 'symlink', linkname: '../data' },
      { name: 'copy', type: 'link', linkname: 'data' },
    ]);
    const destination = fresh('out');
    await extractArchive(path, destination);
    expect((await stat(join(destination, 'bin/tool'))).mode & 0o7777).toBe(0o755);
    expect((await stat(join(destination, 'data'))).mode & 0o7777).toBe(0o644);
    expect((await lstat(join(destination, 'bin/data'))).isSymbolicLink()).toBe(true);
    expect(await readFile(join(destination, 'bin/data'), 'utf8')).toBe('y');
    expect(await readFile(join(destination, 'copy'), 'utf8')).toBe('y');
    const { files } = await inspectArchive(path);
    expect(files.find(({ path }) => path === 'bin/data')).toMatchObject({ link: '../data' });
    expect(files.find(({ path }) => path === 'copy')).toMatchObject({ size: 1, sha256: sha256('y') });
  });

  it('leaves out what macOS adds, also when it looks for the enclosing folder', async () => {
    const path = await tar([
      { name: '__MACOSX/app/._index.php', content: 'junk' },
      { name: 'app/index.php', content: 'x' },
      { name: 'app/.DS_Store', content: 'junk' },
      { name: 'app/._index.php', content: 'junk' },
      { name: 'app/.htaccess', content: 'y' },
    ]);
    const { files, enclosing } = await inspectArchive(path);
    expect(enclosing).toBe('app');
    expect(files.map(({ path }) => path)).toEqual(['.htaccess', 'index.php']);
  });

  it('strips one folder only, and only when it holds everything', async () => {
    const list = async (names: string[]) =>
      (await inspectArchive(await tar(names.map((name) => ({ name, content: 'x' }))))).files.map(({ path }) => path);
    expect(await list(['a/b/c'])).toEqual(['b/c']);
    expect(await list(['a/b', 'c'])).toEqual(['a/b', 'c']);
    expect(await list(['./a/b', './a/c'])).toEqual(['b', 'c']);
    expect(await list(['index.php'])).toEqual(['index.php']);
    const kept = fresh('out');
    await extractArchive(await tar([{ name: 'a/b', content: 'x' }]), kept, { strip: false });
    expect(await readdir(kept)).toEqual(['a']);
  });

  it('does it once for callers at the same time, and never over something', async () => {
    const path = await tar([{ name: 'a', content: 'x' }], true);
    const destination = fresh('out');
    mkdirSync(`${destination}.partial/left/by/a/crash`, { recursive: true });
    await Promise.all([extractArchive(path, destination), extractArchive(path, destination)]);
    expect(await readdir(destination)).toEqual(['a']);
    await expect(extractArchive(path, destination)).rejects.toMatchObject({ code: 'conflict' });
  });
});

describe('packing', () => {
  it('gives the same archive for the same files, without times, owners and order of creation', async () => {
    const one = tree({ 'b.php': '1', 'a/c.txt': '2' });
    const two = tree({ 'a/c.txt': '2', 'b.php': '1' });
    const first = await packDirectory(one, fresh('one.tgz'));
    const second = await packDirectory(two, fresh('two.tgz'));
    expect(second).toMatchObject({ sha256: first.sha256, tree: first.tree, size: first.size, files: 2 });
    expect(sha256((await readFile(first.path)).toString('latin1'))).toHaveLength(64);
    expect(
      createHash('sha256')
        .update(await readFile(first.path))
        .digest('hex'),
    ).toBe(first.sha256);
    writeFileSync(join(two, 'b.php'), '3');
    expect((await packDirectory(two, fresh('three.tgz'))).tree).not.toBe(first.tree);
  });

  it('keeps a lone sub-folder: what is packed is unpacked the same', async () => {
    const packed = await packDirectory(tree({ 'wp-content/themes/x.css': 'x' }), fresh('one.tgz'));
    const destination = fresh('out');
    await extractArchive(packed.path, destination);
    expect(await readdir(destination)).toEqual(['wp-content']);
  });

  it('leaves out .git, .env and what .conpaasignore says', async () => {
    const root = tree({
      '.git/config': 'x',
      '.env': 'SECRET=1',
      'sub/.env': 'SECRET=2',
      '.conpaasignore': '# comment\n*.log\n/build/\ndocs/**/*.md\n!keep.log\ncache/\n',
      'index.php': '1',
      'a.log': 'x',
      'sub/b.log': 'x',
      'sub/keep.log': 'x',
      'build/x': 'x',
      'sub/build/y': 'y',
      'docs/a/b/c.md': 'x',
      'docs/a/b/c.txt': 'x',
      'sub/cache/x': 'x',
      'secret.txt': 'x',
    });
    const packed = await packDirectory(root, fresh('out.tgz'), { ignore: ['secret.*'] });
    const { files } = await inspectArchive(packed.path);
    expect(files.map(({ path }) => path)).toEqual(['docs/a/b/c.txt', 'index.php', 'sub/build/y', 'sub/keep.log']);
  });

  it('refuses links out of the folder, empty folders and folders that are not there', async () => {
    const root = tree({ 'a/b': 'x' });
    symlinkSync('../a/b', join(root, 'a/inside'));
    const packed = await packDirectory(root, fresh('out.tgz'));
    expect((await inspectArchive(packed.path)).files.map(({ path }) => path)).toEqual(['a/b', 'a/inside']);
    symlinkSync('/etc/passwd', join(root, 'a/outside'));
    const output = fresh('out.tgz');
    await expect(packDirectory(root, output)).rejects.toMatchObject({
      message: expect.stringMatching(/folder holds the link "a\/outside".*\.conpaasignore/),
    });
    await expect(stat(output)).rejects.toThrow('ENOENT');
    await expect(packDirectory(tree({ x: null }), fresh())).rejects.toThrow(/holds no files/);
    await expect(packDirectory(join(root, 'nothing'), fresh())).rejects.toThrow(/no folder/);
  });
});

describe('laying archives over each other', () => {
  it('lets later ones win, also where a file meets a folder', async () => {
    const lower = await packDirectory(
      tree({ 'index.php': 'old', 'wp-config.php': 'sample', 'lib/a': '1', 'lib/b': '2', thing: 'file' }),
      fresh('lower.tgz'),
    );
    const upper = await packDirectory(
      tree({ 'wp-config.php': 'ours', lib: 'a file now', 'thing/inner': 'folder now' }),
      fresh('upper.tgz'),
    );
    const merged = await mergeArchives([lower.path, upper.path], fresh('merged.tgz'));
    const destination = fresh('out');
    await extractArchive(merged.path, destination);
    const read = (path: string) => readFile(join(destination, path), 'utf8');
    expect((await readdir(destination)).sort()).toEqual(['index.php', 'lib', 'thing', 'wp-config.php']);
    expect(await read('wp-config.php')).toBe('ours');
    expect(await read('index.php')).toBe('old');
    expect(await read('lib')).toBe('a file now');
    expect(await read('thing/inner')).toBe('folder now');
    expect((await inspectArchive(merged.path)).files).toHaveLength(merged.files);
  });

  it('takes each in its own form, with its empty folders, links and rights', async () => {
    const lower = await tar([
      { name: 'top/run', content: '#!/bin/sh', mode: 0o777 },
      { name: 'top/empty/', type: 'directory' },
      { name: 'top/current', type: 'symlink', linkname: 'run' },
    ]);
    const upper = await zip([{ name: 'top/sub/page.php', content: '<?php' }]);
    const merged = await mergeArchives([lower, upper], fresh('merged.tgz'));
    expect(await mergeArchives([lower, upper], fresh('merged.tgz'))).toMatchObject({ sha256: merged.sha256 });
    const destination = fresh('out');
    await extractArchive(merged.path, destination);
    expect((await readdir(destination)).sort()).toEqual(['current', 'empty', 'run', 'sub']);
    expect(await readlink(join(destination, 'current'))).toBe('run');
    expect((await stat(join(destination, 'run'))).mode & 0o777).toBe(0o755);
    expect(await readFile(join(destination, 'sub/page.php'), 'utf8')).toBe('<?php');
  });

  it('keeps what further names of a file lead to, where another file has taken its place', async () => {
    const lower = await tar([
      { name: 'one', content: 'old' },
      { name: 'two', type: 'link', linkname: 'one' },
      { name: 'three', type: 'link', linkname: 'two' },
    ]);
    const upper = await tar([{ name: 'one', content: 'new' }]);
    const merged = await mergeArchives([lower, upper], fresh('merged.tgz'));
    const destination = fresh('out');
    await extractArchive(merged.path, destination);
    const contents = ['one', 'two', 'three'].map((name) => readFile(join(destination, name), 'utf8'));
    expect(await Promise.all(contents)).toEqual(['new', 'old', 'old']);
  });

  it('leaves nothing where one of them is damaged, even in what would not be kept', async () => {
    const lower = await zip([{ name: 'same', content: 'a text that is stored as it is' }]);
    const bytes = await readFile(lower);
    bytes[bytes.indexOf('stored')] = 0x53;
    await writeFile(lower, bytes);
    const output = fresh('merged.tgz');
    const upper = await tar([{ name: 'same', content: 'x' }]);
    await expect(mergeArchives([lower, upper], output)).rejects.toMatchObject({ code: 'bad_archive' });
    await expect(stat(output)).rejects.toThrow('ENOENT');
  });

  it('checks links once more when they come together', async () => {
    // Inside in each archive alone; together "x" leads through "d" and out.
    const one = await tar([
      { name: 'x', type: 'symlink', linkname: 'a/d/..' },
      { name: 'a/d/f', content: '1' },
    ]);
    const two = await tar([
      { name: 'a/d', type: 'symlink', linkname: '..' },
      { name: 'g', content: '2' },
    ]);
    await expect(mergeArchives([one, two], fresh('merged.tgz'))).rejects.toMatchObject({ code: 'bad_archive' });
    expect(await readlink(join(folder, 'nothing')).catch(() => 'nothing')).toBe('nothing');
  });
});
