import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { alternatives, findExecutable, packageEntry, usualPackage } from './engines.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), 'conpaas-engines-'));
  for (const name of ['fpm8.2', 'fpm8.10', 'fpm8.9', 'fpm', 'fpm-old', 'fpm9.bak', 'fpm99']) {
    await writeFile(path.join(directory, name), '');
    await chmod(path.join(directory, name), name === 'fpm99' ? 0o644 : 0o755);
  }
});
afterAll(() => rm(directory, { recursive: true, force: true }));

test.each([
  ['fpm8.2', 'fpm8.2'],
  ['fpm*', 'fpm8.10'], // the newest that can be run; what is no version does not count
  ['fpm7.*', undefined],
  ['other*', undefined],
  ['fpm99', undefined],
])('%s is %s', (pattern, found) => {
  expect(findExecutable(path.join(directory, pattern))).toBe(found && path.join(directory, found));
});

test('nothing is found where there is no directory', () => {
  expect(findExecutable(path.join(directory, 'none', 'fpm*'))).toBeUndefined();
});

test('a package may have other names elsewhere', () => {
  expect(alternatives('php8.2-fpm | php-fpm')).toEqual(['php8.2-fpm', 'php-fpm']);
  expect([usualPackage('php8.2-fpm | php-fpm'), usualPackage('haproxy')]).toEqual(['php8.2-fpm', 'haproxy']);
  const fits = (entry: string) => packageEntry.test(entry);
  expect(['haproxy', 'php8.2-fpm | php-fpm'].map(fits)).toEqual([true, true]);
  expect(['--option', 'a|b', 'haproxy | --option', 'haproxy |', "nginx'; id"].map(fits)).toEqual(Array(5).fill(false));
});
