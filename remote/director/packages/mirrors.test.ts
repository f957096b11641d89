import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { mirrorsIn, mirrorsOfMachine } from './mirrors.ts';

test.each([
  ['one line', 'deb http://near.test/debian bookworm main\n', { debian: 'http://near.test/debian' }],
  [
    'one line with options, and a second archive',
    'deb [arch=amd64 signed-by=/a.gpg] https://near.test/debian-security/ bookworm-security main\ndeb http://near.test/ubuntu noble main',
    { 'debian-security': 'https://near.test/debian-security', ubuntu: 'http://near.test/ubuntu' },
  ],
  [
    'deb822, the first of several',
    'Types: deb\nURIs: http://a.test/debian/ http://b.test/debian\nSuites: bookworm\n',
    { debian: 'http://a.test/debian' },
  ],
  ['a comment', '# deb http://old.test/debian bookworm main\n', {}],
  ['an archive that is nobody of ours', 'deb https://download.test/linux/docker bookworm stable\n', {}],
  ['another protocol', 'deb cdrom:[Debian]/ bookworm main\ndeb file:/srv/debian bookworm main\n', {}],
])('of %s', (_what, text, expected) => {
  expect(mirrorsIn(text)).toEqual(expected);
});

test('all files of apt are read, and the lists of mirrors that they name; a machine without apt has none', async () => {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'apt-'));
  try {
    expect(await mirrorsOfMachine(path.join(directory, 'none'))).toEqual({});
    await mkdir(path.join(directory, 'sources.list.d'));
    const list = path.join(directory, 'debian.list');
    await writeFile(list, 'https://cloud.test/debian\n');
    const sources = path.join(directory, 'sources.list.d');
    await writeFile(
      path.join(sources, 'debian.sources'),
      `Types: deb\nURIs: mirror+file://${list}\nSuites: bookworm\n`,
    );
    await writeFile(
      path.join(sources, 'old.list.save'),
      'deb http://old.test/debian-security bookworm-security main\n',
    );
    await writeFile(path.join(directory, 'sources.list'), 'deb http://near.test/ubuntu-ports noble main\n');
    expect(await mirrorsOfMachine(directory)).toEqual({
      debian: 'https://cloud.test/debian',
      'ubuntu-ports': 'http://near.test/ubuntu-ports',
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
