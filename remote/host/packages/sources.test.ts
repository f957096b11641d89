import { expect, test } from 'vitest';
import { sourcesOf } from './sources.ts';

const keyrings = [
  '/usr/share/keyrings/debian-archive-removed-keys.gpg',
  '/usr/share/keyrings/debian-archive-keyring.gpg',
  '/usr/share/keyrings/ubuntu-archive-keyring.gpg',
];
const debian = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_CODENAME=bookworm\nID=debian\n';
const ubuntu = 'ID=ubuntu\nID_LIKE=debian\nVERSION_CODENAME=noble\nUBUNTU_CODENAME=noble\n';

test('of Debian: its packages, updates and security updates, signed by its own keys', () => {
  const of = (archive: string, suite: string) =>
    `deb [arch=amd64 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://127.0.0.1:4711/${archive} ${suite} main`;
  expect(sourcesOf(debian, 'x64', 4711, keyrings)?.split('\n')).toEqual([
    of('debian', 'bookworm'),
    of('debian', 'bookworm-updates'),
    of('debian-security', 'bookworm-security'),
    '',
  ]);
});

test('of Ubuntu: with universe; other processors have an archive of their own', () => {
  const of = (arch: string) => sourcesOf(ubuntu, arch, 4711, keyrings)?.split('\n')[1];
  const line = (arch: string, archive: string) =>
    `deb [arch=${arch} signed-by=/usr/share/keyrings/ubuntu-archive-keyring.gpg] http://127.0.0.1:4711/${archive} noble-updates main universe`;
  expect([of('x64'), of('arm64')]).toEqual([line('amd64', 'ubuntu'), line('arm64', 'ubuntu-ports')]);
});

test.each([
  ['of another distribution', 'ID=fedora\nVERSION_CODENAME=""\n', 'x64', keyrings],
  ['of a derivative with archives of its own', 'ID=linuxmint\nVERSION_CODENAME=wilma\n', 'x64', keyrings],
  ['of a processor without one', debian, 'riscv64', keyrings],
  ['without the keys of the distribution', debian, 'x64', keyrings.slice(2)],
  ['of a release without a name', 'ID=debian\n', 'x64', keyrings],
  ['of a hostile name', 'ID=debian\nVERSION_CODENAME="bookworm main\ndeb http://evil"\n', 'x64', keyrings],
])('there are none %s', (_what, release, architecture, keys) => {
  expect(sourcesOf(release, architecture, 1, keys)).toBeUndefined();
});
