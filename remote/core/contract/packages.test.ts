import { describe, expect, test } from 'vitest';
import { isLasting, isPackagePath, packageMethods } from './packages.ts';

const digest = 'a'.repeat(64);

describe('what is a file of an archive', () => {
  test.each([
    'pool/main/n/nginx/nginx-light_1.22.1-9+deb12u2_amd64.deb',
    'pool/updates/main/o/openssl/libssl3_3.0.17-1~deb12u3_arm64.deb',
    `dists/bookworm/main/binary-amd64/by-hash/SHA256/${digest}`,
    `dists/noble-updates/universe/binary-arm64/by-hash/SHA512/${digest}${digest}`,
  ])('%s, for ever', (path) => {
    expect([isPackagePath(path), isLasting(path)]).toEqual([true, true]);
  });

  test.each(['dists/bookworm/InRelease', 'dists/x/Release.gpg', 'dists/x/main/binary-amd64/Packages.xz'])(
    '%s, until there is a newer one',
    (path) => {
      expect([isPackagePath(path), isLasting(path)]).toEqual([true, false]);
    },
  );

  test.each([
    '',
    '/pool/main/n/nginx/nginx.deb',
    'pool/main/../../../etc/passwd.deb',
    'pool/main/.hidden/a/a.deb',
    'pool//main/a.deb',
    'pool/main/n/nginx/nginx.dsc',
    'pool/a.deb',
    'dists/bookworm/InRelease/../../../secret',
    'dists/bookworm/../InRelease',
    `dists/bookworm/by-hash/SHA256/${digest.slice(1)}`,
    `dists/bookworm/by-hash/MD5Sum/${'a'.repeat(32)}`,
    'dists/bookworm/InRelease?x',
    'dists/bookworm/InRelease\n',
    'http://169.254.169.254/latest/meta-data/a.deb',
    'pool/main/a/a/a.deb#x',
    'pool/main/a/a b/a.deb',
  ])('not %j', (path) => {
    expect(isPackagePath(path)).toBe(false);
    expect(packageMethods.get_package.params.safeParse({ archive: 'debian', path }).success).toBe(false);
  });

  test('of archives that nobody has named, none', () => {
    const path = 'dists/bookworm/InRelease';
    expect(packageMethods.get_package.params.safeParse({ archive: 'debian', path }).success).toBe(true);
    expect(packageMethods.get_package.params.safeParse({ archive: 'http://evil', path }).success).toBe(false);
    expect(packageMethods.get_package.callers).toEqual(['host']);
  });
});
