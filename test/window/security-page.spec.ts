/** The Security and Clouds pages against the stand-in, in both themes. */
import { readFile } from 'node:fs/promises';
import { choose } from './choose.ts';
import { expect, problemsOf, test } from './fixture.ts';
import { goTo, narrow, sideways, sized, themed, violations, wide } from './looking.ts';

const shown: readonly { readonly name: string; readonly hash: string; readonly ready: string }[] = [
  { name: 'certificates', hash: '#/security', ready: 'Agent of guestbook on vm-1' },
  { name: 'access', hash: '#/security/access', ready: 'You are ann, the owner' },
  { name: 'backups', hash: '#/security/backups', ready: 'Backups of the director' },
  { name: 'vault', hash: '#/security/vault', ready: 'A key file protects the vault' },
  { name: 'clouds', hash: '#/clouds', ready: 'Credentials in your vault' },
  { name: 'machines', hash: '#/clouds/machines', ready: 'vm-lost' },
  { name: 'volumes', hash: '#/clouds/volumes', ready: 'The cloud has it no longer' },
  { name: 'prices', hash: '#/clouds/prices', ready: 'not-priced' },
  { name: 'quotas', hash: '#/clouds/quotas', ready: 'Virtual CPUs' },
];

for (const theme of ['light', 'dark'] as const) {
  test(`each tab is accessible, wide and narrow, ${theme}`, async ({ desktop, page }, info) => {
    test.slow();
    await themed(page, theme);
    for (const size of [wide, narrow]) {
      await sized(desktop, page, size);
      for (const { name, hash, ready } of shown) {
        await goTo(page, hash);
        await expect(page.getByText(ready).first()).toBeVisible();
        await page.screenshot({ path: info.outputPath(`${name}-${size.width}.png`) });
        expect.soft(await sideways(page), `${name} scrolls sideways at ${size.width}`).toBeLessThanOrEqual(0);
        if (size === wide) expect.soft(await violations(page), `${name} (${theme})`).toEqual([]);
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
  await goTo(page, '#/security');
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
  await choose(desktop, file);
  await page.getByRole('button', { name: 'Export Manager of guestbook' }).click();
  await expect.poll(() => readFile(file, 'utf8').catch(() => '')).toContain('BEGIN CERTIFICATE');

  await page.getByRole('button', { name: 'Revoke Manager of guestbook' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('The manager can command nobody any more');
  expect(await violations(page)).toEqual([]);
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
  await choose(desktop, file);
  await goTo(page, '#/security/access');
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
  await goTo(page, '#/clouds/machines');
  await expect(page.getByRole('tabpanel').getByRole('alert')).toContainText('The cloud says no');
  director.fail('list_machines', undefined);
  await page.getByRole('button', { name: 'Retry' }).click();
  await expect(page.getByText('1 machine belongs to nothing here', { exact: false })).toBeVisible();
});

test('backups of the director are taken by hand and by themselves, said when they fail, and restored after a typed name', async ({
  director,
  page,
}, info) => {
  test.slow();
  // By themselves: this program has begun, and there was none.
  await goTo(page, '#/security/backups');
  await expect(page.getByText(/The newest backup is of/)).toBeVisible({ timeout: 120_000 });
  const table = page.getByRole('table', { name: 'Backups of the director' });
  await expect(table.getByRole('row')).toHaveCount(2);

  await page.getByRole('button', { name: 'Back up now' }).click();
  await expect(table.getByRole('row')).toHaveCount(3);
  await expect(table.getByRole('row').nth(1)).toContainText('guestbook, shop');
  // The archive of the first is that of the second, too.
  expect(director.calls.filter(({ name }) => name === 'begin_backup')).toHaveLength(2);

  director.fail('begin_backup', { code: 'disk_full', message: 'The disk of the director is full. Make room there.' });
  await page.getByRole('button', { name: 'Back up now' }).click();
  const failed = page.getByRole('alert');
  await expect(failed).toContainText('The backup could not be taken.');
  await expect(failed).toContainText('The disk of the director is full.');
  director.fail('begin_backup', undefined);
  await failed.getByRole('button', { name: 'Retry' }).click();
  await expect(table.getByRole('row')).toHaveCount(4);
  await expect(failed).toBeHidden();
  // Two of the same minute are told apart by their seconds (here they may well be of the same second).
  for (const row of await table.getByRole('rowheader').all()) await expect(row).toHaveText(/\d\d:\d\d:\d\d/);
  await page.screenshot({ path: info.outputPath('backups.png') });

  // Elsewhere: this vault has a key file only, which must change before it takes the key of a bucket.
  await expect(page.getByText('All backups are on this computer')).toBeVisible();
  await page.getByRole('button', { name: 'Copy to a bucket…' }).click();
  await expect(page.getByRole('dialog')).toContainText(/Protect the vault first|The bucket must be there/);
  expect(await violations(page)).toEqual([]);
  await page.screenshot({ path: info.outputPath('bucket.png') });
  await page.keyboard.press('Escape');

  await page
    .getByRole('button', { name: /^Restore from/ })
    .first()
    .click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('Applications go on running');
  await expect(dialog.getByRole('button', { name: 'Restore' })).toBeDisabled();
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  expect(problemsOf(page)).toEqual([]);
});
