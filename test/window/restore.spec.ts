/**
 * A director that has lost its disk is made anew from a backup, by clicks alone: real Electron, the real local cloud, a real
 * application that answers all the while.
 */

import { loseDirector } from '../support/lose-director.ts';
import { expect, openDesktop, problemsOf, test, watched } from './fixture.ts';
import { openHome, upWithoutWindow } from './home.ts';
import { accessible, goTo, narrow, shoot, sized } from './looking.ts';

const slowly = { timeout: 120_000 };

// biome-ignore lint/correctness/noEmptyPattern: Playwright's own notation
test('a lost director is restored by clicks, to the end', async ({}, info) => {
  test.setTimeout(400_000);
  await using home = await openHome();
  await upWithoutWindow(home);
  await using opened = await openDesktop(home.directory);
  const page = await watched(opened.desktop);
  await expect(page.getByRole('heading', { level: 1, name: 'Applications' })).toBeVisible(slowly);
  await page.getByRole('button', { name: /guestbook/i }).click();
  await expect(page.getByRole('list', { name: 'Plan' })).toBeVisible(slowly);
  await page.getByRole('button', { name: 'Create' }).click();
  const runs = page.getByRole('status').filter({ hasText: 'It runs at' });
  await expect(runs).toBeVisible(slowly);
  const address = (await runs.getByRole('button', { name: /^http/ }).textContent()) ?? '';
  const answers = async (): Promise<boolean> => (await (await fetch(address)).text()).includes('Guestbook');
  expect(await answers()).toBe(true);

  await goTo(page, '#/security/backups');
  await page.getByRole('button', { name: 'Back up now' }).click();
  const table = page.getByRole('table', { name: 'Backups of the director' });
  const newest = table.getByRole('row').nth(1);
  await expect(newest).toContainText(/guestbook/i, slowly);

  await loseDirector(home.directory);
  const lost = page.getByText(/The director of this-computer is lost|does not answer/).first();
  await expect(lost).toBeVisible(slowly);
  expect(await answers()).toBe(true);
  await shoot(page, info, 'lost');

  await newest.getByRole('button', { name: /^Restore from/ }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox').fill('this-computer');
  await dialog.getByRole('button', { name: 'Restore' }).click();
  await expect(page.getByRole('list', { name: 'Restore the director of this-computer' })).toBeVisible(slowly);
  await sized(opened.desktop, page, narrow);
  await page.screenshot({ path: info.outputPath('restoring.png') });
  // The page that was left is there again, and all that the backup held.
  await expect(page.getByRole('heading', { level: 1, name: 'Security' })).toBeVisible(slowly);
  await goTo(page, '#/applications');
  const row = page.getByRole('row', { name: /guestbook/i });
  await expect(row).toContainText('running', slowly);
  await accessible(page, 'restored');
  expect(await answers()).toBe(true);
  // It obeys: it is another director, on another disk.
  await page.getByRole('link', { name: /guestbook/i }).click();
  await page.getByRole('button', { name: 'One backend more' }).click();
  await page.getByRole('button', { name: 'Apply', exact: true }).click();
  await expect(page.getByText('All is well:')).toBeVisible(slowly);
  expect(await answers()).toBe(true);
  expect(problemsOf(page)).toEqual([]);
});
