import { lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ownTree } from './own.ts';
import { claimUid } from './role-users.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'users-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

test('homes and roles never share a user; a claim ends with its home', () => {
  const claims = path.join(directory, 'uids');
  const homes = Array.from({ length: 40 }, (_, n) => path.join(directory, `home-${n}`));
  for (const home of homes) mkdirSync(home);
  const claim = (home: string) =>
    ['php:backend', 'php:web', 'mysql:server'].map((role) => claimUid(home, role, claims));
  const uids = homes.flatMap(claim);
  expect(new Set(uids).size).toBe(120);
  expect(Math.min(...uids)).toBeGreaterThanOrEqual(0x30000);
  expect(homes.flatMap(claim)).toEqual(uids);
  for (const home of homes) rmSync(home, { recursive: true });
  mkdirSync(path.join(directory, 'new'));
  claimUid(path.join(directory, 'new'), 'php:web', claims);
  expect(readdirSync(claims)).toHaveLength(1);
});

test.runIf(process.getuid?.() === 0)('links are given, not followed, and a linked directory is refused', () => {
  const tree = path.join(directory, 'tree');
  mkdirSync(path.join(tree, 'a', 'b'), { recursive: true });
  mkdirSync(path.join(directory, 'outside'));
  writeFileSync(path.join(directory, 'outside', 'key'), 'secret');
  writeFileSync(path.join(tree, 'a', 'b', 'file'), '');
  symlinkSync(path.join(directory, 'outside'), path.join(tree, 'a', 'link'));
  ownTree(tree, 4711);
  const ownerOf = (...parts: string[]) => lstatSync(path.join(directory, ...parts)).uid;
  expect([ownerOf('tree'), ownerOf('tree', 'a', 'b', 'file'), ownerOf('tree', 'a', 'link')]).toEqual([
    4711, 4711, 4711,
  ]);
  expect([ownerOf('outside'), ownerOf('outside', 'key')]).toEqual([0, 0]);
  expect(() => ownTree(path.join(tree, 'a', 'link', 'key'), 4711)).toThrow(/through a link/);
});
