/** What is typed in a form, a dialog or a drawer stays there, whatever becomes of vault, director and hub meanwhile. */
import type { Page } from '@playwright/test';
import { expect, problemsOf, test } from './fixture.ts';
import { killHub } from './kill-hub.ts';
import { leaveTheDesk, lockScreen, openVaultTab, protectByPassphrase, unlock } from './locking.ts';
import { accessible, goTo } from './looking.ts';
import { applicationOf } from './scripted/index.ts';

const web = '#/applications/app-guestbook/services/web';
/** By the label of its field: in a form, and in the dialog over it. */
const typed = { 'Name of a new variable': 'GREETING', Text: 'COLOUR=green' } as const;
const secretField = 'New value of SMTP_PASSWORD';

async function typeEverywhere(page: Page): Promise<void> {
  await goTo(page, `${web}/configuration`);
  await page.getByRole('button', { name: /the value of SMTP_PASSWORD$/ }).click();
  await page.getByLabel(secretField).fill('not sent yet');
  await page.getByLabel('Name of a new variable').fill(typed['Name of a new variable']);
  await page.getByRole('button', { name: 'Paste .env…' }).click();
  await page.getByLabel('Text', { exact: true }).fill(typed.Text);
}

async function expectTyped(page: Page): Promise<void> {
  await expect(page.getByRole('dialog', { name: 'Paste .env text' })).toBeVisible();
  for (const [label, text] of Object.entries(typed)) {
    await expect(page.getByLabel(label, { exact: true })).toHaveValue(text);
  }
}

test('what is typed survives a locked vault, a director that is away, and the death of the hub', async ({
  director,
  page,
  desktop,
}, info) => {
  test.slow();
  director.put(applicationOf({ name: 'guestbook' }));
  await openVaultTab(page);
  await protectByPassphrase(page);
  await typeEverywhere(page);
  const title = await page.title();

  // The vault locks itself. The page is there, but nobody sees it, reaches it by keys, or hears of it.
  await leaveTheDesk(desktop);
  await expect(lockScreen(page)).toBeVisible();
  await page.screenshot({ path: info.outputPath('locked.png') });
  for (const text of Object.values(typed)) await expect(page.getByText(text).filter({ visible: true })).toHaveCount(0);
  await expect(page.getByRole('dialog')).toHaveCount(1);
  expect(await page.title()).toBe('ConPaaS Desktop');
  const reached = new Set<string>();
  for (let presses = 0; presses < 12; presses += 1) {
    await page.keyboard.press('Tab');
    reached.add(
      await page.evaluate(() => {
        const { activeElement } = document;
        return activeElement === document.body || activeElement?.closest('dialog.lock-screen') ? 'lock' : 'below';
      }),
    );
  }
  expect([...reached]).toEqual(['lock']);
  for (const key of ['Escape', 'Escape', 'Control+k', 'Control+2', 'Shift+?']) await page.keyboard.press(key);
  await expect(lockScreen(page)).toBeVisible();
  await expect(page.getByRole('dialog')).toHaveCount(1);
  await accessible(page, 'the lock screen');
  await unlock(page);
  await expectTyped(page);
  expect(await page.title()).toBe(title);
  await expect(page.getByLabel('Text', { exact: true })).toBeFocused();
  // Secrets go with the keys.
  await expect(page.getByLabel(secretField)).toHaveValue('');

  // The director goes away, and comes back.
  await director.die();
  await expect(page.getByText('The director does not answer.')).toBeVisible();
  await expectTyped(page);
  await director.revive();
  await expect(page.getByText('The director does not answer.')).toHaveCount(0);
  await expectTyped(page);

  // A hub that has died comes back without the keys.
  await killHub(desktop);
  await expect(lockScreen(page)).toBeVisible();
  await unlock(page);
  await expectTyped(page);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByLabel('Name of a new variable')).toHaveValue(typed['Name of a new variable']);

  // A drawer stays open.
  await goTo(page, `${web}/nodes`);
  await page.getByRole('button', { name: 'web-backend-2', exact: true }).click();
  await expect(page.getByRole('dialog', { name: 'Node web-backend-2' })).toBeVisible();
  await leaveTheDesk(desktop);
  await expect(lockScreen(page)).toBeVisible();
  await unlock(page);
  await expect(page.getByRole('dialog', { name: 'Node web-backend-2' })).toBeVisible();
  // What the window watches goes on.
  await goTo(page, '#/applications');
  director.put(applicationOf({ name: 'later' }));
  await expect(page.getByRole('link', { name: 'later' })).toBeVisible();
  expect(problemsOf(page)).toEqual([]);
});

test('without a passphrase nothing is asked when the hub has died: what is typed stays where it was', async ({
  director,
  page,
  desktop,
}) => {
  director.put(applicationOf({ name: 'guestbook' }));
  await typeEverywhere(page);
  await killHub(desktop);
  director.put(applicationOf({ name: 'later' }));
  await expect(page.getByLabel(secretField)).toHaveValue('not sent yet');
  await expectTyped(page);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByLabel('Name of a new variable')).toHaveValue(typed['Name of a new variable']);
  await goTo(page, '#/applications');
  await expect(page.getByRole('link', { name: 'later' })).toBeVisible();
});
