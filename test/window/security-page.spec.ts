/** The Security and Clouds pages against the stand-in, in both themes. */
import { readFile } from 'node:fs/promises';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, problemsOf, test } from './fixture.ts';

async function show(page: Page, hash: string): Promise<void> {
  await page.evaluate((value) => {
    window.location.hash = value;
  }, hash);
}

async function violationsOf(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
}

const shown: readonly { readonly name: string; readonly hash: string; readonly ready: string }[] = [
  { name: 'certificates', hash: '#/security', ready: 'Agent of guestbook on vm-1' },
  { name: 'access', hash: '#/security/access', ready: 'You are ann, the owner' },
  { name: 'vault', hash: '#/security/vault', ready: 'A key file protects the vault' },
  { name: 'clouds', hash: '#/clouds', ready: 'Credentials in your vault' },
  { name: 'machines', hash: '#/clouds/machines', ready: 'vm-lost' },
  { name: 'prices', hash: '#/clouds/prices', ready: 'not-priced' },
  { name: 'quotas', hash: '#/clouds/quotas', ready: 'Virtual CPUs' },
];

for (const theme of ['light', 'dark'] as const) {
  test(`each tab is accessible, wide and narrow, ${theme}`, async ({ desktop, page }, info) => {
    test.slow();
    await desktop.evaluate(({ nativeTheme }, source) => {
      nativeTheme.themeSource = source;
    }, theme);
    for (const [width, height] of [
      [1400, 900],
      [1024, 700],
    ] as const) {
      await desktop.evaluate(
        ({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]?.setContentSize(size[0], size[1]),
        [width, height] as const,
      );
      for (const { name, hash, ready } of shown) {
        await show(page, hash);
        await expect(page.getByText(ready).first()).toBeVisible();
        await page.screenshot({ path: info.outputPath(`${name}-${width}.png`) });
        const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
        expect.soft(wide, `${name} scrolls sideways at ${width}`).toBe(false);
        if (width === 1400) expect.soft(await violationsOf(page), `${name} (${theme})`).toEqual([]);
      }
    }
    expect(problemsOf(page)).toEqual([]);
  });
}

test('certificates are renewed, exported and revoked; what stops working is said first', async ({
  director,
  desktop,
  page,
}, info) => {
  await show(page, '#/security');
  await expect(page.getByText('All 7 certificates in use are valid')).toBeVisible();
  await expect(page.getByText('revoked', { exact: true })).toBeHidden();
  await page.getByLabel(/Also the 2 replaced/).check();
  await expect(page.getByText('revoked', { exact: true })).toBeVisible();

  await page.getByRole('button', { name: 'Renew Agent of guestbook on vm-1' }).click();
  await expect(page.getByText('Agent of guestbook on vm-1: renewed.')).toBeVisible();
  expect(director.calls.filter(({ name }) => name === 'renew_certificates')).toEqual([
    { name: 'renew_certificates', params: { serial: 'e5'.repeat(16) } },
  ]);

  const file = info.outputPath('manager.pem');
  await desktop.evaluate(({ dialog }, chosen) => {
    dialog.showSaveDialog = async () => ({ canceled: false, filePath: chosen });
  }, file);
  await page.getByRole('button', { name: 'Export Manager of guestbook' }).click();
  await expect.poll(() => readFile(file, 'utf8').catch(() => '')).toContain('BEGIN CERTIFICATE');

  await page.getByRole('button', { name: 'Revoke Manager of guestbook' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('The manager can command nobody any more');
  expect(await violationsOf(page)).toEqual([]);
  await expect(dialog.getByRole('button', { name: 'Revoke' })).toBeDisabled();
  await dialog.getByLabel('Type d4d4d4d4 to confirm').fill('d4d4d4d4');
  await dialog.getByRole('button', { name: 'Revoke' }).click();
  await expect(dialog).toBeHidden();
  expect(director.calls.at(-2)).toEqual({ name: 'revoke_certificate', params: { serial: 'd4'.repeat(16) } });
  await expect(page.getByRole('button', { name: 'Revoke Manager of guestbook' })).toBeHidden();
});

test('your own key leaves as PKCS#12, under a passphrase; a failing list says why and comes back', async ({
  director,
  desktop,
  page,
}, info) => {
  const file = info.outputPath('ann.p12');
  await desktop.evaluate(({ dialog }, chosen) => {
    dialog.showSaveDialog = async () => ({ canceled: false, filePath: chosen });
  }, file);
  await show(page, '#/security/access');
  await page.getByRole('button', { name: 'Export your key (PKCS#12)…' }).click();
  await page.getByLabel('Passphrase for the file', { exact: true }).fill('a long passphrase');
  await page.getByLabel('Passphrase for the file, again').fill('a long passphrase');
  await page.getByRole('button', { name: 'Save…' }).click();
  await expect(page.getByText('Saved.')).toBeVisible();
  const content = await readFile(file);
  expect(content[0]).toBe(0x30); // a DER sequence
  expect(content.includes('BEGIN')).toBe(false);

  await page.getByRole('button', { name: 'Remove bob' }).click();
  await page.getByLabel('Type bob to confirm').fill('bob');
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Remove bob' })).toBeHidden();

  director.fail('list_machines', { code: 'cloud_failed', message: 'The cloud says no. Look at its console.' });
  await show(page, '#/clouds/machines');
  await expect(page.getByRole('tabpanel').getByRole('alert')).toContainText('The cloud says no');
  director.fail('list_machines', undefined);
  await page.getByRole('button', { name: 'Retry' }).click();
  await expect(page.getByText('1 machine belongs to nothing here', { exact: false })).toBeVisible();
});
