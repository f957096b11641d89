/** Updates, from a feed on this computer: a newer version is offered; a wrong file and an older version are refused. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { expect, openDesktop, test, watched } from './fixture.ts';
import { goTo } from './looking.ts';

const host = '127.90.8.1';

interface Feed extends AsyncDisposable {
  /** Environment of a window that looks here. */
  readonly environment: Readonly<Record<string, string>>;
  /** What the feed offers from now on. */
  offer(version: string, options?: { sha512?: string }): void;
}

async function openFeed(): Promise<Feed> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'conpaas-feed-'));
  const program = Buffer.from('the new program');
  let offered = '';
  const server = createServer((request, response) => {
    const name = new URL(request.url ?? '/', 'http://feed').pathname;
    if (name === '/latest-linux.yml' && offered !== '') response.end(offered);
    else if (name === '/program.AppImage') response.end(program);
    else response.writeHead(404).end();
  }).listen(0, host);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const configuration = path.join(directory, 'app-update.yml');
  await writeFile(
    configuration,
    `provider: generic\nurl: http://${host}:${address.port}\nupdaterCacheDirName: conpaas-test\n`,
  );
  const present = path.join(directory, 'present.AppImage');
  await writeFile(present, 'the present program');
  return {
    environment: {
      CONPAAS_UPDATE_CONFIGURATION: configuration,
      XDG_CACHE_HOME: path.join(directory, 'cache'),
      APPIMAGE: present,
    },
    offer(version, { sha512 = createHash('sha512').update(program).digest('base64') } = {}) {
      const file = `url: program.AppImage\n    sha512: ${sha512}\n    size: ${program.length}`;
      offered = `version: ${version}\nfiles:\n  - ${file}\npath: program.AppImage\nsha512: ${sha512}\nreleaseDate: '2026-11-01T00:00:00.000Z'\nreleaseNotes: Faster lists.\n`;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

test('a newer version is offered and downloaded; a wrong file and an older version are refused', async ({
  director,
}) => {
  await using feed = await openFeed();
  await using opened = await openDesktop(director.dataDirectory, { environment: feed.environment });
  const page = await watched(opened.desktop);
  await page.waitForSelector('nav');
  await goTo(page, '#/settings');
  await page.getByRole('button', { name: 'Look for updates' }).click();
  await expect(page.getByText('The place for updates could not be used')).toBeVisible();

  feed.offer('0.0.9');
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByText('This is the newest version.')).toBeVisible();

  feed.offer('9.9.9', { sha512: createHash('sha512').update('another program').digest('base64') });
  await page.getByRole('button', { name: 'Look for updates' }).click();
  await expect(page.getByText('Version 9.9.9 is there.')).toBeVisible();
  await expect(page.getByText('Faster lists.')).toBeVisible();
  await page.getByRole('button', { name: 'Download' }).click();
  await expect(page.getByText('not what was published (its SHA-512 differs)')).toBeVisible();

  feed.offer('9.9.9');
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('button', { name: 'Download' }).click();
  await expect(page.getByText('Version 9.9.9 is downloaded and checked.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Restart and install' })).toBeVisible();
});

test('a checkout says that git brings what is new', async ({ page }) => {
  await goTo(page, '#/settings');
  await expect(page.getByText('This is a checkout: git brings what is new.')).toBeVisible();
});
