/** The vault in the window: its protection, locking, an export, and what a stolen data directory tells. */
import { readFile, writeFile } from 'node:fs/promises';
import { exportEverything } from '../../main/transfer/index.ts';
import { openVault } from '../../main/vault/index.ts';
import { choose } from './choose.ts';
import { expect, problemsOf, test } from './fixture.ts';
import { testPassphrase } from './home.ts';
import { leaveTheDesk, openVaultTab, protectByPassphrase, unlock } from './locking.ts';
import { violations } from './looking.ts';
import { applicationOf } from './scripted/index.ts';
import { filesOf, secretsOf } from './stolen.ts';

test('protected by a passphrase: locked and unlocked, exported, and silent when stolen', async ({
  director,
  desktop,
  page,
}, info) => {
  test.slow();
  await openVaultTab(page);
  await expect(page.getByText('A key file protects the vault')).toBeVisible();
  await page.getByRole('button', { name: 'Change protection…' }).click();
  // Playwright starts Electron with the store that keeps secrets in plain text: it is refused, and said.
  await expect(page.getByRole('radio', { name: /^Keychain/ })).toBeDisabled();
  await expect(page.getByText('no keychain that encrypts')).toBeVisible();
  await page.getByRole('button', { name: 'Cancel' }).click();

  await protectByPassphrase(page);
  await expect(page.getByRole('navigation').getByText('Passphrase')).toBeVisible();
  expect(await page.evaluate(() => document.body.innerHTML)).not.toContain(testPassphrase);

  // By hand: a wrong passphrase is refused, the right one leads back to where it was.
  await page.getByRole('button', { name: 'Lock now' }).click();
  await expect(page.getByRole('heading', { name: 'The vault is locked' })).toBeVisible();
  await expect(page.getByLabel('Passphrase')).toBeFocused();
  await page.screenshot({ path: info.outputPath('locked.png') });
  expect(await violations(page)).toEqual([]);
  await page.getByLabel('Passphrase').fill('not the passphrase');
  await page.getByRole('button', { name: 'Unlock' }).click();
  await expect(page.getByRole('alert')).toContainText('This is not the passphrase');
  await unlock(page);

  // By itself: when the screen is locked, and when nobody has touched anything for long.
  await leaveTheDesk(desktop);
  await expect(page.getByRole('heading', { name: 'The vault is locked' })).toBeVisible();
  await unlock(page);
  await desktop.evaluate(({ powerMonitor }) => {
    powerMonitor.getSystemIdleTime = () => 100_000;
  });
  await expect(page.getByRole('heading', { name: 'The vault is locked' })).toBeVisible({ timeout: 30_000 });
  await desktop.evaluate(({ powerMonitor }) => {
    powerMonitor.getSystemIdleTime = () => 0;
  });
  await unlock(page);
  // What the window watches goes on.
  await page.getByRole('link', { name: 'Applications' }).click();
  director.put(applicationOf({ name: 'guestbook', summary: { state: 'stopped' } }));
  await expect(page.getByText('stopped').first()).toBeVisible();
  await openVaultTab(page);

  const file = info.outputPath('all.conpaas-export');
  await choose(desktop, file);
  await page.getByRole('button', { name: 'Export everything…' }).click();
  await page.getByLabel('Passphrase for the file', { exact: true }).fill('for the file only');
  await page.getByLabel('Passphrase for the file, again').fill('for the file only');
  await page.getByRole('button', { name: 'Save…' }).click();
  await expect(page.getByText('The export is saved.')).toBeVisible();
  await page.getByRole('button', { name: 'Import…' }).click();
  await page.getByLabel('Passphrase of the file').fill('for the file only');
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(page.getByText('here already, stays as it is')).toBeVisible();
  await page.screenshot({ path: info.outputPath('import.png') });
  await page.getByRole('button', { name: 'Merge', exact: true }).click();
  // Both the vault and the file are kept by passphrases, which are made slow to try: slower where much else runs.
  await expect(page.getByText('The export was taken over.')).toBeVisible({ timeout: 40_000 });

  const secrets = await secretsOf(director.dataDirectory);
  const files = await filesOf(director.dataDirectory);
  expect(files.length).toBeGreaterThan(10);
  for (const each of [...files, file]) {
    const content = await readFile(each, 'latin1');
    for (const secret of secrets) expect(content.includes(secret), `${each} tells a secret`).toBe(false);
  }
  expect(problemsOf(page)).toEqual([]);
});

test('an export without the vault is refused its import under a key file when it brings credentials', async ({
  director,
  desktop,
  page,
}, info) => {
  const elsewhere = info.outputPath('elsewhere');
  using vault = await openVault(elsewhere, { kind: 'passphrase', passphrase: testPassphrase });
  await vault.set('cloud/cred-a', JSON.stringify({ name: 'work', kind: 'far', fields: { key: 'x' }, createdAt: 1 }));
  const text = await exportEverything({ vault, dataDirectory: elsewhere }, 'for the file only');
  const file = info.outputPath('all.conpaas-export');
  await writeFile(file, text);
  await openVaultTab(page);
  await choose(desktop, file);
  await page.getByRole('button', { name: 'Import…' }).click();
  await page.getByLabel('Passphrase of the file').fill('for the file only');
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(page.getByText('work')).toBeVisible();
  await page.getByRole('button', { name: 'Merge', exact: true }).click();
  await expect(page.getByRole('dialog').getByRole('alert')).toContainText(
    'A key file does not protect the credentials of a cloud',
    // The file is decrypted once more, which is meant to cost time.
    { timeout: 30_000 },
  );
  expect(director.applications.size).toBe(0);
});
