/** The history of an application: its versions, differences, the way back. */
import type { Page } from '@playwright/test';
import { expect, problemsOf, test } from './fixture.ts';
import { goTo, narrow, sized, themed, violations, wide } from './looking.ts';
import { applicationOf, type ScriptedDirector } from './scripted/index.ts';

async function openHistory(director: ScriptedDirector, page: Page): Promise<void> {
  director.put(applicationOf({ name: 'guestbook' }));
  await goTo(page, '#/applications/app-guestbook/history');
  await expect(page.getByRole('heading', { name: 'Version 3, as it is now' })).toBeVisible();
}

test('versions say who, when and what; any two are compared; one is returned to, and back by Undo', async ({
  director,
  page,
}, info) => {
  await openHistory(director, page);
  const versions = page.getByRole('list', { name: 'Versions' }).getByRole('listitem');
  await expect(versions).toHaveCount(3);
  await expect(versions.first()).toContainText(
    /3.*Configure web.*now.*web: configuration memory_limit 128M → 256M.*ben/,
  );
  await expect(page.getByText('Data and node counts are not part of it')).toBeVisible();
  const differences = page.getByRole('table', { name: 'Differences in web' });
  await expect(differences.getByRole('row').filter({ hasText: 'memory_limit' })).toContainText('128M256M');

  await versions.nth(2).getByRole('button').click();
  await expect(page.getByRole('heading', { name: 'Version 1' })).toBeVisible();
  await expect(differences.getByRole('row').filter({ hasText: 'Code' })).toContainText(
    /v2 guestbook-v2\.zip.*v1 guestbook-v1\.zip/,
  );
  await differences.getByText('3 files').click();
  await expect(differences).toContainText('lib/Mail.php');
  await expect(page.getByRole('alert')).toContainText('SMTP_PASSWORD has no value now');
  await page.screenshot({ path: info.outputPath('history.png') });
  await page.getByRole('combobox', { name: 'Compared with' }).click();
  await page.getByRole('option', { name: 'compared with 2' }).click();
  await expect(page.getByRole('columnheader', { name: 'Version 2' })).toBeVisible();

  await page.getByRole('button', { name: 'Return to version 1' }).click();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect
    .poll(() => director.calls.filter(({ name }) => name === 'return_to_version').map(({ params }) => params))
    .toEqual([
      { application: 'app-guestbook', version: 1 },
      { application: 'app-guestbook', version: 3 },
    ]);
  expect(problemsOf(page)).toEqual([]);
});

test('a return that is refused says why', async ({ director, page }) => {
  director.fail('return_to_version', { code: 'conflict', message: 'db is another service now. Remove it first.' });
  await openHistory(director, page);
  await page.getByRole('list', { name: 'Versions' }).getByRole('button').nth(1).click();
  await page.getByRole('button', { name: 'Return to version 2' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'It was not returned to' })).toContainText('Remove it first.');
});

for (const theme of ['light', 'dark'] as const) {
  test(`is accessible in ${theme}, wide and narrow`, async ({ desktop, director, page }, info) => {
    await themed(page, theme);
    await openHistory(director, page);
    await page.getByRole('list', { name: 'Versions' }).getByRole('button').nth(2).click();
    await expect(page.getByRole('table', { name: 'Differences in web' })).toBeVisible();
    for (const size of [wide, narrow]) {
      await sized(desktop, page, size);
      await page.screenshot({ path: info.outputPath(`history-${theme}-${size.width}.png`) });
      expect.soft(await violations(page)).toEqual([]);
    }
    expect(problemsOf(page)).toEqual([]);
  });
}
