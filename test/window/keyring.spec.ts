/** The vault under a real keyring: in the window, from the command, after a restart, and without that keyring. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { vaultProtection } from '../../main/vault/index.ts';
import { expect, openDesktop, test, watched } from './fixture.ts';
import { testPassphrase } from './home.ts';
import { startKeyring } from './keyring.ts';
import { goTo } from './looking.ts';
import { contentsOf, secretsOf } from './stolen.ts';

const root = path.resolve(import.meta.dirname, '../..');

interface Ended {
  readonly code: number | null;
  readonly text: string;
}

test('a vault that a real keyring protects', async ({ director }) => {
  test.slow();
  await using keyring = await startKeyring();
  const { dataDirectory } = director;
  const environment = {
    ...(process.env as Record<string, string>),
    ...keyring.environment,
    CONPAAS_HOME: dataDirectory,
  };
  const conpaas = (words: readonly string[], more: { input?: string; environment?: Record<string, string> } = {}) =>
    new Promise<Ended>((resolve, reject) => {
      const child = spawn(process.execPath, [path.join(root, 'dist/main/cli.mjs'), ...words], {
        env: { ...environment, ...more.environment },
      });
      let text = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (text += part.toString()));
      child.stdin.end(more.input ?? '');
      child.once('error', reject);
      child.once('close', (code) => resolve({ code, text }));
    });

  {
    await using opened = await openDesktop(dataDirectory, { environment: keyring.environment, realKeyring: true });
    const page = await watched(opened.desktop);
    await page.waitForSelector('nav');
    await goTo(page, '#/security/vault');
    await page.getByRole('button', { name: 'Change protection…' }).click();
    await page.getByRole('radio', { name: /^Keychain/ }).check();
    await page.getByRole('button', { name: 'Protect the vault' }).click();
    await expect(page.getByText('The keychain of this computer protects the vault')).toBeVisible();
    await expect(page.getByRole('navigation').getByText('Keychain of this computer')).toBeVisible();
    // The command asks the app that runs.
    expect(await conpaas(['vault', 'status'])).toMatchObject({
      code: 0,
      text: expect.stringContaining('keychain of this computer'),
    });
  }
  expect(await vaultProtection(dataDirectory)).toBe('keychain');
  // As a thief finds it; what the secrets are is known when a passphrase opens the same vault, below.
  const stolen = await contentsOf(dataDirectory);

  // The command starts the app by itself, without a window; a window that is opened then opens the vault too.
  expect(await conpaas(['--json', 'cloud', 'list'])).toMatchObject({ code: 0 });
  expect(await conpaas(['vault', 'status'])).toMatchObject({ code: 0 });

  // Without a display, and so without an app, it is said what to do.
  const alone = { environment: { DISPLAY: '', WAYLAND_DISPLAY: '', CONPAAS_HOME: dataDirectory } };
  const protectedBy = await conpaas(['vault', 'protect', 'passphrase'], { input: testPassphrase });
  expect(protectedBy).toMatchObject({ code: 0 });
  const secrets = await secretsOf(dataDirectory);
  expect(stolen.size).toBeGreaterThan(10);
  for (const [file, content] of stolen) {
    for (const secret of secrets) expect(content.includes(secret), `${file} tells a secret`).toBe(false);
  }
  // Nothing of pages is kept by Chromium, and nothing of a crash.
  expect([...stolen.keys()].filter((file) => /IndexedDB|\.dmp$/.test(file))).toEqual([]);
  expect(await conpaas(['vault', 'status'], alone)).toMatchObject({
    code: 6,
    text: expect.stringContaining('CONPAAS_PASSPHRASE'),
  });
});
