import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { hashItems, missingPackages, planFolder } from './folder.ts';
import { decide, parseRules } from './ignore.ts';
import { inspectArchive } from './inspect.ts';
import { packPlan } from './pack.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'folder-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function folder(files: Readonly<Record<string, string>>): string {
  const root = path.join(home, 'shop');
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), content);
  }
  return root;
}

const filesOf = (items: readonly { path: string; kind: string }[]) =>
  items
    .filter(({ kind }) => kind !== 'directory')
    .map(({ path: name }) => name)
    .sort();

test.each([
  ['*.log', 'a.log', true],
  ['*.log', 'deep/er/a.log', true],
  ['*.log', 'a.logs', undefined],
  ['/build', 'build', true],
  ['/build', 'sub/build', undefined],
  ['docs/*.md', 'docs/a.md', true],
  ['docs/*.md', 'docs/x/a.md', undefined],
  ['**/cache', 'a/b/cache', true],
  ['a/**/z', 'a/z', true],
  ['a/**/z', 'a/b/c/z', true],
  ['abc/**', 'abc/x/y', true],
  ['abc/**', 'abc', undefined],
  ['*.py[cod]', 'x.pyc', true],
  ['*.py[cod]', 'x.pya', undefined],
  ['[!a-c]x', 'dx', true],
  ['[!a-c]x', 'bx', undefined],
  ['[unclosed', '[unclosed', true],
  ['[z-a]', '[z-a]', true],
  ['\\#notes', '#notes', true],
  ['\\!bang', '!bang', true],
  ['# comment', '# comment', undefined],
  ['trailing   ', 'trailing', true],
  ['blank\\ ', 'blank ', true],
  ['a+b(c)', 'a+b(c)', true],
  ['Ünïcode?', 'Ünïcode😀', true],
  ['folder/', 'folder', undefined],
])('%s on %s', (pattern, name, expected) => {
  expect(decide(parseRules([pattern]), name, false)).toBe(expected);
});

test('a pattern for folders means folders; the last one that fits decides', () => {
  expect(decide(parseRules(['folder/']), 'x/folder', true)).toBe(true);
  const rules = parseRules(['*.log', '!keep.log']);
  expect([decide(rules, 'a.log', false), decide(rules, 'keep.log', false)]).toEqual([true, false]);
});

describe('a folder to deploy', () => {
  test('leaves out what .gitignore files say, at every depth, and names it with sizes', async () => {
    const root = folder({
      '.gitignore': 'vendor/\n*.log\n!important.log\n',
      'index.php': 'x',
      'vendor/a/b.php': '12345',
      'vendor/c.php': '123',
      'x.log': '1',
      'important.log': '1',
      'lib/.gitignore': '/generated.php\n!kept.log\n',
      'lib/generated.php': '12',
      'lib/kept.log': '1',
      'lib/deep/generated.php': '1',
    });
    const plan = await planFolder(root);
    expect(filesOf(plan.items)).toEqual([
      '.gitignore',
      'important.log',
      'index.php',
      'lib/.gitignore',
      'lib/deep/generated.php',
      'lib/kept.log',
    ]);
    expect(plan.leftOut).toEqual([
      { path: 'vendor', isFolder: true, bytes: 8, files: 2, by: '.gitignore' },
      { path: 'lib/generated.php', isFolder: false, bytes: 2, files: 1, by: '.gitignore' },
      { path: 'x.log', isFolder: false, bytes: 1, files: 1, by: '.gitignore' },
    ]);
    expect(plan.files).toBe(6);
  });

  test('.conpaasignore is over .gitignore, both ways', async () => {
    const root = folder({
      '.gitignore': 'dist/\n',
      '.conpaasignore': '!dist/\ntests/\n',
      'dist/app.js': '1',
      'tests/a.php': '1',
      'index.php': '1',
    });
    const { items, leftOut } = await planFolder(root);
    expect(filesOf(items)).toEqual(['.gitignore', 'dist/app.js', 'index.php']);
    expect(leftOut).toMatchObject([{ path: 'tests', by: '.conpaasignore' }]);
  });

  test('.git and .env come along by name only, whatever files say', async () => {
    const root = folder({
      '.conpaasignore': '!.env\n!.git\n',
      '.env': 'SECRET=1',
      '.git/config': 'x',
      'sub/.env': 'SECRET=2',
      'index.php': '1',
    });
    const plan = await planFolder(root);
    expect(filesOf(plan.items)).toEqual(['index.php']);
    expect(plan.leftOut.map(({ path: name, by }) => [name, by])).toEqual([
      ['.env', 'always'],
      ['sub/.env', 'always'],
      ['.git', 'always'],
    ]);
    expect(filesOf((await planFolder(root, ['.env'])).items)).toEqual(['.env', 'index.php']);
  });

  test('what is included comes whole, but for secrets inside', async () => {
    const root = folder({
      '.gitignore': 'vendor/\n*.log\n',
      'composer.lock': '{}',
      'vendor/.gitignore': 'x.php\n',
      'vendor/x.php': '1',
      'vendor/y.log': '1',
      'vendor/pack/.git/config': '1',
    });
    const before = await planFolder(root);
    expect(before.missing).toEqual([{ lock: 'composer.lock', folder: 'vendor' }]);
    const plan = await planFolder(root, ['vendor']);
    expect(filesOf(plan.items)).toEqual([
      '.gitignore',
      'composer.lock',
      'vendor/.gitignore',
      'vendor/x.php',
      'vendor/y.log',
    ]);
    expect(plan.leftOut.map(({ path: name }) => name)).toEqual(['vendor/pack/.git']);
    expect(plan.missing).toEqual([]);
  });

  test('hashes are those that the packed archive has', async () => {
    const root = folder({ 'index.php': '<?php', 'lib/a.php': 'a', 'x.log': '1', '.gitignore': '*.log' });
    symlinkSync('lib/a.php', path.join(root, 'link.php'));
    const plan = await planFolder(root);
    const hashed = await hashItems(plan.items);
    const packed = await packPlan(plan, path.join(home, 'out.tar.gz'));
    const { files } = await inspectArchive(packed.path);
    expect(Object.fromEntries(hashed)).toEqual(
      Object.fromEntries(files.map(({ path: name, sha256 }) => [name, sha256])),
    );
    expect(packed.files).toBe(plan.files);
  });

  test('a folder of which nothing is left is refused', async () => {
    const plan = await planFolder(folder({ '.env': 'x' }));
    await expect(packPlan(plan, path.join(home, 'out.tar.gz'))).rejects.toThrow('all of it is left out');
    await expect(planFolder(path.join(home, 'none'))).rejects.toThrow('no folder');
  });
});

test.each([
  [['composer.lock', 'index.php'], [{ lock: 'composer.lock', folder: 'vendor' }]],
  [['composer.lock', 'vendor/autoload.php'], []],
  [['app/package-lock.json', 'node_modules/x'], [{ lock: 'app/package-lock.json', folder: 'app/node_modules' }]],
  [['vendor/x/composer.lock', 'composer.lock'], []],
  [['yarn.lock', 'node_modules'], []],
])('lock files without their packages: %j', (paths, expected) => {
  expect(missingPackages(paths)).toEqual(expected);
});
