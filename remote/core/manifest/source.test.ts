import { describe, expect, it } from 'vitest';
import {
  classifySource,
  environmentName,
  localPaths,
  parseManifest,
  refuseLocalPaths,
  replaceSource,
} from './index.ts';
import { extractPasswords } from './passwords.ts';
import { testSpecs } from './test-specs.ts';

describe('sources', () => {
  it.each([
    ['https://wordpress.org/latest.tar.gz', { kind: 'url', url: 'https://wordpress.org/latest.tar.gz' }],
    ['http://example.org/a.zip', { kind: 'url', url: 'http://example.org/a.zip' }],
    ['https://example.org/a/b.git', { kind: 'git', url: 'https://example.org/a/b.git', ref: undefined }],
    ['https://example.org/b.git#v1.0', { kind: 'git', url: 'https://example.org/b.git', ref: 'v1.0' }],
    ['git+https://example.org/b#feature/x', { kind: 'git', url: 'https://example.org/b', ref: 'feature/x' }],
    ['git+ssh://git@example.org/b', { kind: 'git', url: 'ssh://git@example.org/b', ref: undefined }],
    ['sudoku', { kind: 'path', path: 'sudoku' }],
    ['../code.tgz', { kind: 'path', path: '../code.tgz' }],
    ['C:\\code', { kind: 'path', path: 'C:\\code' }],
  ])('%s', (source, expected) => {
    expect(classifySource(source)).toEqual(expected);
  });

  it.each([
    ['git+https://example.org/b#--upload-pack=x'],
    ['https://example.org/b.git#a..b'],
    ['git://example.org/b'],
    ['file:///etc/passwd'],
    ['git+http://example.org/b'],
    ['https://'],
    [' '],
  ])('%s is refused', (source) => {
    expect(classifySource(source).kind).toBe('invalid');
  });

  it('lists local paths and replaces them by blobs', () => {
    const { manifest } = parseManifest(
      JSON.stringify({
        Application: 'a',
        Services: [
          { Type: 'php', Archive: ['https://example.org/a.tgz', 'overlay'], StartupScript: './start.sh' },
          { Type: 'mysql', Dump: 'dump.sql' },
        ],
      }),
      testSpecs,
    );
    const paths = localPaths(manifest);
    expect(paths.map(({ path, service, key }) => [path, service, key])).toEqual([
      ['overlay', 'php', 'Archive'],
      ['./start.sh', 'php', 'StartupScript'],
      ['dump.sql', 'mysql', 'Dump'],
    ]);
    expect(() => refuseLocalPaths(manifest)).toThrow(/local path "overlay" \(Archive of php\).*window or the conpaas/);
    const replaced = paths.reduce(
      (changed, { at, path }) => replaceSource(changed, at, { Blob: 'b'.repeat(64), Name: path }),
      manifest,
    );
    expect(() => refuseLocalPaths(replaced)).not.toThrow();
    expect(replaced.Services[0]?.Archive?.[1]).toEqual({ Blob: 'b'.repeat(64), Name: 'overlay' });
    expect(manifest.Services[0]?.Archive?.[1]).toBe('overlay');
  });
});

describe('environmentName', () => {
  it.each([
    ['my-db', 'MY_DB'],
    ['PHP sudoku backend', 'PHP_SUDOKU_BACKEND'],
    ['2nd', '_2ND'],
    ['Café', 'CAFE'],
  ])('%s becomes %s', (name, expected) => {
    expect(environmentName(name)).toBe(expected);
  });
});

it('takes plain passwords out of a manifest', () => {
  const { manifest } = parseManifest(
    '{"Application": "a", "Services": [{"Type": "mysql", "ServiceName": "my-db", "Password": "contrail123"}]}',
    testSpecs,
  );
  const { manifest: clean, secrets } = extractPasswords(manifest);
  expect(secrets).toEqual({ MY_DB_PASSWORD: 'contrail123' });
  expect(clean.Services[0]?.Password).toEqual({ Secret: 'MY_DB_PASSWORD' });
  expect(JSON.stringify(clean)).not.toContain('contrail123');
});
